"""The canvas and the lens, read out of the page and held against torch."""

import base64
import json

import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kernel_lab_strategies import labs, pictures

from cnnviz.charts.pictures import limits, reach_of, to_picture
from cnnviz.errors import ShapeError
from cnnviz.kernel_specs import KernelLab
from cnnviz.ops.apply import apply_lab, to_grey, to_tensor
from cnnviz.ops.kernels import EDITS, PRESETS

pytestmark = pytest.mark.browser

FIND = """
  const root = [...document.querySelectorAll('*')].find((e) => e.shadowRoot?.querySelector('.lab')).shadowRoot;
  const studio = root.querySelector('.lab').studio;
"""
# Each case goes through the page as a person's would: into the laboratory, onto the canvas, under the lens.
RUN = f"""(cases) => {{ {FIND}
  const frame = () => {{ studio.busy = false; clearTimeout(studio.timer); clearTimeout(studio.leisure); }};
  studio.send = () => undefined;
  return cases.map(({{picture, lab, at}}) => {{
    studio.at = 0;
    studio.channel = -1;
    studio.setPicture(picture);
    studio.inputStale = true;
    frame();
    if (!studio.edit(lab, 0)) {{
      const error = root.querySelector('.message:not(:empty)').textContent;
      studio.lab = {{channels: 'each', show: 'auto', steps: [{{kind: 'abs'}}]}};
      return {{error}};
    }}
    frame();
    studio.open(lab.steps.length - 1);
    frame();
    const out = studio.chain.outputs[studio.at], pixel = [Math.floor(at[0] * out.height), Math.floor(at[1] * out.width)];
    studio.lens.pin(pixel);
    const canvas = studio.view.output.source;
    const rgba = canvas.getContext('2d').getImageData(0, 0, out.width, out.height).data;
    const tables = [...root.querySelectorAll('.tables table')].map((table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent)));
    return {{shape: [out.channels, out.height, out.width], values: Array.from(out.data), rgb: Array.from(rgba.filter((_, i) => i % 4 < 3)),
      pixel, lens: root.querySelector('.sum output').textContent, tables}};
  }});
}}"""


@pytest.fixture(scope="module")
def lab_page(chromium, app_url):
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(app_url)
    page.goto(f"{app_url}/kernels")
    page.wait_for_selector(".lab .strip canvas")
    page.wait_for_timeout(500)
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
    """The value and the window under the lens, padding included; written with three decimals or four digits."""
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
@given(st.lists(st.tuples(labs(), pictures(), st.tuples(st.floats(0, 0.999), st.floats(0, 0.999))), min_size=20, max_size=20))
def test_canvas_and_lens_are_torchs(lab_page, cases):
    built = [case_of(*case) for case in cases]
    answers = lab_page.evaluate(RUN, [case for _, case in built])
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
    # MAKE and EDITS live inside the component's module; a preset is reached as a person reaches it.
    asked = [
        {"name": preset.name, "values": {one.name: one.least + (one.most - one.least) * part for one in preset.parameters}}
        for preset in PRESETS.values() for part in (0, 0.5, 1)
    ]  # fmt: skip
    for ask in asked:
        for name in ask["values"]:
            if name in ("size", "seed"):
                ask["values"][name] = int(ask["values"][name]) // 2 * 2 + 1
    answers = lab_page.evaluate(
        f"""(asked) => {{ {FIND}
      studio.open(0);
      studio.edit({{channels: 'grey', show: 'auto', steps: [{{kind: 'kernel', kernel: [[1]], mode: 'same'}}]}}, 0);
      return asked.map(({{name, values}}) => {{
        const {{editor}} = studio, preset = editor.presets.find((one) => one.name === name);
        editor.buildParameters(preset);
        for (const input of root.querySelectorAll('.parameters input')) {{
          Object.assign(input, {{step: 'any', value: values[input.name]}});
        }}
        editor.fromParameters(preset);
        const kernel = studio.step.kernel, edited = {{}};
        for (const button of root.querySelectorAll('[data-edit]')) {{
          editor.putKernel(kernel, '');
          button.click();
          edited[button.dataset.edit] = studio.step.kernel;
        }}
        return {{kernel, edited}};
      }});
    }}""",
        asked,
    )
    for ask, found in zip(asked, answers, strict=True):
        kernel = PRESETS[ask["name"]].make(**ask["values"])
        np.testing.assert_allclose(found["kernel"], kernel, atol=2e-6, rtol=1e-5, err_msg=ask["name"])
        for name, edit in EDITS.items():
            if name == "sum_to_one" and abs(kernel.sum()) < 1e-3:
                continue
            np.testing.assert_allclose(found["edited"][name], edit(kernel), atol=3e-6, rtol=2e-4, err_msg=name)


def test_an_input_pixel_lights_up_every_output_it_feeds(lab_page):
    lab = KernelLab.from_dict({"channels": "grey", "steps": [
        {"kind": "kernel", "kernel": [[1, 2, 3], [4, 5, 6]], "padding": [2, 2], "mode": "reflect", "stride": [2, 1]}]})  # fmt: skip
    _, case = case_of(lab, (9, 8, 1, 3), (0, 0))
    found = lab_page.evaluate(
        f"""(one) => {{ ({RUN})([one]); {FIND}
      return Array.from({{length: 72}}, (_, i) => {{
        studio.lens.pin([Math.floor(i / 8), i % 8], true);
        return root.querySelector('.sum').textContent;
      }});
    }}""",
        case,
    )
    for at, text in enumerate(found):
        bright = np.zeros((9, 8, 1), np.uint8)
        bright[at // 8, at % 8] = 255
        count = int((apply_lab(to_tensor(bright), lab)[0] != 0).sum())
        assert f"feeds {count} output" in text, json.dumps(text)
