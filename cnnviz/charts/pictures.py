"""Values as pictures: signed ones on the diverging scale with zero in the middle, magnitudes on viridis,
the rest as brightness. The page's canvas follows the same rules with the same tables."""

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.theme import DIVERGING, SEQUENTIAL

Values = NDArray[np.float32]
Bytes = NDArray[np.uint8]


def colour_table(colours: tuple[str, ...], size: int = 256) -> Bytes:
    """(size, 3) bytes: the colours at even steps, straight lines between them."""
    anchors = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours], dtype=np.float64)
    at = np.linspace(0, len(colours) - 1, size)
    table = [np.interp(at, np.arange(len(colours)), anchors[:, channel]) for channel in range(3)]
    return np.asarray(np.round(np.stack(table, axis=1)), dtype=np.uint8)


def diverging_table() -> Bytes:
    """(255, 3) bytes: an odd number, so that zero has an entry of its own in the middle."""
    return colour_table(DIVERGING, 255)


def sequential_table() -> Bytes:
    """(256, 3) bytes for magnitudes."""
    return colour_table(SEQUENTIAL)


def limits(values: Values, show: str) -> tuple[float, float]:
    """The values at the two ends of the scale; ``show`` is one of KernelLab's, not ``auto``."""
    low, high = float(values.min()), float(values.max())
    if show in ("signed_stretch", "heat"):
        reach = reach_of(values) or max(abs(low), abs(high)) or 1.0
        return (0.0 if show == "heat" else -reach), reach
    if show == "stretch":
        return (low, high) if high > low else (low, low + 1)
    return (-1.0, 1.0) if show == "signed_clip" else (0.0, 1.0)


def reach_of(values: Values) -> float:
    """The size that all but one value in 200 stay under, from 4,096 values spread over the data: a few
    extremes would otherwise leave the rest of the picture pale."""
    flat = np.abs(values.reshape(-1))
    count = min(4096, flat.size)
    sizes = np.sort(flat[np.arange(count) * flat.size // count])
    return float(sizes[min(count - 1, int(count * 0.995))])


def to_picture(values: Values, show: str) -> Bytes:
    """(C, H, W) values to (H, W, 3) bytes. One map takes the scale's colours; three keep red, green and
    blue."""
    low, high = limits(values, show)
    part = np.clip((values.transpose(1, 2, 0).astype(np.float64) - low) / (high - low), 0, 1)
    if part.shape[2] == 3:
        return np.asarray(np.floor(part * 255 + 0.5), dtype=np.uint8)
    if show.startswith("signed"):
        return np.asarray(diverging_table()[np.floor(part[..., 0] * 254 + 0.5).astype(int)])
    grey = np.asarray(np.floor(part[..., 0] * 255 + 0.5), dtype=np.uint8)
    return np.asarray(sequential_table()[grey] if show == "heat" else np.repeat(grey[:, :, None], 3, axis=2))
