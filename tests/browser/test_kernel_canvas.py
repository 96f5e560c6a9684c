"""The canvas and the lens, read out of the page and held against torch."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnviz.charts.pictures import limits, reach_of, to_picture
from cnnviz.errors import ShapeError
from cnnviz.kernel_specs import KernelLab, KernelStep
from cnnviz.ops.apply import apply_lab, to_grey, to_tensor
from cnnviz.ops.kernels import EDITS, PRESETS
from tests.kernel_lab_strategies import kernels, labs, pictures, weights

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).with_name("kernel_canvas.js")


@pytest.fixture(scope="module")
def lab_page(chromium, app_url):
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(app_url)
    page.goto(f"{app_url}/kernels")
    page.wait_for_selector(".lab .strip canvas")
    page.wait_for_timeout(500)
    page.evaluate(SCRIPT.read_text())
    yield page
    page.close()
    assert not errors


def case_of(lab, picture, at):
    height, width, channels, seed = picture
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)
    data = {"key": "test", "height": height, "width": width, "channels": channels,
            "bytes": base64.b64encode(pixels.tobytes()).decode()}  # fmt: skip
    return pixels, {"picture": data, "lab": lab.to_dict(), "at": at}


def number(text):
    return float(text.replace("−", "-"))


def check_lens(found, x, lab, expected):
    """The value and the window under the lens, padding included; written with three decimals or four
    digits."""
    row, col = found["pixel"]
    value = expected[0, row, col].item()
    assert number(found["lens"]) == pytest.approx(value, abs=6e-4, rel=0.06)
    step = lab.steps[-1]
    if not (step.kind == "kernel" and step.mode in ("zeros", "none")):
        return
    top, bottom, left, right = step.pads()
    windows = F.unfold(F.pad(x[:, :1], (left, right, top, bottom)), step.window_size(), step.dilation, 0, step.stride)
    patch = windows[0, :, row * expected.shape[2] + col].reshape(step.window_size()).numpy()
    shown = [np.array([[number(cell) for cell in line] for line in table]) for table in found["tables"]]
    kernel = np.array(step.kernel)
    for ours, theirs in zip(shown, (patch, kernel, patch * kernel), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=6e-4, rtol=0.06)


@settings(max_examples=14, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(labs(), pictures(), st.tuples(st.floats(0, 0.999), st.floats(0, 0.999))),
        min_size=20,
        max_size=20,
    )
)
def test_canvas_and_lens_are_torchs(lab_page, cases):
    built = [case_of(*case) for case in cases]
    answers = lab_page.evaluate("(cases) => runCases(cases)", [case for _, case in built])
    for (lab, _, _), (pixels, _), found in zip(cases, built, answers, strict=True):
        x = to_tensor(pixels)
        try:
            outputs = apply_lab(x, lab)
        except ShapeError as error:
            assert error.message.split(",")[0][:30] in found["error"]
            continue
        assert "error" not in found, found
        expected = outputs[-1][0]
        assert found["shape"] == list(expected.shape)
        values = np.array(found["values"], np.float32).reshape(expected.shape)
        spread = float(expected.max() - expected.min()) or 1.0
        assert np.abs(values - expected.numpy()).max() <= 1e-4 * max(spread, float(expected.abs().max()) * 1e-2, 1e-2)
        show = lab.resolved_show(reach_of(values))
        low, high = limits(values, show)
        if high - low > 1e-4:
            rgb = np.array(found["rgb"]).reshape(*expected.shape[1:], 3)
            assert np.abs(rgb - to_picture(values, show).astype(int)).max() <= 6
        before = (to_grey(x) if lab.channels == "grey" else x) if len(outputs) == 1 else outputs[-2]
        if lab.channels != "sum" or before.shape[1] == 1:
            check_lens(found, before, lab, expected)


def test_presets_and_edits_are_pythons(lab_page):
    asked = [
        {"name": preset.name,
         "values": {one.name: one.least + (one.most - one.least) * part for one in preset.parameters}}
        for preset in PRESETS.values() for part in (0, 0.5, 1)
    ]  # fmt: skip
    for ask in asked:
        for name in ask["values"]:
            if name in ("size", "seed"):
                ask["values"][name] = int(ask["values"][name]) // 2 * 2 + 1
    answers = lab_page.evaluate("(asked) => runPresets(asked)", asked)
    for ask, found in zip(asked, answers, strict=True):
        kernel = PRESETS[ask["name"]].make(**ask["values"])
        np.testing.assert_allclose(found["kernel"], kernel, atol=2e-6, rtol=1e-5, err_msg=ask["name"])
        for name, edit in EDITS.items():
            if name == "sum_to_one" and abs(kernel.sum()) < 1e-3:
                continue
            np.testing.assert_allclose(found["edited"][name], edit(kernel), atol=3e-6, rtol=2e-4, err_msg=name)


def test_an_input_pixel_lights_up_every_output_it_feeds(lab_page):
    step = KernelStep(kernel=((1, 2, 3), (4, 5, 6)), padding=(2, 2), mode="reflect", stride=(2, 1))
    lab = KernelLab((step,), "grey")
    _, case = case_of(lab, (9, 8, 1, 3), (0, 0))
    found = lab_page.evaluate("(one) => runFed(one)", [case, 9, 8])
    for at, text in enumerate(found):
        bright = np.zeros((9, 8, 1), np.uint8)
        bright[at // 8, at % 8] = 255
        count = int((apply_lab(to_tensor(bright), lab)[0] != 0).sum())
        assert f"feeds {count} output" in text, json.dumps(text)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_hand_on_one_weight_after_another_stays_torchs(lab_page, data):
    kernel = np.array(data.draw(kernels(3, 4)))
    changes = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), weights), min_size=1, max_size=12))
    lab = KernelLab.from_dict({
        "channels": data.draw(st.sampled_from(["each", "sum"])),
        "steps": [{"kernel": kernel.tolist(), "bias": 0.5, "stride": [1, 2], "padding": [2, 1],
                   "mode": "circular", "dilation": [2, 1]}, {"kind": "relu"}],
    })  # fmt: skip
    pixels, case = case_of(lab, (11, 13, 3, 5), (0, 0))
    steps = []
    for row, col, weight in changes:
        kernel[row, col] = weight
        steps.append(kernel.tolist())
    answers = lab_page.evaluate("(one) => runHand(one)", [case, steps])
    for now, found in zip(steps, answers, strict=True):
        asked = KernelLab.from_dict(
            lab.to_dict() | {"steps": [lab.steps[0].to_dict() | {"kernel": now}, {"kind": "relu"}]}
        )
        for ours, theirs in zip(found, apply_lab(to_tensor(pixels), asked), strict=True):
            np.testing.assert_allclose(ours, theirs.flatten().numpy(), atol=2e-5)
