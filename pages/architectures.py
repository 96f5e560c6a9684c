"""Architectures: every network op by op, FC against GAP, two side by side, and a person's own."""

import streamlit as st

from cnnviz.ui import arch_heads, arch_network, arch_own, arch_pair, arch_stories, guard, state

PARTS = {
    "One network": (
        arch_network.section,
        "Point at a block for its numbers, then **change the image rows** and see what breaks.",
    ),
    "FC against GAP": (arch_heads.section, "**Move the image size**: one head grows with its square, the other not."),
    "Two at a time": (arch_pair.section, "Choose any two networks, then **time them** on this machine."),
    "What tutorials hide": (
        arch_stories.section,
        "Each story has a switch: **flip it** and see the number that moves.",
    ),
    "Your own": (arch_own.section, "Bring **your own class or weights**; every other page then knows them."),
}

with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
    st.subheader("Architectures", anchor=False, width="content")
    part = st.segmented_control("Part", list(PARTS), default="One network", key=state.ARCH_PART, bind="query-params",
                                required=True, label_visibility="collapsed")  # fmt: skip
section, sentence = PARTS[part or "One network"]
st.markdown(sentence)
with guard.calm():
    section()
