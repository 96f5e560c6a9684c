"""Signed numbers as colours: purple below zero, white at it, orange above."""

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import DIVERGING


def signed(values: NDArray[np.floating], top: float) -> NDArray[np.uint8]:
    """Values (H, W) from −top to top as (H, W, 3); zero is the middle colour."""
    stops = np.array([[int(shade[i : i + 2], 16) for i in (1, 3, 5)] for shade in DIVERGING], dtype=float)
    share = np.clip(values / top, -1, 1) if top > 0 else values * 0
    places = (share + 1) / 2 * (len(stops) - 1)
    channels = [np.interp(places, np.arange(len(stops)), stops[:, i]) for i in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
