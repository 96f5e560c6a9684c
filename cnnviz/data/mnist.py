"""``mnist``: the 70,000 handwritten digits, in the folders where torchvision keeps them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnviz.data import idx
from cnnviz.data.download import fetch
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress
from cnnviz.errors import DataError

# The mirrors and checksums that torchvision.datasets.MNIST uses.
MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/")
NUM_TRAIN = 60_000


@dataclass(frozen=True)
class Part:
    """One of the four files: its name, checksum and size packed, in bytes."""

    name: str
    md5: str
    num_bytes: int


PARTS = (
    Part("train-images-idx3-ubyte", "f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422),
    Part("train-labels-idx1-ubyte", "d53e105ee54ea40749a09fcbcd1e9432", 28_881),
    Part("t10k-images-idx3-ubyte", "9fb629c4189551a2d022fa330f9573f3", 1_648_877),
    Part("t10k-labels-idx1-ubyte", "ec29112dd5afa0611ce80d1b7f02629c", 4_542),
)


def load(folder: Path, progress: Progress) -> ImageSet:
    """All digits as (70000, 1, 28, 28), the 60,000 for training first. Downloads the files not at hand."""
    raw = folder / "MNIST" / "raw"
    _download_missing(raw, progress)
    progress("Reading MNIST", 1.0)
    train_images, train_labels, test_images, test_labels = (idx.read(_file(raw, part)) for part in PARTS)
    if len(train_images) != len(train_labels) or len(test_images) != len(test_labels):
        raise DataError("MNIST has unequal numbers of images and labels.", f"Delete {raw} and download it again.")
    images = np.concatenate([train_images, test_images])[:, None]
    labels = np.concatenate([train_labels, test_labels]).astype(np.int64)
    return ImageSet("mnist", images, labels, tuple("0123456789"), num_train=len(train_images))


def at_hand(folder: Path) -> bool:
    """True when all four files are there, packed or not."""
    return all(_file(folder / "MNIST" / "raw", part).exists() for part in PARTS)


def _file(raw: Path, part: Part) -> Path:
    unpacked = raw / part.name
    return unpacked if unpacked.exists() else raw / f"{part.name}.gz"


def _download_missing(raw: Path, progress: Progress) -> None:
    missing = [part for part in PARTS if not _file(raw, part).exists()]
    total, before = sum(part.num_bytes for part in missing), 0
    for part in missing:

        def on_bytes(received: int, before: int = before) -> None:
            done = before + received
            progress(f"Downloading MNIST: {done / 1e6:.1f} of {total / 1e6:.1f} MB", min(done / total, 1.0))

        on_bytes(0)
        fetch(MIRRORS, raw / f"{part.name}.gz", part.md5, on_bytes)
        before += part.num_bytes
