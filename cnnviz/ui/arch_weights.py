"""Weights that a person uploads: read safely, compared key by key, kept under a name, scored."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from cnnviz import recipes
from cnnviz.data import registry as data_registry
from cnnviz.data.entry import DataEntry
from cnnviz.errors import CnnvizError
from cnnviz.models import registry, weight_store
from cnnviz.models.entry import ModelEntry
from cnnviz.ui import arch_rows, cache, guard, navigation, state
from cnnviz.ui.arch_links import train_query
from cnnviz.ui.arch_picker import Chosen, pick_network
from cnnviz.ui.spec_controls.network import on_data
from cnnviz.ui.to_train import numbers_text

if TYPE_CHECKING:
    from cnnviz.models.weights import Fit

SHOWN_KEYS = 200


def section() -> None:
    """Network, file, what fits, name; then what is kept."""
    st.markdown("##### Your weights")
    chosen = pick_network(default="lenet", label="Of which network")
    if chosen is None:
        return
    chosen = _trained_on(chosen)
    file = st.file_uploader("A state_dict, .pt or .safetensors", key=state.WEIGHTS_FILE,
                            help="Tensors are read, nothing is run. Save one: torch.save(model.state_dict(), …).",
                            )  # fmt: skip
    if file is not None:
        _uploaded(chosen, file.name, file.getvalue())
    _kept(chosen)


def _trained_on(chosen: Chosen) -> Chosen:
    """The network as it is built for a data set: its head has as many outputs as that has classes."""
    entry, sets = chosen.entry, data_registry.all_entries()
    usual = (entry.input_shape, entry.num_classes)
    offered = {"": usual, **{name: (sets[name].shape, sets[name].num_classes) for name in sets if _fits(entry, name)}}
    names = [name for name, made_for in offered.items() if name == "" or made_for != usual]
    words = f"its usual {arch_rows.times(entry.input_shape)} images, {entry.num_classes:,} classes"
    name = st.selectbox("Trained on", names, format_func=lambda name: sets[name].title if name else words,
                        key=f"{state.WEIGHTS_OF}-{chosen.name}") if len(names) > 1 else ""  # fmt: skip
    shape, num_classes = offered[name or ""]
    return replace(chosen, entry=replace(entry, num_classes=num_classes), built_for=shape)


def _fits(entry: ModelEntry, data: str) -> bool:
    images = data_registry.get(data)
    try:
        registry.check_data(entry.name, images.title, images.shape, images.num_classes)
    except CnnvizError:
        return False
    return True


def _uploaded(chosen: Chosen, filename: str, content: bytes) -> None:
    from cnnviz.models.weight_files import read_state
    from cnnviz.models.weights import compare_state

    entry = chosen.entry
    try:
        state_dict = read_state(content, filename)
        network = registry.sketch(
            chosen.name, dict(chosen.options), num_classes=entry.num_classes, input_shape=chosen.built_for
        )
        fit = compare_state(network, state_dict)
    except CnnvizError as error:
        guard.show(error)
        return
    _show_fit(fit)
    if not fit.fits:
        return
    name = st.text_input("Keep them as", value=_free_name(filename), key=state.WEIGHTS_NAME, max_chars=80)
    if st.button("Keep these weights", type="primary", icon=":material/save:"):
        try:
            weight_store.store_weights(
                name.strip(), state_dict, chosen.name, dict(chosen.options), num_classes=entry.num_classes,
                input_shape=chosen.built_for, source=filename,
            )  # fmt: skip
        except CnnvizError as error:
            guard.show(error)
        else:
            st.success(f"Kept as {guard.plain(name.strip())}.", icon=":material/check:")


def _free_name(filename: str) -> str:
    stem = "".join(char if char.isalnum() or char in "-_. " else "-" for char in filename.rpartition(".")[0])
    return stem.strip(" .-_")[:60].strip(" .") or "my-weights"


def _show_fit(fit: "Fit") -> None:
    """Whether they fit, and every key that does not."""
    if fit.fits:
        st.success(guard.plain(fit.sentence()), icon=":material/check:")
        return
    st.error(
        f"These are another network's weights: {len(fit.matching)} keys fit, {len(fit.missing)} are missing, "
        f"{len(fit.unexpected)} unexpected, {len(fit.misshapen)} of another shape. Choose the network, the options "
        "and the data they come from.", icon=":material/error:",
    )  # fmt: skip
    rows = [(key, "missing: the file does not have it") for key in fit.missing]
    rows += [(key, "unexpected: the network has no such key") for key in fit.unexpected]
    rows += [(each.name, f"shape: {str(each).removeprefix(each.name + ' is ')}") for each in fit.misshapen]
    st.dataframe(pd.DataFrame(rows[:SHOWN_KEYS], columns=["key", "what is wrong"]), hide_index=True, width="stretch")


def _kept(chosen: Chosen) -> None:
    """Stored weights of the chosen network: score them, train from them, forget them."""
    kept = weight_store.list_weights(chosen.name)
    if not kept:
        st.caption("No weights of this network are kept yet.")
        return
    name = st.selectbox("Kept weights", [each.name for each in kept], key=state.WEIGHTS_KEPT)
    stored = next(each for each in kept if each.name == name)
    st.caption(guard.plain(f"{stored.num_bytes / 1024:,.0f} KiB, from {stored.source or 'a file'}."))
    sets = data_registry.all_entries()
    takes = [key for key in sets if _takes(chosen.entry, stored, sets[key])]
    data = st.selectbox("Data set", takes, key=f"{state.WEIGHTS_DATA}-{name}", format_func=lambda key: sets[key].title,
                        placeholder="None has its shape and its classes", disabled=not takes)  # fmt: skip
    with st.container(horizontal=True):
        score = st.button("Score it on this data set", icon=":material/rule:", disabled=not takes)
        train = st.button("Train from it", icon=":material/play_arrow:")
        if st.button("Forget it", icon=":material/delete:"):
            weight_store.remove_weights(name)
            st.rerun()
    if train:
        query = train_query(replace(chosen, options=tuple(stored.options.items())), name)
        st.switch_page(f"pages/{navigation.TRAIN}.py", query_params=query)
    if score and data:
        _score(stored, data)


def _takes(entry: ModelEntry, stored: weight_store.StoredWeights, data: DataEntry) -> bool:
    """Whether the network, built as for these weights, takes the images and has an output for each class."""
    same = data.shape == stored.input_shape or (entry.any_size and data.shape[0] == stored.input_shape[0])
    return same and data.num_classes == stored.num_classes and _fits(entry, data.name)


def _score(stored: weight_store.StoredWeights, data: str) -> None:
    """A run of no epochs: it scores the weights, and Mistakes shows what is wrong."""
    try:
        entry = data_registry.get(data)
        registry.check_data(stored.model, entry.title, entry.shape, entry.num_classes)
        spec = on_data(recipes.for_model(stored.model, stored.options, weights=stored.name), entry).spec
        run = cache.jobs().submit(replace(spec, max_epochs=0))
    except CnnvizError as error:
        guard.show(error)
        return
    st.success(f"Scoring, with pixels normalised by mean {numbers_text(spec.mean)} and standard deviation "
               f"{numbers_text(spec.std)}: it takes a few seconds.", icon=":material/hourglass_top:")  # fmt: skip
    st.page_link(f"pages/{navigation.TRAIN}.py", label="See how it goes", query_params={state.RUN: run.id})
    st.page_link(f"pages/{navigation.MISTAKES}.py", label="Read its mistakes", query_params={state.RUN: run.id})
