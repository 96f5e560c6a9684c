import io

import numpy as np
import pytest
from PIL import Image

from cnnviz.charts.pictures import to_picture
from cnnviz.kernel_specs import KernelLab, KernelStep
from cnnviz.ops.kernels import PRESETS
from cnnviz.ui import components, kernel_lab
from cnnviz.ui.kernel_page import output_png
from cnnviz.ui.samples import dataset_samples, sample_picture


def test_the_output_as_png_has_a_pixel_a_value():
    values = np.random.default_rng(0).normal(size=(1, 7, 9)).astype(np.float32)
    found = np.asarray(Image.open(io.BytesIO(output_png(KernelLab(), values))))
    np.testing.assert_array_equal(found, to_picture(values, "signed_stretch"))


@pytest.mark.parametrize(
    ("steps", "show"),
    [
        ([KernelStep(kernel=((1,),))], "clip"),
        ([KernelStep(kernel=((1, -1),))], "signed_stretch"),
        ([KernelStep(kernel=((1, -1),)), KernelStep(kind="relu")], "heat"),
        ([KernelStep(kind="magnitude", kernel=((1,),), second=((1,),))], "heat"),
        ([KernelStep(kernel=((1, -1),)), KernelStep(kernel=((1,),))], "clip"),
    ],
)
def test_auto_chooses_a_scale(steps, show):
    assert KernelLab(tuple(steps)).resolved_show(1.0) == show


def test_every_script_is_mounted_and_short():
    folder = components.FOLDER / "kernel_lab"
    assert sorted(kernel_lab.SCRIPTS) == sorted(file.name for file in folder.glob("*.js"))
    assert max(len(file.read_text().splitlines()) for file in components.FOLDER.rglob("*.js")) <= 300
    presets = components.read("kernel_lab", "presets.js")
    assert all(f"  {name}: (" in presets for name in PRESETS)


def test_a_sample_of_a_data_set():
    picture, count = sample_picture(dataset_samples()[0], 7)
    assert picture.pixels.shape[2] in (1, 3) and count > 7
