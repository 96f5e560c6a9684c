"""Splits: no image in both parts, every class with its share, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.data.image_set import ImageSet
from cnnviz.data.split import split, stratified
from cnnviz.errors import DataError


def image_set(labels: list[int], num_train: int | None = None) -> ImageSet:
    images = np.zeros((len(labels), 1, 2, 2), np.uint8)
    classes = tuple(str(place) for place in range(max(labels) + 1))
    return ImageSet("some", images, np.array(labels, np.int64), classes, num_train)


many_labels = st.lists(st.integers(0, 5), min_size=10, max_size=200)


@settings(max_examples=1000, deadline=None)
@given(many_labels, st.floats(0.1, 0.9), st.integers(0, 9))
def test_parts_are_stratified_and_never_meet(labels: list[int], fraction: float, seed: int) -> None:
    parts = split(image_set(labels), valid_fraction=fraction, seed=seed)
    assert sorted([*parts.train, *parts.valid]) == list(range(len(labels)))
    assert len(parts.valid) == round(len(labels) * fraction)
    taken = np.bincount(np.array(labels)[parts.valid], minlength=6)
    exact = np.bincount(labels, minlength=6) * len(parts.valid) / len(labels)
    assert np.all(np.abs(taken - exact) < 1)


@settings(max_examples=500, deadline=None)
@given(many_labels, st.integers(0, 9), st.data())
def test_stratified_draws_as_many_as_asked(labels: list[int], seed: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, len(labels)))
    drawn = stratified(np.array(labels), size, seed)
    assert len(set(drawn.tolist())) == size
    assert np.array_equal(drawn, stratified(np.array(labels), size, seed))


def test_another_seed_draws_others(digits: ImageSet) -> None:
    assert not np.array_equal(split(digits, seed=0).valid, split(digits, seed=1).valid)


def test_a_set_keeps_its_own_split() -> None:
    parts = split(image_set([0, 1, 0, 1, 0], num_train=3))
    assert parts.train.tolist() == [0, 1, 2]
    assert parts.valid.tolist() == [3, 4]


def test_more_than_there_is_is_refused(digits: ImageSet) -> None:
    with pytest.raises(DataError, match="4,000") as refused:
        split(digits, train_size=4001)
    assert refused.value.field == "train_size"
    with pytest.raises(DataError):
        split(image_set([0, 1]), valid_fraction=0.1)
