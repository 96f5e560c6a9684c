"""The first layer's kernels as they change."""

import numpy as np
import streamlit as st

from cnnviz.charts.kernel_pictures import MOST, kernel_pictures
from cnnviz.runs.folder import RunFolder
from cnnviz.ui import cache
from cnnviz.ui.epoch_slider import pick_epoch
from cnnviz.ui.gallery import Tile, show_gallery
from cnnviz.ui.look import colours


def show_kernels(run: RunFolder) -> None:
    """The kernels at one epoch, the latest unless another is picked."""
    epochs = cache.kept_epochs(run)
    if not epochs:
        st.caption("The first epoch brings these; runs from before they were recorded have none.")
        return
    weights = cache.snapshot(run.id, pick_epoch(run, epochs)).kernels
    if weights is None:
        st.caption("This network has no convolution.")
        return
    pictures, reach = kernel_pictures(weights)
    of = f"The first {MOST}" if len(weights) == MOST else f"All {len(weights)}"
    channels = weights.shape[1]
    how = "red, green and blue, zero grey" if channels == 3 else "purple below zero, white at zero, orange above"
    mean = f", the mean over {channels} channels" if channels not in (1, 3) else ""
    st.caption(f"{of} kernels of the first convolution{mean}: {how}; the scale's ends are ±{reach:.2g}.")
    tiles = [
        Tile(picture, f"{at + 1}", f"norm {float(np.linalg.norm(weights[at])):.2f}", f"Kernel {at + 1}")
        for at, picture in enumerate(pictures)
    ]
    show_gallery(tiles, colours().text)
