"""Choosing a recipe, a stack of the visitor's own among them."""

import streamlit as st

from cnnviz import recipes
from cnnviz.errors import CnnvizError
from cnnviz.models import stack_name
from cnnviz.recipes import Recipe
from cnnviz.ui import guard, state
from cnnviz.ui.linked import linked_selectbox


def pick_recipe() -> Recipe:
    """The chosen recipe. A stack in the URL, as the Shapes page sends it, is offered first."""
    own = _own_stack()
    offered = {**({own.name: own} if own else {}), **recipes.RECIPES}
    name = linked_selectbox(
        "Recipe",
        list(offered),
        key=state.RECIPE,
        format_func=recipes.title_of,
        optional=False,
    )
    return offered[name or recipes.DEFAULT]


def _own_stack() -> Recipe | None:
    model = st.query_params.get(state.MODEL) or st.session_state.get(state.OWN_MODEL)
    if not model:
        return None
    try:
        stack_name.read(model)
    except CnnvizError as error:
        guard.show(error)
        return None
    st.session_state[state.OWN_MODEL] = model  # a detour through another page empties the URL
    return recipes.for_stack(model)
