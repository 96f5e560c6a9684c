"""The list of pages, in the order of the navigation bar."""

import streamlit as st
from streamlit.navigation.page import Page

SHAPES = "shapes"


def pages() -> list[Page]:
    """Every page that works; the first is the one a visitor lands on."""
    return [
        st.Page(
            "pages/shapes.py", title="Shapes", icon=":material/view_in_ar:", url_path=SHAPES, default=True
        ),
    ]
