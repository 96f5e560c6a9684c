"""``mnist``, ``fashion-mnist`` and ``kmnist``: 70,000 images each in IDX files, in the folders where torchvision
keeps them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnviz.data import idx
from cnnviz.data.download import RemoteFile, fetch_all
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress
from cnnviz.errors import DataError

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataclass(frozen=True)
class IdxSet:
    """A set of torchvision's MNIST family: its mirrors, and for each of NAMES the packed file's checksum and size."""

    name: str
    title: str
    folder_name: str
    mirrors: tuple[str, ...]
    md5s: tuple[str, str, str, str]
    sizes: tuple[int, int, int, int]
    classes: tuple[str, ...]

    @property
    def files(self) -> tuple[RemoteFile, ...]:
        """The four packed files."""
        parts = zip(NAMES, self.md5s, self.sizes, strict=True)
        return tuple(RemoteFile(f"{name}.gz", md5, size) for name, md5, size in parts)

    @property
    def place(self) -> str:
        """Where the files belong below the data folder."""
        return f"{self.folder_name}/raw/{NAMES[0]}.gz and the three others"

    def at_hand(self, folder: Path) -> bool:
        """True when all four files are there, packed or not."""
        return all(_there(self._raw(folder), file).exists() for file in self.files)

    def load(self, folder: Path, progress: Progress) -> ImageSet:
        """All images as (70000, 1, 28, 28), the 60,000 for training first. Downloads the files not at hand."""
        raw = self._raw(folder)
        missing = [file for file in self.files if not _there(raw, file).exists()]
        if missing:
            fetch_all(self.title, self.mirrors, missing, raw, progress)
        progress(f"Reading {self.title}", 1.0)
        train_images, train_labels, test_images, test_labels = (idx.read(_there(raw, file)) for file in self.files)
        for pictures, marks in ((train_images, train_labels), (test_images, test_labels)):
            if pictures.ndim != 3 or pictures.shape[:1] != marks.shape or pictures.shape[1:] != train_images.shape[1:]:
                raise DataError(
                    f"{self.title} has images of shape {pictures.shape} and labels of shape {marks.shape}.",
                    f"Delete {raw} and download it again.",
                )
        images = np.concatenate([train_images, test_images])[:, None]
        labels = np.concatenate([train_labels, test_labels]).astype(np.int64)
        return ImageSet(self.name, images, labels, self.classes, num_train=len(train_images))

    def _raw(self, folder: Path) -> Path:
        return folder / self.folder_name / "raw"


def _there(raw: Path, file: RemoteFile) -> Path:
    unpacked = raw / file.name.removesuffix(".gz")
    return unpacked if unpacked.exists() else raw / file.name


# Mirrors and checksums are those of torchvision.datasets.
MNIST = IdxSet(
    "mnist",
    "MNIST",
    "MNIST",
    ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
    (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
    (9_912_422, 28_881, 1_648_877, 4_542),
    tuple("0123456789"),
)
FASHION_MNIST = IdxSet(
    "fashion-mnist",
    "FashionMNIST",
    "FashionMNIST",
    ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
    (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
    (26_421_880, 29_515, 4_422_102, 5_148),
    (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
)
KMNIST = IdxSet(
    "kmnist",
    "KMNIST",
    "KMNIST",
    ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
    (
        "bdb82020997e1d708af4cf47b453dcf7",
        "e144d726b3acfaa3e44228e80efcd344",
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "7320c461ea6c1c855c0b718fb2a4b134",
    ),
    (18_165_135, 29_497, 3_041_136, 5_120),
    tuple(f"{sign} ({sound})" for sign, sound in zip(
        "おきすつなはまやれを", ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"), strict=True
    )),
)  # fmt: skip
