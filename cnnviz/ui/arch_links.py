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


def train_query(chosen: Chosen) -> dict[str, str]:
    """What the URL of Train says of a network."""
    defaults = {name: option.default for name, option in chosen.entry.options.items()}
    changed = {name: value for name, value in chosen.options if value != defaults[name]}
    recipe = recipes.YOUR_STACK if chosen.name.startswith("stack:") else recipes.YOUR_MODEL
    query = {state.RECIPE: recipe, state.MODEL: chosen.name}
    return {**query, state.MODEL_OPTIONS: json.dumps(changed)} if changed else query
