"""The controls of a training run: every setting of a recipe, and a message beside the one that can't be."""

from collections.abc import Callable

import streamlit as st

from cnnviz.recipes import Recipe
from cnnviz.specs import TrainSpec
from cnnviz.ui.spec_controls import data, machine, network, optimiser, remedies, scoring
from cnnviz.ui.spec_controls.controls import Controls

_SECTIONS: dict[str, Callable[[Controls], None]] = {
    "Data and batches": data.draw,
    "Network": network.draw,
    "Optimiser and schedule": optimiser.draw,
    "Against over-fitting": remedies.draw,
    "Scoring": scoring.draw,
    "Device and seed": machine.draw,
}


def spec_controls(recipe: Recipe) -> TrainSpec | None:
    """All settings of a recipe; None when one of them can't be."""
    controls = Controls(recipe)
    left, right = st.columns(2, wrap=False)
    with left:
        controls.number("max_epochs", "0 only scores the network, with stored weights for one.")
    with right:
        controls.number("lr", "How far each step goes. Too high and the loss explodes.")
    controls.places["max_epochs"] = controls.places["lr"] = st.empty()  # below both: a column is too narrow for words
    for title, draw in _SECTIONS.items():
        controls.section = title
        with st.expander(title):
            draw(controls)
    return controls.spec()
