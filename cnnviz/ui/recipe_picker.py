"""Choosing a recipe, a stack of the visitor's own or a copy of a run's settings among them."""

import json
from dataclasses import replace

import streamlit as st

from cnnviz import recipes
from cnnviz.errors import CnnvizError, ModelError
from cnnviz.models import registry, stack_name
from cnnviz.recipes import Recipe
from cnnviz.runs import store
from cnnviz.runs.folder import RunFolder
from cnnviz.ui import guard, state
from cnnviz.ui.linked import linked_selectbox
from cnnviz.ui.run_picker import run_title
from cnnviz.ui.spec_controls.network import on_fitting_data

KINDS = {"all": "All", "demo": "Demo", "reported": "As reported"}
COPY_PREFIX = "copy-of-"


def pick_recipe() -> Recipe:
    """The chosen recipe. A stack or a run in the URL, as other pages send them, is offered first.

    The box is searched by typing; its entries stand system by system.
    """
    kind = st.segmented_control(
        "Recipes", list(KINDS), default="all", key=state.RECIPE_KIND, format_func=KINDS.__getitem__, required=True,
        persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    offered = offered_recipes(kind or "all")
    name = linked_selectbox(
        "Recipe",
        list(offered),
        key=state.RECIPE,
        format_func=lambda name: recipe_label(offered[name]),
        optional=False,
    )
    return offered[name or recipes.DEFAULT]


def copy_settings(run: RunFolder) -> None:
    """Have the controls start from a run's settings, from the next run of the page on."""
    st.session_state[state.COPY] = run.id
    st.query_params[state.RECIPE] = COPY_PREFIX + run.id


def offered_recipes(kind: str) -> dict[str, Recipe]:
    """Recipes by name: the visitor's own, then the tutorials'; what the URL asks for is offered whatever the kind."""
    asked = (st.query_params.get(state.RECIPE), st.session_state.get(state.RECIPE))
    own = [recipe for recipe in (_own_stack(), _copy()) if recipe]
    kept = [recipe for recipe in recipes.RECIPES.values() if kind in ("all", recipe.kind) or recipe.name in asked]
    return {recipe.name: recipe for recipe in [*own, *kept]}


def recipe_label(recipe: Recipe) -> str:
    """A recipe in a list: its system, its title, and whether it is a demo."""
    short = {"demo": " (demo)"}.get(recipe.kind, "") if not recipe.title.startswith("Demo") else ""
    return f"{recipe.system} · {recipe.title}{short}" if recipe.system else recipe.title


def _copy() -> Recipe | None:
    """The settings of the run that was copied, as a recipe."""
    linked = st.query_params.get(state.RECIPE, "")
    run_id = linked.removeprefix(COPY_PREFIX) if linked.startswith(COPY_PREFIX) else st.session_state.get(state.COPY)
    if not run_id:
        return None
    try:
        run = store.find(run_id)
        spec = run.spec()
    except CnnvizError:
        return None  # deleted since; the picker says that the link leads nowhere
    st.session_state[state.COPY] = run_id
    about = "The settings of that run: change one thing and press Start."
    title = f"Copy of {run_title(run)}"
    return Recipe(name=COPY_PREFIX + run_id, title=title, system="", about=about, spec=replace(spec), kind="own")


def _own_stack() -> Recipe | None:
    model = st.query_params.get(state.MODEL) or st.session_state.get(state.OWN_MODEL)
    if not model:
        return None
    try:
        recipe = _recipe_for(model)
    except CnnvizError as error:
        guard.show(error)
        return None
    st.session_state[state.OWN_MODEL] = model  # a detour through another page empties the URL
    return recipe


def _recipe_for(model: str) -> Recipe:
    """The recipe of a stack, or of a network with the options in the URL. Raises CnnvizError."""
    if model.startswith(stack_name.PREFIX):
        stack_name.read(model)
        return on_fitting_data(recipes.for_stack(model, weights=st.query_params.get(state.WEIGHTS, "")))
    if state.MODEL in st.query_params:
        asked = (st.query_params.get(state.MODEL_OPTIONS, "{}"), st.query_params.get(state.WEIGHTS, ""))
    else:  # back from another page, which empties the URL
        asked = st.session_state.get(state.OWN_OPTIONS, ("{}", ""))
    typed, weights = asked
    try:
        options = registry.check_options(model, json.loads(typed))
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError("The link's options can't be read.", "Set them on the Architectures page.") from error
    st.session_state[state.OWN_OPTIONS] = asked
    return on_fitting_data(recipes.for_model(model, options, title=registry.get(model).title, weights=weights))
