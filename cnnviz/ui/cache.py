"""Every cache of the app, each bounded. What comes out of one is shared by all visitors: never change it."""

import base64
import importlib
from typing import Any

import streamlit as st

from cnnviz import pictures
from cnnviz.images import Picture


@st.cache_resource(max_entries=24, show_spinner=False)
def bundled_picture(name: str) -> Picture:
    """A photograph or test pattern, decoded once."""
    return pictures.bundled(name)


@st.cache_resource(max_entries=16, show_spinner=False)
def picture_base64(key: str, _picture: Picture) -> str:
    """A picture's bytes as the browser gets them; key is the picture's own."""
    return base64.b64encode(_picture.pixels.tobytes()).decode()


@st.cache_resource(max_entries=2, show_spinner="Reading the data set …")
def dataset(name: str) -> Any:  # noqa: ANN401 - what cnnviz.data's registry loads
    """A data set for looking at single samples of it."""
    return importlib.import_module("cnnviz.data.registry").load(name)
