"""Photographs that come with scikit-image, cut square and scaled."""

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import ImageError
from cnnviz.pictures import bundled

SAMPLES = {
    "Astronaut": "astronaut",
    "Cat": "chelsea",
    "Coffee": "coffee",
    "Brick wall": "brick",
    "Coins": "coins",
    "Page of text": "page",
}


def sample(name: str, height: int, width: int) -> NDArray[np.uint8]:
    """The middle of a bundled photograph as (height, width, 3). Raises ImageError for an unknown name."""
    from PIL import Image

    if name not in SAMPLES:
        raise ImageError(f"There is no picture called {name}.", f"Choose one of {', '.join(SAMPLES)}.")
    pixels = bundled(SAMPLES[name]).pixels
    picture = Image.fromarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)).copy())
    scale = min(picture.width / width, picture.height / height)
    left, top = (picture.width - width * scale) / 2, (picture.height - height * scale) / 2
    box = (left, top, left + width * scale, top + height * scale)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX, box), dtype=np.uint8)


def as_input(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A photograph as a network takes it: (C, H, W), 0 … 1; one channel is grey, more repeat the colours."""
    channels, height, width = shape
    colours = sample(name, height, width).astype(np.float32) / 255
    planes = colours.mean(2, keepdims=True) if channels == 1 else colours
    picked = [planes[:, :, channel % planes.shape[2]] for channel in range(channels)]
    return np.ascontiguousarray(np.stack(picked), dtype=np.float32)
