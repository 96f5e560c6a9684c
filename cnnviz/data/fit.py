"""Making any picture the size and mode of a set. Pillow does the arithmetic: bilinear, smoothed when it shrinks."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from cnnviz.data.import_spec import ImportSpec

_HOW = Image.Resampling.BILINEAR


def fit(pixels: NDArray[np.uint8], spec: ImportSpec) -> NDArray[np.uint8]:
    """uint8 (H, W, C) with 1 or 3 channels → uint8 (spec.channels, spec.height, spec.width).

    Colour becomes grey by ITU-R 601-2 luma, as in Pillow: (299 R + 587 G + 114 B) / 1000. The frame of ``pad`` is
    black and the picture stands in its middle; ``crop`` keeps the middle.
    """
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    sized = _sized(image.convert("L" if spec.channels == 1 else "RGB"), spec)
    array = np.asarray(sized, dtype=np.uint8)
    return array[None] if spec.channels == 1 else array.transpose(2, 0, 1)


def _sized(image: Image.Image, spec: ImportSpec) -> Image.Image:
    size = spec.width, spec.height
    if image.size == size:
        return image
    if spec.fit == "resize":
        return image.resize(size, _HOW)
    if spec.fit == "crop":
        return ImageOps.fit(image, size, _HOW)
    return _padded(image, size)


def _padded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Like Pillow's ImageOps.pad, which lets a very long picture shrink to no pixels at all."""
    scale = min(size[0] / image.width, size[1] / image.height)
    inner = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    frame = Image.new(image.mode, size)
    frame.paste(image.resize(inner, _HOW), ((size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2))
    return frame
