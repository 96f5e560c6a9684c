import io

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from PIL import Image
from scipy import ndimage

from cnnviz.errors import ShapeError, SpecError
from cnnviz.images import Picture
from cnnviz.kernel_specs import VERTICAL_EDGE, KernelLab, KernelStep
from cnnviz.ops import kernels
from cnnviz.ops.apply import apply_lab, to_tensor
from cnnviz.ops.code import python_code
from cnnviz.ops.confirm import confirm
from tests.kernel_lab_strategies import labs, pictures


def pixels_of(picture):
    height, width, channels, seed = picture
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def lab_of(kernel, channels="grey", **options):
    return KernelLab((KernelStep(kernel=tuple(map(tuple, kernel.tolist())), **options),), channels)


def test_the_tutorials_edge_is_conv2d_3_1():
    x = to_tensor(pixels_of((32, 32, 3, 1)))
    conv = torch.nn.Conv2d(3, 1, 3, padding=1)
    with torch.no_grad():
        conv.weight[:] = torch.tensor([[-1.0, 0, 1]] * 3)
        conv.bias.zero_()
    lab = KernelLab((KernelStep(kernel=VERTICAL_EDGE, padding=(1, 1)),), "sum")
    torch.testing.assert_close(apply_lab(x, lab)[0], conv(x))


@pytest.mark.parametrize(
    ("mode", "theirs"),
    [("zeros", "constant"), ("reflect", "mirror"), ("replicate", "nearest"), ("circular", "wrap")],
)
def test_padding_modes_are_scipys(mode, theirs):
    x = to_tensor(pixels_of((17, 22, 1, 2)))
    kernel = kernels.random(5, 4)
    ours = apply_lab(x, lab_of(kernel, padding=(2, 2), mode=mode))[0][0, 0].numpy()
    expected = ndimage.correlate(x[0, 0].numpy().astype(np.float64), kernel, mode=theirs)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_grey_is_pils():
    pixels = pixels_of((9, 9, 3, 3))
    grey = apply_lab(to_tensor(pixels), lab_of(kernels.identity(1)))[0][0, 0].numpy() * 255
    assert np.abs(grey - np.asarray(Image.fromarray(pixels).convert("L"))).max() <= 0.51


def test_magnitude_and_pools():
    x = to_tensor(pixels_of((12, 12, 1, 5)))
    a, b = (torch.tensor(k, dtype=torch.float32)[None, None] for k in (kernels.sobel_x(), kernels.sobel_y()))
    step = KernelStep(kind="magnitude", kernel=a[0, 0].tolist(), second=b[0, 0].tolist())
    pool = KernelStep(kind="max_pool", size=(2, 2), stride=(2, 2))
    expected = torch.sqrt(F.conv2d(x, a) ** 2 + F.conv2d(x, b) ** 2)
    first, second = apply_lab(x, KernelLab((step, pool)))
    torch.testing.assert_close(first, expected)
    torch.testing.assert_close(second, F.max_pool2d(expected, 2))


@settings(max_examples=120, deadline=None)
@given(lab=labs(), picture=pictures())
def test_shapes_are_torchs_and_what_is_refused_torch_could_not_do_either(lab, picture):
    x = to_tensor(pixels_of(picture))
    try:
        shapes = lab.shapes(*x.shape[1:])
    except ShapeError as error:
        assert error.hint and error.field
        return
    assert [tuple(out.shape[1:]) for out in apply_lab(x, lab)] == shapes


@settings(max_examples=150, deadline=None)
@given(lab=labs(), picture=pictures())
def test_the_code_gives_exactly_the_output(lab, picture):
    pixels = pixels_of(picture)
    try:
        expected = apply_lab(to_tensor(pixels), lab)[-1]
    except ShapeError:
        return
    file = io.BytesIO()
    Image.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels).save(file, "PNG")
    code = python_code(lab, pixels.shape[2]).replace("'picture.png'", "picture")
    names = {"picture": file}
    exec(code, names)
    assert torch.equal(names["output"], expected)


def test_confirm_tells_agreement_from_difference():
    picture = Picture("noise", pixels_of((20, 20, 3, 6)))
    lab = KernelLab()
    values = apply_lab(to_tensor(picture.pixels), lab)[-1].flatten()
    told = [float(values[i * 400 // 100]) for i in range(100)]
    assert confirm(picture, lab, told).agrees
    assert not confirm(picture, lab, [told[0] + 0.1, *told[1:]]).agrees
    for bad in ([], ["x"], [float("nan")], [[1.0]], [0.0] * 401):
        with pytest.raises(SpecError):
            confirm(picture, lab, bad)
