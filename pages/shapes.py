"""Shapes: what padding, stride, dilation and pooling do to one layer, to a stack and to a picture."""

import streamlit as st

from cnnviz.ui import guard, shapes_field, shapes_layer, shapes_pictures, shapes_stack, shapes_stories, state

PARTS = {
    "One layer": (
        shapes_layer.section,
        "Point at an output cell to see what it reads, then change the stride.",
    ),
    "Stack": (shapes_stack.section, "Follow a picture through a network; move, add or break a layer."),
    "Receptive field": (
        shapes_field.section,
        "Point at a deep cell to see which part of the picture it sees.",
    ),
    "Downsampling and padding": (
        shapes_pictures.section,
        "Shift the picture by one pixel and see what changes.",
    ),
}

with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
    st.subheader("Shapes", anchor=False, width="content")
    part = st.segmented_control("Part", list(PARTS), default="One layer", key=state.SHAPES_PART,
                                bind="query-params", required=True, label_visibility="collapsed")  # fmt: skip
section, sentence = PARTS[part or "One layer"]
with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    st.markdown(sentence, width="content")
    if part == "One layer":
        shapes_stories.buttons()
with guard.calm():
    section()
