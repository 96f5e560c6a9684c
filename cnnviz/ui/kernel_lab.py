"""The kernel laboratory's component: what it is given, and what the hand made of it."""

import uuid
from dataclasses import asdict
from typing import Any

import streamlit as st

from cnnviz.charts.pictures import diverging_table, sequential_table
from cnnviz.charts.theme import DIVERGING
from cnnviz.images import Picture
from cnnviz.kernel_specs import KernelLab
from cnnviz.ops.kernels import PRESETS
from cnnviz.ui import cache, look, state
from cnnviz.ui.components import read

SCRIPTS = (
    "engine.js", "chain_run.js", "presets.js", "colour.js", "view.js", "lens.js", "lens_view.js",
    "pointer_lens.js",
    "cells.js", "editor.js", "strip.js", "hands.js", "plots.js", "tour.js", "studio.js", "main.js",
)  # fmt: skip
TOUR = (
    {
        "title": "Where nothing changes, nothing comes out",
        "text": "The weights are −1 on the left, 0 in the middle and 1 on the right. On an even area "
                "the left column takes away what the right column adds, so the sum is close to 0: white.",
        "look": "flat",
    },
    {
        "title": "Dark on the left, bright on the right",
        "text": "Here the right column meets bright pixels and the left column dark ones. The products "
                "no longer cancel: the sum is large and positive, and the result is orange.",
        "look": "high",
    },
    {
        "title": "Bright on the left, dark on the right",
        "text": "The same edge the other way round gives a negative sum: purple. Edges that run "
                "from left to right hardly show; transpose the kernel to find those.",
        "look": "low",
    },
)  # fmt: skip

_component = st.components.v2.component(
    "cnnviz_kernel_lab",
    html=read("kernel_lab", "lab.html"),
    css=read("kernel_lab", "lab.css"),
    js=read("kernel_lab", *SCRIPTS),
)


def mount(picture: Picture, lab: KernelLab) -> dict[str, Any] | None:
    """Show the laboratory on a picture. Returns what the browser told on the last release, or None.

    ``lab`` is only taken over when ``put`` has set it: while a hand is on the kernel, the browser knows
    best.
    """
    told = st.session_state.get(state.KERNEL_COMPONENT)
    _, sent = st.session_state.get(state.KERNEL_REVISION, ("", None))
    if sent is None or (not (told and told.get("lab")) and sent != lab):
        put(lab)  # the page is new or was left: what the browser held is gone
    result = _component(
        key=state.KERNEL_COMPONENT, data=_data(picture), default={"lab": None}, on_lab_change=lambda: None
    )
    return result.lab if isinstance(result.lab, dict) else None


def put(lab: KernelLab) -> None:
    """Show this laboratory at the next run, whatever the browser held."""
    st.session_state[state.KERNEL_REVISION] = uuid.uuid4().hex, lab


def _data(picture: Picture) -> dict[str, Any]:
    height, width, channels = picture.pixels.shape
    colours = look.colours()
    revision, lab = st.session_state[state.KERNEL_REVISION]
    return {
        "picture": {
            "key": picture.key, "height": height, "width": width, "channels": channels,
            "bytes": cache.picture_base64(picture.key, picture),
        },
        "lab": lab.to_dict(),
        "revision": revision,
        "presets": [
            {"name": preset.name, "label": preset.label,
             "parameters": [asdict(one) for one in preset.parameters]}
            for preset in PRESETS.values()
        ],
        "diverging": diverging_table().tolist(),
        "sequential": sequential_table().tolist(),
        "colours": {
            "highlight": colours.highlight, "muted": colours.muted, "train": colours.train,
            "low": DIVERGING[1], "high": DIVERGING[5],
        },
        "tour": list(TOUR),
    }  # fmt: skip
