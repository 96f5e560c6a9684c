"""Kernels: edit one and the picture follows the hand."""

import streamlit as st

from cnnviz.ui import guard, kernel_page
from cnnviz.ui.picture_controls import picture_controls

kernel_page.read_link()
st.markdown("##### Drag on a weight and the picture follows; point at the result to see where a value comes from.")
kernel_page.show_problems()
picture = picture_controls()
with guard.calm():
    kernel_page.laboratory(picture)
