"""Labelled images in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import DataError


@dataclass(frozen=True)
class ImageSet:
    """Labelled images, read-only.

    images: uint8 (N, C, H, W). labels: int64 (N,), indices into ``classes``.
    num_train: the first so many images are for training and the rest for validation; None where the set
    itself does not say, so that a split has to be drawn.
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    num_train: int | None = None

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or len(self.images) != len(self.labels):
            raise DataError(
                f"{self.name} has images of shape {self.images.shape} and {len(self.labels)} labels.",
                "Images are (N, C, H, W), with one label each.",
            )
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise DataError(
                f"{self.name} has labels from {self.labels.min()} to {self.labels.max()} "
                f"and {len(self.classes)} classes.",
                "Labels count from 0.",
            )
        self.images.setflags(write=False)  # shared between visitors
        self.labels.setflags(write=False)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of each image."""
        channels, height, width = self.images.shape[1:]
        return channels, height, width
