"""Carrying what was set on the Data page to the controls of the Train page, and saying there what has changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnviz import recipes
from cnnviz.data import registry as data_registry
from cnnviz.errors import CnnvizError
from cnnviz.models import registry
from cnnviz.spec_words import difference_text
from cnnviz.specs import TrainSpec
from cnnviz.ui import navigation, state
from cnnviz.ui.spec_controls.network import fitting


def train_with(data: str, settings: Mapping[str, Any] | None = None) -> None:
    """Go to the Train page with its recipe set to these images and settings, and a network that takes them."""
    recipe = st.session_state.get(state.RECIPE) or recipes.DEFAULT
    chosen = {"data": data, **_network(recipe, data), **(settings or {})}
    for field, value in chosen.items():
        st.session_state[state.setting(recipe, field)] = value
    st.switch_page(f"pages/{navigation.TRAIN}.py", query_params={state.RECIPE: recipe})


def changed_text(spec: TrainSpec, base: TrainSpec) -> str:
    """What was changed from a recipe's spec, in a few words; "" when nothing was."""
    if spec.model != base.model:  # the options of two networks have nothing to do with each other
        return difference_text(replace(spec, model_options={}), replace(base, model_options={}))
    try:
        return difference_text(
            spec, replace(base, model_options=registry.check_options(base.model, base.model_options))
        )
    except CnnvizError:
        return ""  # the network's controls say what is wrong with it


def numbers_text(numbers: tuple[float, ...]) -> str:
    """Numbers as the Train page's text fields take them."""
    return ", ".join(f"{number:.4g}" for number in numbers)


def _network(recipe: str, data: str) -> dict[str, str]:
    """Nothing when the recipe's network takes the images, else the first that does."""
    entry = data_registry.get(data)
    try:
        model = st.session_state.get(state.setting(recipe, "model")) or recipes.get(recipe).spec.model
        registry.check_data(model, entry.title, entry.shape, entry.num_classes)
    except CnnvizError:
        return {"model": names[0]} if (names := fitting(data)) else {}
    return {}
