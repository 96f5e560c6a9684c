"""Augmentation as a training run sees it: what is on, in words; it is composed on the Data page."""

import streamlit as st

from cnnviz.augment_spec import AugmentSpec
from cnnviz.ui import guard, state
from cnnviz.ui.spec_controls.controls import Controls

DATA_PAGE = "data"


def draw(controls: Controls) -> None:
    """What is done to training images: nothing, what the recipe says, or what is set on the Data page."""
    choices = {"none": AugmentSpec(), "recipe": controls.recipe.spec.augment, "data page": composed()}
    words = {"none": "none", "recipe": "the recipe's", "data page": "as set on the Data page"}
    offered = [name for name, spec in choices.items() if name == "none" or not spec.is_off]
    chosen = st.selectbox(
        "Augmentation",
        offered,
        index=offered.index("recipe") if "recipe" in offered else 0,
        format_func=words.__getitem__,
        key=controls.key("augment"),
        help="Training images are changed anew each time; those that validate stay as they are.",
        persist_state="session",
    )
    spec = choices[chosen]
    controls.add("augment", spec)
    if not spec.is_off:
        st.caption(guard.plain(str(spec)))
    _link_to_data_page()


def composed() -> AugmentSpec:
    """What the visitor set on the Data page; all off as long as nothing is."""
    kept = st.session_state.get(state.AUGMENT)
    return kept if isinstance(kept, AugmentSpec) else AugmentSpec()


def _link_to_data_page() -> None:
    from cnnviz.ui import navigation

    if hasattr(navigation, "DATA"):
        st.page_link(f"pages/{navigation.DATA}.py", label="Compose it on the Data page", icon=":material/dataset:")
