import numpy as np
import pytest
from scipy import ndimage

from cnnviz.ops import kernels
from cnnviz.ops.kernels import EDITS, PRESETS

PICTURE = np.random.default_rng(3).random((24, 31))


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("prewitt_x", lambda x: ndimage.prewitt(x, axis=1)),
        ("prewitt_y", lambda x: ndimage.prewitt(x, axis=0)),
        ("sobel_x", lambda x: ndimage.sobel(x, axis=1)),
        ("sobel_y", lambda x: ndimage.sobel(x, axis=0)),
        ("laplacian_4", ndimage.laplace),
        ("box", lambda x: ndimage.uniform_filter(x, 3)),
    ],
)
def test_the_classics_are_scipys(name, theirs):
    ours = ndimage.correlate(PICTURE, PRESETS[name].make())
    np.testing.assert_allclose(ours, theirs(PICTURE), atol=1e-12)


@pytest.mark.parametrize("sigma", [0.6, 1.0, 1.25])
def test_gaussian_is_scipys(sigma):
    size = 2 * round(4 * sigma) + 1
    ours = ndimage.correlate(PICTURE, kernels.gaussian(size, sigma))
    np.testing.assert_allclose(ours, ndimage.gaussian_filter(PICTURE, sigma, truncate=4.0), atol=1e-12)


def test_laplacian_of_gaussian_is_near_scipys():
    ours = ndimage.correlate(PICTURE, kernels.laplacian_of_gaussian(11, 1.2))
    theirs = ndimage.gaussian_laplace(PICTURE, 1.2)
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.99


def test_the_tutorials_two_kernels():
    np.testing.assert_array_equal(kernels.box(3), np.full((3, 3), 1 / 9))
    np.testing.assert_array_equal(kernels.prewitt_x(), [[-1, 0, 1]] * 3)


@pytest.mark.parametrize("name", ["box", "gaussian", "motion_blur", "identity", "unsharp", "sharpen", "emboss"])
def test_brightness_is_kept(name):
    assert PRESETS[name].make().sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["prewitt_x", "sobel_y", "scharr_x", "laplacian_8", "outline", "log", "gabor"])
def test_flat_areas_give_nothing(name):
    assert PRESETS[name].make().sum() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 8, 11])
def test_sizes(size):
    for preset in PRESETS.values():
        if any(one.name == "size" for one in preset.parameters):
            assert preset.make(size=size).shape == (size, size)


def test_motion_blur_follows_its_angle():
    across = kernels.motion_blur(5, 0)
    np.testing.assert_allclose(across, [[0] * 5, [0] * 5, [0.2] * 5, [0] * 5, [0] * 5], atol=1e-12)
    np.testing.assert_allclose(kernels.motion_blur(5, 90), across.T, atol=1e-12)


def test_edits():
    kernel = np.array([[1.0, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(EDITS["transpose"](kernel), [[1, 4], [2, 5], [3, 6]])
    np.testing.assert_array_equal(EDITS["rotate"](kernel), [[4, 1], [5, 2], [6, 3]])
    np.testing.assert_array_equal(EDITS["flip_across"](kernel), [[3, 2, 1], [6, 5, 4]])
    np.testing.assert_array_equal(EDITS["flip_down"](kernel), [[4, 5, 6], [1, 2, 3]])
    np.testing.assert_array_equal(EDITS["negate"](kernel), -kernel)
    assert EDITS["sum_to_one"](kernel).sum() == pytest.approx(1)
    assert EDITS["zero_mean"](kernel).mean() == pytest.approx(0)
    np.testing.assert_array_equal(EDITS["sum_to_one"](kernels.prewitt_x()), kernels.prewitt_x())


def test_random_is_the_same_for_the_same_seed():
    np.testing.assert_array_equal(kernels.random(5, 7), kernels.random(5, 7))
    assert not np.array_equal(kernels.random(5, 7), kernels.random(5, 8))
    assert np.abs(kernels.random(11, 3)).max() <= 1
