"""Data: what is in a set, what happens to it before the network, and bringing one's own."""

import streamlit as st

from cnnviz.ui import data_augment, data_look, data_normalise, data_own, data_split, guard, state
from cnnviz.ui.data_source import absent, pick_set

PARTS = {
    "Look": (data_look, "See what is in a set: **other samples** shows more, **duplicates** what is there twice."),
    "Normalise": (data_normalise, "**Choose a mean and a deviation** and see what the network gets."),
    "Augment": (data_augment, "**Move a slider** and see one image as often as the network will."),
    "Split": (data_split, "**Change the share or the seed** and see which classes train and which validate."),
    "Your own": (data_own, "**Drop a zip** of your own pictures and every page works with them."),
}

with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
    st.subheader("Data", anchor=False, width="content")
    part = st.segmented_control("Part", list(PARTS), default="Look", key=state.DATA_PART, bind="query-params",
                                required=True, label_visibility="collapsed")  # fmt: skip
module, sentence = PARTS[part or "Look"]
st.markdown(sentence)
with guard.calm():
    if module is data_own:
        data_own.section()
    else:
        controls, picture = st.columns([3, 8], gap="medium")
        with controls:
            entry, images = pick_set()
            chosen = module.controls(entry, images) if images is not None else None
        with picture, guard.calm():
            if images is None:
                absent(entry)
            elif module is data_look:
                data_look.section(entry, images)
            elif chosen is not None:
                module.section(entry, images, chosen)
