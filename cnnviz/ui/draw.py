"""A sheet to draw on."""

import base64
import binascii

import numpy as np
import streamlit as st

from cnnviz.images import Picture
from cnnviz.ui import state
from cnnviz.ui.components import read

SIDE = 96
_component = st.components.v2.component(
    "cnnviz_draw", html=read("draw", "draw.html"), css=read("draw", "draw.css"), js=read("draw", "draw.js")
)


def drawing(last: Picture | None) -> Picture | None:
    """What was drawn, 96×96 grey pixels, or None before the first stroke."""
    before = base64.b64encode(last.pixels.tobytes()).decode() if last else ""
    told = _component(
        key=state.KERNEL_DRAWING,
        data={"pixels": before},
        default={"pixels": None},
        on_pixels_change=lambda: None,
    )
    try:
        pixels = np.frombuffer(base64.b64decode(told.pixels or "", validate=True), dtype=np.uint8)
    except (binascii.Error, ValueError, TypeError):
        return None
    return Picture("Drawing", pixels.reshape(SIDE, SIDE, 1)) if pixels.size == SIDE * SIDE else None
