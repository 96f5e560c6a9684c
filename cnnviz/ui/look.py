"""Whether the page is light or dark, and the colours that go with it."""

import streamlit as st

from cnnviz.charts.theme import Palette, palette


def is_dark() -> bool:
    """True when the visitor's browser shows the dark theme."""
    return bool(st.context.theme.type == "dark")


def colours() -> Palette:
    """The palette of the theme on screen."""
    return palette(is_dark())
