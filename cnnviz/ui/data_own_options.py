"""What is done to pictures that are brought in: their name as a set, size, mode and fit."""

import streamlit as st

from cnnviz.data.import_spec import MAX_NAME, MAX_SIDE, Fit, ImportSpec, LabelRule
from cnnviz.errors import CnnvizError
from cnnviz.models import registry
from cnnviz.ui import guard, state

Shape = tuple[int, int, int]
OTHER = (0, 0, 0)
_FITS: dict[Fit, str] = {"pad": "pad with black", "resize": "stretch", "crop": "fill and cut"}
_RULES: dict[LabelRule, str] = {
    "number": "name up to its number: cat_001 → cat",
    "first": "name up to the first _ or -: cat_a_1 → cat",
}


def own_options(suggested: str) -> ImportSpec | None:
    """The options; None, with the reason, when they can't be."""
    name = st.text_input("Name of the set", suggested, key=f"{state.SET_NAME}.{suggested}", max_chars=MAX_NAME,
                         placeholder="my-pictures")  # fmt: skip
    shape = _shape()
    fit: Fit = st.radio("Pictures of another shape", list(_FITS), key=state.OWN_FIT, format_func=_FITS.__getitem__,
                   horizontal=True, persist_state="session")  # fmt: skip
    with st.expander("More"):
        rule: LabelRule = st.radio("Files without folders", list(_RULES), key=state.OWN_RULE,
                        format_func=_RULES.__getitem__, persist_state="session")  # fmt: skip
        replace = st.checkbox("Replace a set of that name", key=state.OWN_REPLACE)
    if not name.strip():
        return None
    try:
        return ImportSpec(name=name.strip(), channels=shape[0], height=shape[1], width=shape[2], fit=fit,
                          label_rule=rule, replace=replace)  # fmt: skip
    except CnnvizError as error:
        guard.show(error)
        return None


def network_shapes() -> dict[Shape, list[str]]:
    """The image shapes that the networks take, with their titles."""
    found: dict[Shape, list[str]] = {}
    for entry in registry.MODELS.values():
        found.setdefault(entry.input_shape, []).append(entry.title)
    return {
        shape: titles for shape, titles in sorted(found.items()) if shape[0] in (1, 3) and max(shape[1:]) <= MAX_SIDE
    }


def _shape() -> Shape:
    shapes = network_shapes()
    chosen = st.selectbox("Size, as networks take it", [*shapes, OTHER], key=state.OWN_SIZE,
                          persist_state="session",
                          format_func=lambda shape: _words(shape, shapes))  # fmt: skip
    if chosen != OTHER:
        return chosen
    left, right = st.columns(2, wrap=False)
    height = left.number_input("Height, pixels", 1, MAX_SIDE, 64, key=state.OWN_HEIGHT, persist_state="session")
    width = right.number_input("Width, pixels", 1, MAX_SIDE, 64, key=state.OWN_WIDTH, persist_state="session")
    mode = st.radio("Mode", ["colour", "grey"], key=state.OWN_MODE, horizontal=True, persist_state="session")
    return 3 if mode == "colour" else 1, int(height), int(width)


def _words(shape: Shape, shapes: dict[Shape, list[str]]) -> str:
    if shape == OTHER:
        return "another size"
    titles = shapes[shape]
    mode = "colour" if shape[0] == 3 else "grey"
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    return f"{shape[1]} × {shape[2]} {mode} ({titles[0]}{more})"
