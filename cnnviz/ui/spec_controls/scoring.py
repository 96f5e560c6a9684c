"""What counts: classes by weight, the best epoch, the mode in which validation is scored."""

import streamlit as st

from cnnviz.data.registry import all_entries
from cnnviz.errors import CnnvizError
from cnnviz.specs import BEST_BY
from cnnviz.ui import cache, guard
from cnnviz.ui.spec_controls.controls import Controls

_KINDS = {"": "none", "balanced": "balanced", "by hand": "by hand"}


def draw(controls: Controls) -> None:
    """Class weights, best epoch, mode."""
    _class_weights(controls)
    controls.choice("best_by", BEST_BY)
    controls.switch(
        "score_in_training_mode",
        "As tutorials do that forget eval(): dropout and batch norm stay as they train. See what it costs.",
    )


def _class_weights(controls: Controls) -> None:
    asked = controls.recipe.spec.class_weights
    kinds = tuple(_KINDS)
    kind = st.selectbox(
        "Class weights",
        kinds,
        index=kinds.index(asked if asked in _KINDS else "by hand"),
        format_func=_KINDS.__getitem__,
        key=controls.key("class_weights_kind"),
        help="Mistakes on a class with a higher weight cost more.",
        persist_state="session",
    )
    data = controls.values["data"]
    typed = _by_hand(controls, data, asked) if kind == "by hand" else kind
    controls.add("class_weights", typed)
    if kind:
        _hint(data)


def _by_hand(controls: Controls, data: str, asked: str) -> str:
    count = all_entries()[data].num_classes if data in all_entries() else 10
    return st.text_input(
        "Weights, class by class",
        asked if "," in asked else ", ".join("1" * count),
        key=controls.key("class_weights_typed"),
        max_chars=5000,
        persist_state="session",
    )


def _hint(data: str) -> None:
    """How many images of each class there are, and what balanced would give."""
    try:
        counts = cache.class_counts(data)
    except CnnvizError:
        st.caption("How many images a class has is known once the set is on this machine.")
        return
    total, present = sum(counts.values()), sum(count > 0 for count in counts.values())
    balanced = {name: total / (present * count) if count else 1.0 for name, count in counts.items()}
    words = ", ".join(f"{guard.plain(name)}: {weight:.3g} ({counts[name]:,})" for name, weight in balanced.items())
    st.caption(f"Balanced weights, and images of each class in brackets: {words}.")
