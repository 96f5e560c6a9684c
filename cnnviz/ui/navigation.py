"""The list of pages, in the order of the navigation bar."""

import streamlit as st
from streamlit.navigation.page import Page

KERNELS = "kernels"


def pages() -> list[Page]:
    """Every page that works; the first is the one a visitor lands on."""
    kernels = st.Page("pages/kernels.py", title="Kernels", icon=":material/blur_on:", url_path=KERNELS)
    return [st.Page(lambda: st.switch_page(kernels), title="Home", url_path="home", default=True), kernels]
