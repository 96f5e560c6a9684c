"""The controls of a training run: every setting of a recipe, and a message beside the one that can't be."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.data.registry import DATA_SETS
from cnnviz.errors import CnnvizError
from cnnviz.models import registry
from cnnviz.recipes import Recipe
from cnnviz.specs import BEST_BY, DEVICES, OPTIMIZERS, TrainSpec
from cnnviz.ui import guard, state

NAMES = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD",
    "valid_accuracy": "validation accuracy",
    "valid_loss": "validation loss",
}


class Controls:
    """Draws the controls of one recipe and keeps a place under each for a message."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.values: dict[str, Any] = {}
        self.places: dict[str, DeltaGenerator] = {}

    def number(self, field: str, label: str, help: str = "", *, default: Any = None) -> None:  # noqa: ANN401
        """A number; whole if its default is. The spec says what is allowed, so the control has no limits."""
        value = getattr(self.recipe.spec, field) if default is None else default
        whole = isinstance(value, int)
        step = max(value // 10, 1) if whole else float(f"{value / 10:.0e}") or 1e-4
        self._add(
            field,
            st.number_input(
                label,
                value=value,
                step=step,
                format="%d" if whole else "%g",
                key=state.setting(self.recipe.name, field),
                help=help or None,
                persist_state="session",
            ),
        )

    def choice(self, field: str, label: str, options: tuple[str, ...], help: str = "") -> None:
        """One of several."""
        self._add(
            field,
            st.selectbox(
                label,
                options,
                index=options.index(getattr(self.recipe.spec, field)),
                format_func=lambda option: NAMES.get(option, option),
                key=state.setting(self.recipe.name, field),
                help=help or None,
                persist_state="session",
            ),
        )

    def _add(self, field: str, value: Any) -> None:  # noqa: ANN401
        self.values[field] = value
        self.places[field] = st.empty()

    def spec(self) -> TrainSpec | None:
        """What the controls ask for; None when that can't be, with the reason beside the control."""
        try:
            spec = self.recipe.spec.changed(self.values)
            registry.check_options(spec.model, spec.model_options)
            data = DATA_SETS[spec.data]
            registry.check_data(spec.model, data.title, data.shape, data.num_classes)
        except CnnvizError as error:
            with self.places.get(error.field, st.container()):
                guard.show(error)
            return None
        return spec


def spec_controls(recipe: Recipe) -> TrainSpec | None:
    """All settings of a recipe; None when one of them can't be."""
    controls = Controls(recipe)
    left, right = st.columns(2, wrap=False)
    with left:
        controls.number("max_epochs", "Epochs")
    with right:
        controls.number("lr", "Learning rate", "How far each step goes. Too high and the loss explodes.")
    controls.places["max_epochs"] = controls.places["lr"] = st.empty()  # below both: a column is too narrow for words
    for title, draw in _SECTIONS.items():
        with st.expander(title):
            draw(controls)
    return controls.spec()


def _optimiser(controls: Controls) -> None:
    controls.choice("optimizer", "Optimiser", OPTIMIZERS)
    if controls.values["optimizer"] == "sgd":
        controls.number("momentum", "Momentum", "0 forgets the last step, 0.9 keeps most of it.")
    controls.number("weight_decay", "Weight decay", "Pulls every weight towards 0 at each step.")
    controls.choice("best_by", "Best epoch by", BEST_BY)


def _network(controls: Controls) -> None:
    entry = registry.get(controls.recipe.spec.model)
    options: Mapping[str, Any] = controls.recipe.spec.model_options
    st.caption(f"{entry.title} ({entry.system})")
    for name, option in entry.options.items():
        controls.number(name, name.capitalize(), option.about, default=options.get(name, option.default))


def _data(controls: Controls) -> None:
    controls.choice("data", "Data set", tuple(DATA_SETS))
    controls.number("batch_size", "Batch size", "Images a step.")
    controls.number("train_size", "Training images", "0 takes all. A few hundred over-fit at once.")
    controls.number("valid_size", "Validation images", "0 takes all.")
    controls.number("valid_fraction", "Validation share", "For sets without a validation part of their own.")


def _machine(controls: Controls) -> None:
    controls.choice("device", "Device", DEVICES, "auto takes a GPU where there is one.")
    controls.number("num_threads", "Threads", "Of the CPU; 0 takes every core.")
    controls.number("seed", "Seed", "The same seed gives the same run.")


_SECTIONS: dict[str, Callable[[Controls], None]] = {
    "Optimiser": _optimiser,
    "Network": _network,
    "Data and batches": _data,
    "Device and seed": _machine,
}
