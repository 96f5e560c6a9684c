"""Which network, with which options, and where its weights start."""

from dataclasses import replace

import streamlit as st

from cnnviz import recipes
from cnnviz.data.entry import DataEntry
from cnnviz.data.registry import all_entries
from cnnviz.errors import CnnvizError
from cnnviz.models import registry, weight_store
from cnnviz.models.entry import ModelEntry
from cnnviz.recipes import Recipe
from cnnviz.spec_words import label, value_text
from cnnviz.specs import INITS
from cnnviz.ui import guard
from cnnviz.ui.spec_controls.controls import Controls

_INIT_WORDS = {
    "none": "the network's own",
    "kaiming": "Kaiming normal",
    "xavier": "Xavier uniform",
    "normal": "normal, 0.01",
    "zeros": "all zero (to see why not)",
}


def draw(controls: Controls) -> None:
    """The network, its options, the weights that it starts from."""
    entry = _choose(controls)
    if entry is not None:
        _draw_options(controls, entry)
        _draw_weights(controls, entry)
    controls.choice("init", INITS, "How convolutions and linear layers start.", **_INIT_WORDS)


def _choose(controls: Controls) -> ModelEntry | None:
    own = controls.recipe.spec.model
    current = st.session_state.get(controls.key("model"), own)
    names = tuple(dict.fromkeys([own, current, *fitting(controls.values["data"])]))
    chosen = controls.choice("model", names, "Every network that takes images like these.", **_titles(names))
    try:
        return registry.get(chosen)
    except CnnvizError as error:
        controls.places["model"].error(guard.plain(str(error)))
        return None


def fitting(data: str) -> list[str]:
    """The networks that take a data set's images."""
    data_set = all_entries().get(data)
    return [entry.name for entry in registry.all_entries() if data_set is None or _fits(entry.name, data_set)]


def on_fitting_data(recipe: Recipe) -> Recipe:
    """The recipe on its own data if its network takes them, else on a set that it does take, those at hand first."""
    sets = all_entries()
    if (own := sets.get(recipe.spec.data)) and _fits(recipe.spec.model, own):
        return recipe
    fit = [entry for entry in sets.values() if _fits(recipe.spec.model, entry)]
    best = min(fit, key=lambda entry: not entry.at_hand(), default=None)
    return on_data(recipe, best) if best else recipe


def on_data(recipe: Recipe, data: DataEntry) -> Recipe:
    """The recipe on that data set; one whose network no tutorial trains takes what is customary with the set."""
    spec = replace(recipe.spec, data=data.name)
    if recipe.spec.model not in {each.spec.model for each in recipes.RECIPES.values()}:
        spec = replace(spec, mean=data.mean, std=data.std)
    return replace(recipe, spec=spec)


def _fits(name: str, data: DataEntry) -> bool:
    try:
        registry.check_data(name, data.title, data.shape, data.num_classes)
    except CnnvizError:
        return False
    return True


def _titles(names: tuple[str, ...]) -> dict[str, str]:
    titles = {}
    for name in names:
        try:
            entry = registry.get(name)
        except CnnvizError:
            titles[name] = name
            continue
        known = name.split(":", 2)[-1] if name.startswith("stack:") else entry.title
        titles[name] = f"{known} ({entry.system or entry.group})"
    return titles


def _draw_options(controls: Controls, entry: ModelEntry) -> None:
    spec = controls.recipe.spec
    same = entry.name == spec.model
    for name, option in entry.options.items():
        default = spec.model_options.get(name, option.default) if same else option.default
        key = name if same else f"{entry.name}.{name}"  # networks share names, not what goes with them
        if isinstance(option.default, bool):
            controls.switch(name, option.about, default=bool(default), key=key)
        else:
            controls.number(name, option.about, default=default, key=key)


def _draw_weights(controls: Controls, entry: ModelEntry) -> None:
    """Stored weights of this network, once there are any; those of another would not fit."""
    same = entry.name == controls.recipe.spec.model
    asked = controls.recipe.spec.weights if same else ""
    kept = {each.name: each for each in weight_store.list_weights(entry.name)}
    names = list(dict.fromkeys(["", *([asked] if asked else []), *kept]))
    if len(names) == 1:
        controls.add("weights", "")
        st.caption("Weights kept on the Architectures page are offered here to start from.")
        return
    chosen = st.selectbox(
        "Start from",
        names,
        index=names.index(asked),
        format_func=lambda name: name or "new weights",
        key=controls.key("weights" if same else f"{entry.name}.weights"),
        help="Weights of this network, kept on the Architectures page.",
        persist_state="session",
    )
    controls.add("weights", chosen)
    if chosen in kept and kept[chosen].options:
        words = ", ".join(f"{label(name)} {value_text(value)}" for name, value in kept[chosen].options.items())
        st.caption(guard.plain(f"Kept with {words}."))
