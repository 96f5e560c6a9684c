"""What is in a set, in figures. Everything is counted in whole numbers, a slice at a time, so sums are exact."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.image_set import ImageSet
from cnnviz.data.split import Indices

SLICE_VALUES = 4_000_000  # pixels at a time: counting takes 8 bytes for each, whatever the size of an image
LEVELS = 256
NEAR = 4.0  # mean absolute difference, of 255
_HASH_ROWS, _HASH_COLUMNS = 8, 9


@dataclass(frozen=True)
class Values:
    """counts: (C, 256), how many pixels of each channel have each value."""

    counts: NDArray[np.int64]

    @property
    def mean(self) -> tuple[float, ...]:
        """The mean of pixels in [0, 1], per channel."""
        return tuple(
            sum(int(n) * v for v, n in enumerate(row)) / max(int(row.sum()), 1) / (LEVELS - 1) for row in self.counts
        )

    @property
    def std(self) -> tuple[float, ...]:
        """The standard deviation of pixels in [0, 1], per channel, over all pixels (division by their number)."""
        return tuple(_std(row) for row in self.counts)


def values(images: NDArray[np.uint8], part: Indices | None = None) -> Values:
    """The pixel values of uint8 images (N, C, H, W), or of a part of them."""
    counts = np.zeros((images.shape[1], LEVELS), np.int64)
    for piece in _slices(images, part):
        for channel, row in enumerate(counts):
            row += np.bincount(piece[:, channel].ravel(), minlength=LEVELS)
    return Values(counts)


def class_counts(images: ImageSet, part: Indices | None = None) -> NDArray[np.int64]:
    """(classes,): how many images each class has, in the whole set or a part of it."""
    labels = images.labels if part is None else images.labels[part]
    return np.bincount(labels, minlength=len(images.classes)).astype(np.int64)


def balanced_weights(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """n / (classes · images of the class), as scikit-learn's "balanced"; 0 for a class without images.

    King and Zeng, "Logistic Regression in Rare Events Data" (2001).
    """
    there = counts > 0
    weights = np.zeros(len(counts))
    weights[there] = counts.sum() / (there.sum() * counts[there])
    return weights


def class_means(images: ImageSet) -> NDArray[np.uint8]:
    """(classes, C, H, W): the average image of each class, rounded; black for a class without images."""
    means = np.zeros((len(images.classes), *images.shape), np.uint8)
    order = np.argsort(images.labels, kind="stable")
    ends = np.cumsum(class_counts(images))[:-1]
    for mean, part in zip(means, np.split(order, ends), strict=True):
        # Sums of one class at a time: of all at once they would take eight times what the means do.
        if len(part):
            sums = sum(piece.sum(axis=0, dtype=np.int64) for piece in _slices(images.images, part))
            mean[:] = np.round(sums / len(part))
    return means


def samples_by_class(labels: NDArray[np.int64], num_classes: int, per_class: int, seed: int) -> list[Indices]:
    """Up to so many indices of each class, drawn by the seed."""
    draw = np.random.default_rng(seed)
    of_class = (np.flatnonzero(labels == label) for label in range(num_classes))
    return [np.sort(draw.permutation(found)[:per_class]).astype(np.int64) for found in of_class]


@dataclass(frozen=True)
class Duplicates:
    """Pairs of indices: the same pixels in training and validation, the same within training, and nearly the same.

    leaked: (training, validation); num_leaked counts validation images that training has too. The lists are cut to
    ``kept`` pairs, the numbers are not.
    """

    leaked: list[tuple[int, int]]
    num_leaked: int
    repeated: list[tuple[int, int]]
    num_repeated: int
    near: list[tuple[int, int]]
    num_near: int
    num_other_label: int  # of all these pairs, those with different labels


def duplicates(images: ImageSet, train: Indices, valid: Indices, *, kept: int = 24) -> Duplicates:
    """Look for images that are there twice.

    Exact ones by BLAKE2b of their bytes. Nearly the same are images with the same difference hash (8×8 brightness
    steps, http://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html) whose pixels differ by
    less than ``NEAR`` of 255 on average, each compared with the first of its hash.
    """
    digests, hashes = _digests(images.images)
    first: dict[bytes, int] = {}
    repeated = [(first[d], i) for i in map(int, train) if first.setdefault(d := digests[i], i) != i]
    leaked = [(first[digests[i]], i) for i in map(int, valid) if digests[i] in first]
    near = _near(images.images, digests, hashes, np.concatenate([train, valid]))
    pairs = [*leaked, *repeated, *near]
    other = sum(images.labels[a] != images.labels[b] for a, b in pairs)
    return Duplicates(leaked[:kept], len(leaked), repeated[:kept], len(repeated), near[:kept], len(near), int(other))


def _near(
    images: NDArray[np.uint8], digests: list[bytes], hashes: NDArray[np.uint64], part: Indices
) -> list[tuple[int, int]]:
    first: dict[int, int] = {}
    found = []
    for at in map(int, part):
        other = first.setdefault(int(hashes[at]), at)
        if other != at and digests[other] != digests[at]:
            apart = np.abs(images[at].astype(np.int16) - images[other]).mean()
            if apart < NEAR:
                found.append((other, at))
    return found


def _digests(images: NDArray[np.uint8]) -> tuple[list[bytes], NDArray[np.uint64]]:
    digests: list[bytes] = []
    hashes = []
    for piece in _slices(images, None):
        digests += [hashlib.blake2b(image.tobytes(), digest_size=16).digest() for image in piece]
        hashes.append(_difference_hashes(piece))
    return digests, np.concatenate([np.empty(0, np.uint64), *hashes])


def _difference_hashes(images: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """64 bits an image: whether each of 8×9 even patches of its brightness is darker than the one to its right."""
    grey = images.sum(axis=1, dtype=np.int32)
    rows, columns = _edges(grey.shape[1], _HASH_ROWS), _edges(grey.shape[2], _HASH_COLUMNS)
    patches = [[grey[:, row, column].mean(axis=(1, 2)) for column in columns] for row in rows]
    small = np.array(patches).transpose(2, 0, 1)
    bits = np.packbits(small[:, :, :-1] < small[:, :, 1:], axis=2).reshape(len(images), _HASH_ROWS)
    return np.ascontiguousarray(bits).view(np.uint64)[:, 0]


def _edges(side: int, count: int) -> list[slice]:
    """``count`` slices that cover a side; each holds at least one pixel."""
    edges = np.linspace(0, side, count + 1).astype(int).tolist()
    return [slice(min(low, side - 1), max(high, min(low, side - 1) + 1)) for low, high in pairwise(edges)]


def _std(row: NDArray[np.int64]) -> float:
    counts = [int(n) for n in row]
    total = max(sum(counts), 1)
    first = sum(n * v for v, n in enumerate(counts))
    second = sum(n * v * v for v, n in enumerate(counts))
    variance = (second * total - first * first) / total**2
    return float(variance**0.5 / (LEVELS - 1))


def _slices(images: NDArray[np.uint8], part: Indices | None) -> Iterator[NDArray[np.uint8]]:
    size = len(images) if part is None else len(part)
    step = max(SLICE_VALUES // max(math.prod(images.shape[1:]), 1), 1)
    for start in range(0, size, step):
        yield images[start : start + step] if part is None else images[part[start : start + step]]
