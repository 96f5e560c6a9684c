"""Stratified, seeded splits into training and validation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.image_set import ImageSet
from cnnviz.errors import DataError

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Indices into an ImageSet; the two parts never meet."""

    train: Indices
    valid: Indices


def split(
    images: ImageSet,
    *,
    valid_fraction: float = 0.2,
    seed: int = 0,
    train_size: int = 0,
    valid_size: int = 0,
    num_folds: int = 0,
    fold: int = 1,
) -> Split:
    """The set's own split where it has one, else a stratified one; both cut to size class by class.

    With ``num_folds``, the images for training are dealt into so many stratified folds and ``fold`` (from 1) is the
    one that validates; a validation part of the set's own is then left alone.
    Sizes of 0 take all there are. Raises DataError when a part would be empty or is smaller than asked for.
    """
    everything = np.arange(len(images))
    if num_folds:
        train, valid = _folded(images, everything[: images.num_train], num_folds, fold, seed)
    elif images.num_train is None:
        valid = stratified(images.labels, round(len(images) * valid_fraction), seed)
        train = np.setdiff1d(everything, valid)
    else:
        train, valid = everything[: images.num_train], everything[images.num_train :]
    return Split(
        _cut(images, train, train_size, seed, "train_size"),
        _cut(images, valid, valid_size, seed, "valid_size"),
    )


def default_parts(images: ImageSet) -> Split:
    """The split as a run draws it unless told otherwise; a set too small to be split is all for training."""
    try:
        return split(images)
    except DataError:
        return Split(np.arange(len(images)), np.empty(0, np.int64))


def _folded(images: ImageSet, part: Indices, num_folds: int, fold: int, seed: int) -> tuple[Indices, Indices]:
    from sklearn.model_selection import StratifiedKFold

    least = int(np.bincount(images.labels[part]).max(initial=0))
    if least < num_folds:
        raise DataError(
            f"num_folds is {num_folds}, and no class of {images.name} has so many images.",
            f"Give at most {least}.",
            field="num_folds",
        )
    folds = StratifiedKFold(num_folds, shuffle=True, random_state=seed % 2**32)
    train, valid = list(folds.split(part, images.labels[part]))[fold - 1]
    return part[train], part[valid]


def stratified(labels: NDArray[np.int64], size: int, seed: int) -> Indices:
    """``size`` indices, drawn so that each class keeps its share; sorted.

    Shares are rounded by largest remainder (https://en.wikipedia.org/wiki/Quota_method), so a class misses its
    exact share by less than one image.
    """
    classes, counts = np.unique(labels, return_counts=True)
    exact = counts * size / max(len(labels), 1)
    shares = np.floor(exact).astype(int)
    for place in np.argsort(shares - exact, kind="stable")[: size - shares.sum()]:
        shares[place] += 1
    draw = np.random.default_rng(seed)
    chosen = [
        draw.permutation(np.flatnonzero(labels == label))[:share] for label, share in zip(classes, shares, strict=True)
    ]
    return np.sort(np.concatenate([np.empty(0, np.int64), *chosen])).astype(np.int64)


def _cut(images: ImageSet, part: Indices, size: int, seed: int, field: str) -> Indices:
    if size > len(part):
        raise DataError(
            f"{field} is {size:,}, but {images.name} has {len(part):,} images there.",
            f"Give at most {len(part):,}, or 0 for all.",
            field=field,
        )
    cut = part[stratified(images.labels[part], size, seed)] if size else part
    if not len(cut):
        raise DataError(f"Nothing of {images.name} is left for {field}.", "Give a larger part.", field=field)
    return cut
