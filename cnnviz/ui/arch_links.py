"""From a network to the page that trains it."""

import json

import streamlit as st

from cnnviz import recipes
from cnnviz.ui import navigation, state
from cnnviz.ui.arch_picker import Chosen


def train_button(chosen: Chosen) -> None:
    """On to Train, with this network and its options."""
    if st.button("Train this network", icon=":material/play_arrow:", key=f"train-{chosen.name}", width="stretch"):
        st.switch_page(f"pages/{navigation.TRAIN}.py", query_params=train_query(chosen))


def train_query(chosen: Chosen, weights: str = "") -> dict[str, str]:
    """What the URL of Train says of a network, and of the stored weights to start from."""
    defaults = {name: option.default for name, option in chosen.entry.options.items()}
    changed = {name: value for name, value in chosen.options if value != defaults[name]}
    recipe = recipes.for_model(chosen.name, dict(chosen.options), weights=weights).name
    query = {state.RECIPE: recipe, state.MODEL: chosen.name, state.WEIGHTS: weights}
    query[state.MODEL_OPTIONS] = json.dumps(changed) if changed else ""
    return {name: value for name, value in query.items() if value}
