"""Controls beside a picture; on a phone the picture stands between what starts it and the settings."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

PHONE_PX = 640  # Streamlit stacks columns below this
HEAD, PICTURE, REST = "page-head", "page-picture", "page-rest"
_STYLE = (
    f"<style>@media (max-width:{PHONE_PX}px){{"
    f"[data-testid=stHorizontalBlock]:has(>.stColumn .st-key-{REST}){{flex-direction:column}}"
    f".stColumn:has(.st-key-{REST}),.stColumn:has(.st-key-{PICTURE}),"
    f".stColumn>[data-testid=stVerticalBlock]:has(.st-key-{REST}),"
    f".stColumn>[data-testid=stVerticalBlock]:has(.st-key-{PICTURE}){{display:contents}}"
    f"[data-testid=stLayoutWrapper]:has(>.st-key-{REST}){{order:1}}}}</style>"
)


def beside_picture() -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """(what starts, the other controls, the picture); one set a page."""
    st.html(_STYLE)
    controls, picture = st.columns([3, 8], gap="medium")
    return controls.container(key=HEAD), controls.container(key=REST), picture.container(key=PICTURE)
