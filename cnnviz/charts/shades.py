"""Numbers as colours, for pictures drawn pixel by pixel."""

import base64
import io

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import SEQUENTIAL


def sequential(values: NDArray[np.floating], top: float) -> NDArray[np.uint8]:
    """Magnitudes (H, W) from 0 to top as viridis, (H, W, 3)."""
    stops = np.array([[int(shade[i : i + 2], 16) for i in (1, 3, 5)] for shade in SEQUENTIAL], dtype=float)
    places = np.clip(values / top if top > 0 else values * 0, 0, 1) * (len(stops) - 1)
    channels = [np.interp(places, np.arange(len(stops)), stops[:, i]) for i in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def grey(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Values (H, W) or (H, W, 3) from 0 to 1 as a picture (H, W, 3)."""
    bytes_ = (np.clip(values, 0, 1) * 255).round().astype(np.uint8)
    return np.repeat(bytes_[:, :, None], 3, axis=2) if bytes_.ndim == 2 else bytes_


def enlarge(picture: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Each pixel as times × times crisp ones."""
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def data_url(picture: NDArray[np.uint8]) -> str:
    """A picture (H, W, 3) as a PNG that a browser can draw from its address."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
