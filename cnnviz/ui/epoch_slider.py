"""A slider over the epochs that were kept; it follows the latest until a hand takes it."""

from collections.abc import Sequence

import streamlit as st

from cnnviz.runs.folder import RunFolder
from cnnviz.ui import state


def pick_epoch(run: RunFolder, epochs: Sequence[int]) -> int:
    """One of the epochs; the latest, and staying so while the run grows, as long as "Latest" is on."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        latest = st.toggle("Latest", True, key=state.run_view(run.id, "latest"), help="Off lets you go back.")
        if latest or len(epochs) < 2:
            st.caption(f"Epoch {epochs[-1]}")
            return epochs[-1]
        chosen = st.select_slider("Epoch", list(epochs), key=state.run_view(run.id, "epoch"))
    return int(chosen)
