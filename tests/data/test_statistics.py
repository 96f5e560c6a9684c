"""Figures of a set, against torch, scikit-learn and plain counting."""

import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.utils.class_weight import compute_class_weight

from cnnviz.data import statistics
from cnnviz.data.image_set import ImageSet
from cnnviz.data.split import split

images_of = hnp.arrays(
    np.uint8, st.tuples(st.integers(1, 30), st.sampled_from([1, 3]), st.integers(1, 9), st.integers(1, 9))
)


@settings(max_examples=60, deadline=None)
@given(images_of)
def test_mean_and_deviation_are_torchs(images: np.ndarray) -> None:
    found = statistics.values(images)
    pixels = torch.from_numpy(images).double() / 255
    np.testing.assert_allclose(found.mean, pixels.mean(dim=(0, 2, 3)).numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(found.std, pixels.std(dim=(0, 2, 3), correction=0).numpy(), rtol=1e-9, atol=1e-9)
    part = np.arange(0, len(images), 2)
    np.testing.assert_array_equal(statistics.values(images, part).counts, statistics.values(images[part]).counts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=80))
def test_balanced_weights_are_scikit_learns(labels: list[int]) -> None:
    counts = np.bincount(labels, minlength=8)
    weights = statistics.balanced_weights(counts)
    there = np.unique(labels)
    np.testing.assert_allclose(weights[there], compute_class_weight("balanced", classes=there, y=labels))
    assert weights[7] == 0


def test_average_images(digits: ImageSet) -> None:
    means = statistics.class_means(digits)
    for label in (0, 7):
        expected = digits.images[digits.labels == label].astype(np.float64).mean(axis=0)
        np.testing.assert_allclose(means[label], expected, atol=0.5)
    lonely = ImageSet("x", digits.images[:3], np.array([2, 2, 2]), ("a", "b", "c"))
    assert not statistics.class_means(lonely)[:2].any()


def test_large_images_of_many_classes_are_counted_in_bounded_memory() -> None:
    classes = tuple(map(str, range(150)))
    pixels = np.random.default_rng(0).integers(0, 256, (300, 3, 128, 128), dtype=np.uint8)
    images = ImageSet("x", pixels, np.arange(300) % 150, classes)
    tracemalloc.start()
    statistics.values(pixels)
    means = statistics.class_means(images)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < means.nbytes + 24_000_000  # the sums of all classes at once would be 59 MB, all counts 39 MB


def test_planted_duplicates_are_found_and_nothing_else() -> None:
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (60, 3, 12, 14), dtype=np.uint8)
    pixels[50] = pixels[3]  # in validation too
    pixels[51] = pixels[3]
    pixels[20] = pixels[4]  # twice in training
    near = pixels[5].astype(int) + draw.integers(-1, 2, pixels[5].shape)
    pixels[30] = near.clip(0, 255)
    labels = np.zeros(60, np.int64)
    labels[20] = 1
    images = ImageSet("x", pixels, labels, ("a", "b"), num_train=48)
    parts = split(images)
    found = statistics.duplicates(images, parts.train, parts.valid)
    assert found.leaked == [(3, 50), (3, 51)] and found.num_leaked == 2
    assert found.repeated == [(4, 20)] and found.near == [(5, 30)]
    assert found.num_other_label == 1
    cut = statistics.duplicates(images, parts.train, parts.valid, kept=1)
    assert cut.num_leaked == 2 and len(cut.leaked) == 1


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 3), (1, 8, 9), (3, 40, 5)])
def test_difference_hashes_of_any_size(shape: tuple[int, int, int]) -> None:
    """A ramp that gets brighter to the right has every bit set where there is a step; its mirror image none."""
    ramp = np.broadcast_to(np.linspace(0, 255, shape[2]).astype(np.uint8), shape)[None]
    forward = statistics._difference_hashes(ramp)[0]
    back = statistics._difference_hashes(ramp[..., ::-1].copy())[0]
    assert int(back) == 0
    assert int(forward) == (2**64 - 1 if shape[2] >= 9 else forward)


def test_samples_are_of_their_class_and_drawn_by_the_seed(digits: ImageSet) -> None:
    first, again, other = (statistics.samples_by_class(digits.labels, 10, 5, seed) for seed in (1, 1, 2))
    for label, found in enumerate(first):
        assert len(found) == 5 and (digits.labels[found] == label).all()
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert any((a != b).any() for a, b in zip(first, other, strict=True))
