"""The list of pages, in the order of the navigation bar."""

import streamlit as st
from streamlit.navigation.page import Page

HOME, KERNELS, SHAPES, DATA, TRAIN, MISTAKES = "home", "kernels", "shapes", "data", "train", "mistakes"
COMPARE = "compare"
ARCHITECTURES = "architectures"


def pages() -> list[Page]:
    """Every page that works; the first is the one a visitor lands on."""
    return [
        st.Page("pages/home.py", title="Home", icon=":material/home:", url_path=HOME, default=True),
        st.Page("pages/kernels.py", title="Kernels", icon=":material/blur_on:", url_path=KERNELS),
        st.Page("pages/shapes.py", title="Shapes", icon=":material/view_in_ar:", url_path=SHAPES),
        st.Page(
            "pages/architectures.py", title="Architectures", icon=":material/account_tree:", url_path=ARCHITECTURES
        ),
        st.Page("pages/data.py", title="Data", icon=":material/dataset:", url_path=DATA),
        st.Page("pages/train.py", title="Train", icon=":material/show_chart:", url_path=TRAIN),
        st.Page("pages/compare.py", title="Compare", icon=":material/stacked_line_chart:", url_path=COMPARE),
        st.Page("pages/mistakes.py", title="Mistakes", icon=":material/rule:", url_path=MISTAKES),
    ]
