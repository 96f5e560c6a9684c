"""The list of pages, in the order of the navigation bar."""

import streamlit as st
from streamlit.navigation.page import Page

KERNELS = "kernels"


def pages() -> list[Page]:
    """Every page that works; the first is the one a visitor lands on."""
    return [
        st.Page("pages/kernels.py", title="Kernels", icon=":material/blur_on:", url_path=KERNELS, default=True),
    ]
