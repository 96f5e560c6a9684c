"""Downsampling, padding modes, samples and the effective field."""

import numpy as np
import pytest
import torch

from cnnviz.errors import ImageError, ShapeError, SpecError
from cnnviz.introspection.effective_field import effective_field
from cnnviz.ops.downsampling import WAYS, binomial, compare, downsample, shift
from cnnviz.ops.padding_modes import pad_each_way
from cnnviz.ops.samples import SAMPLES, as_input, sample
from cnnviz.ops.stack import trace
from cnnviz.ops.stack_text import parse


@pytest.fixture(scope="module")
def picture():
    return sample("Brick wall", 24, 24).mean(2, dtype=np.float32) / 255


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_have_the_size_asked_for(name):
    assert sample(name, 53, 52).shape == (53, 52, 3)
    assert as_input(name, (1, 28, 28)).shape == (1, 28, 28)
    assert as_input(name, (5, 8, 9)).shape == (5, 8, 9)


def test_an_unknown_sample():
    with pytest.raises(ImageError, match="no picture called Dog"):
        sample("Dog", 8, 8)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("factor", [2, 3, 4])
def test_all_ways_give_the_same_size(picture, way, factor):
    assert downsample(picture, factor, way).shape == (24 // factor, 24 // factor)


@pytest.mark.parametrize("way", WAYS)
def test_a_shift_by_the_stride_only_moves_the_output(picture, way):
    moved = downsample(shift(picture, 4, 0), 4, way)
    assert np.allclose(moved, shift(downsample(picture, 4, way), 1, 0), atol=1e-6)


def test_blurring_changes_least_and_striding_most(picture):
    change = {way.name: way.mean_change for way in compare(picture, 4, 0, 1)}
    assert change["Blur, then stride"] < change["Average pooling"] < change["Strided convolution"]


def test_no_shift_changes_nothing(picture):
    assert all(way.changed == 0 for way in compare(picture, 4, 0, 0))


def test_the_blur_by_hand():
    assert np.allclose(binomial(2), np.outer([1, 2, 1], [1, 2, 1]) / 16)


def test_a_factor_that_does_not_fit(picture):
    with pytest.raises(SpecError, match="The factor is 25"):
        compare(picture, 25, 0, 1)


def test_padding_modes_are_numpys():
    corner = sample("Cat", 6, 6).astype(np.float32) / 255
    names = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    for mode in pad_each_way(corner, 3):
        assert np.array_equal(mode.padded, np.pad(corner, ((3, 3), (3, 3), (0, 0)), mode=names[mode.mode]))
        assert mode.blurred.shape == corner.shape


def test_no_mirror_beyond_the_picture():
    with pytest.raises(ShapeError, match="padding 6"):
        pad_each_way(np.zeros((6, 6, 3), np.float32), 6)


def test_the_effective_field_lies_within_the_theoretical_one():
    shape = (3, 20, 20)
    specs = parse("conv 6 k3 p1 / relu / pool 2 / conv 6 k3 p1 / tanh", shape)
    found = effective_field(specs, as_input("Cat", shape), (4, 5))
    rows, columns = trace(specs, shape).steps[-1].seen.cell_sets(4, 5)
    inside = found.weights[np.ix_(rows, columns)]
    assert inside.sum() == pytest.approx(1)
    assert found.weights.sum() == pytest.approx(1)
    assert 0 < found.cells_for_most < len(rows) * len(columns)


def test_the_effective_field_leaves_the_random_state_alone():
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    effective_field(parse("conv 2", (1, 8, 8)), as_input("Cat", (1, 8, 8)), (0, 0))
    assert torch.equal(torch.rand(1), expected)


def test_a_cell_outside():
    with pytest.raises(ShapeError, match="outside 6×6"):
        effective_field(parse("conv 2", (1, 8, 8)), as_input("Cat", (1, 8, 8)), (6, 0))
