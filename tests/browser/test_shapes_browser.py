"""The Shapes page in a real browser: the grids against the geometry, pointer, keys, touch and address."""

import random
from contextlib import suppress

import pytest

from cnnviz.bench.shapes import open_shapes
from cnnviz.errors import SpecError
from cnnviz.layer_specs import (
    PADDING_MODES,
    AdaptiveAvgPool2d,
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    ZeroPad2d,
)
from cnnviz.ops.geometry import axes
from cnnviz.ui.components.layer_grids import axis_data

pytestmark = pytest.mark.browser

FIND = """window.grids = () => {
  const search = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.grids) return element.grids;
      const found = element.shadowRoot && search(element.shadowRoot);
      if (found) return found;
    }
  };
  return search(document);
}"""


def panel(tab, name):
    """The box of the grid whose caption starts with a name."""
    return tab.locator(".grids figure", has=tab.locator("figcaption", has_text=name)).locator(".box")


@pytest.fixture
def layer(tab, app_url):
    """The page with a layer of our choice; the timer is stopped by a first movement."""

    def visit(query="", output="Output"):
        open_shapes(tab, app_url, query)
        panel(tab, output).wait_for(timeout=60_000)
        tab.wait_for_timeout(500)
        tab.evaluate(FIND)
        return tab

    return visit


def random_layer(rng):
    """A layer that may be too large for its input."""
    kernel, stride = (rng.randint(1, 4), rng.randint(1, 4)), (rng.randint(1, 3), rng.randint(1, 3))
    pad, dilation = rng.randint(0, 2), rng.randint(1, 2)
    return rng.choice([
        lambda: Conv2d(1, 1, kernel, stride, pad, dilation, padding_mode=rng.choice(PADDING_MODES)),
        lambda: ConvTranspose2d(1, 1, kernel, stride, pad, rng.randint(0, 1)),
        lambda: MaxPool2d(kernel, stride, dilation=dilation, ceil_mode=rng.random() < 0.5),
        lambda: AdaptiveAvgPool2d(kernel),
        lambda: ZeroPad2d((pad, 0, -1, 1)),
    ])()  # fmt: skip


def random_axes(rng):
    """The axes of a random layer that works."""
    while True:
        with suppress(SpecError):
            return axes(random_layer(rng), rng.randint(2, 9), rng.randint(2, 9))


CELLS = """(cases) => cases.map(({ axes, outs, cells }) => {
  const g = grids();
  g.update({ ...g.data, rows: axes[0], columns: axes[1] });
  const lit = (panel, at) => { g.show(panel, ...at); return g.lit; };
  return [outs.map((at) => lit('output', at)), cells.map((at) => lit('input', at))];
})"""


def test_the_browsers_cells_are_the_geometrys(layer):
    """The whole way from links to what is lit, for random layers, read from both sides."""
    tab, rng = layer(), random.Random(4)
    layers = [random_axes(rng) for _ in range(150)]
    cases = [
        {
            "axes": [axis_data(line) for line in lines],
            "outs": [[rng.randrange(line.out_size) for line in lines] for _ in range(4)],
            "cells": [[rng.randrange(line.in_size) for line in lines] for _ in range(4)],
        }
        for lines in layers
    ]
    for lines, case, (by_output, by_input) in zip(layers, cases, tab.evaluate(CELLS, cases), strict=True):
        for at, lit in zip(case["outs"], by_output, strict=True):
            found = [side["cells"] for side in lit]
            assert found == [sorted(line.sources(out)) for line, out in zip(lines, at, strict=True)]
        for at, lit in zip(case["cells"], by_input, strict=True):
            found = [[o for o in side["outs"] if 0 <= o < line.out_size] for side, line in zip(lit, lines, strict=True)]
            assert found == [sorted(line.fed_by(cell)) for line, cell in zip(lines, at, strict=True)]


def point(tab, box, row, column, cells):
    """Move the mouse onto a cell of a panel that shows so many rows and columns."""
    bounds = box.bounding_box()
    tab.mouse.move(bounds["x"] + (column + 0.5) * bounds["width"] / cells[1],
                   bounds["y"] + (row + 0.5) * bounds["height"] / cells[0])  # fmt: skip


def words(tab):
    return tab.locator(".grids output").text_content()


def test_pointing_both_ways(layer):
    tab = layer("l_h=12&l_k=5")
    point(tab, panel(tab, "Output"), 2, 3, (8, 8))
    assert words(tab) == "Output (2, 3) reads rows 2–6 and columns 3–7: 25 cells."
    point(tab, panel(tab, "Input"), 0, 0, (12, 12))
    assert words(tab) == "Input (0, 0) feeds 1 output: row 0, column 0."
    point(tab, panel(tab, "Kernel"), 4, 0, (5, 5))
    assert words(tab) == "Weight (4, 0) meets input rows 4–11 and columns 0–7."
    assert tab.locator(".grids button").text_content() == "Play"


def test_what_rounding_down_drops_is_said(layer):
    tab = layer("l_h=12&l_s=2")
    point(tab, panel(tab, "Input"), 11, 4, (12, 12))
    assert "is dropped" in words(tab)
    assert "dropped by rounding down" in tab.locator(".legend").text_content()


def test_keys_move_through_the_cells(layer):
    tab = layer("l_h=12")
    box = panel(tab, "Output")
    box.focus()
    for key, place in (
        ("Home", "(0, 0)"),
        ("ArrowRight", "(0, 1)"),
        ("ArrowDown", "(1, 1)"),
        ("End", "(9, 9)"),
    ):
        box.press(key)
        assert f"Output {place}" in words(tab)
    assert tab.evaluate("grids().playing") is False


def test_the_timer_plays_until_pointed_at(layer):
    tab = layer()
    before = tab.evaluate("grids().painted")
    tab.wait_for_function("(before) => grids().painted > before", arg=before)
    panel(tab, "Output").hover()
    assert tab.evaluate("grids().playing") is False
    tab.locator(".grids button").click()
    assert tab.evaluate("grids().playing") is True


def test_no_timer_for_those_who_want_no_motion(chromium, app_url):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    tab = context.new_page()
    open_shapes(tab, app_url, "")
    panel(tab, "Output").wait_for(timeout=60_000)
    assert tab.locator(".grids button").text_content() == "Play"
    context.close()


def test_a_changed_control_redraws_the_grids_and_the_address(layer):
    tab = layer("l_h=12")
    stride = tab.get_by_label("Stride", exact=True)
    stride.fill("2")
    stride.press("Enter")
    tab.get_by_text("Output 5 × 5").wait_for()
    assert "l_s=2" in tab.url
    tab.reload()
    tab.get_by_text("Output 5 × 5").wait_for(timeout=60_000)


def test_a_bad_control_keeps_the_last_picture(layer):
    tab = layer("l_h=12&l_k=5")
    kernel = tab.get_by_label("Kernel", exact=True)
    kernel.fill("15")
    kernel.press("Enter")
    tab.get_by_text("does not fit into the input's 12").wait_for()
    assert tab.get_by_text("Kernel 5 × 5").is_visible()


def test_settings_survive_another_part(layer):
    tab = layer("l_k=5&l_h=14")
    tab.get_by_role("radio", name="Stack").click()
    tab.get_by_label("Layers", exact=True).wait_for()
    tab.get_by_role("radio", name="One layer").click()
    tab.get_by_text("Kernel 5 × 5").wait_for()
    assert tab.get_by_text("Input 14 × 14").is_visible()


def test_picking_a_cell_asks_for_its_gradient(layer):
    tab = layer("part=Receptive+field", output="Feature map")
    box = panel(tab, "Feature map")
    box.wait_for(timeout=60_000)
    box.click(position={"x": 5, "y": 5})
    tab.get_by_text("Cell (0, 0) could see").wait_for(timeout=30_000)
    box.focus()
    box.press("End")
    assert "Output (3, 3)" in words(tab)
    box.press("Enter")
    tab.get_by_text("Cell (3, 3) could see").wait_for(timeout=30_000)


@pytest.mark.parametrize("part", ["One layer", "Stack", "Receptive field", "Downsampling and padding"])
def test_a_phone_scrolls_down_only_and_can_touch(chromium, app_url, part):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    tab = context.new_page()
    open_shapes(tab, app_url, f"part={part.replace(' ', '+')}")
    tab.wait_for_timeout(2500)
    main = tab.locator("[data-testid=stMain]")
    assert main.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    if part == "One layer":
        box = panel(tab, "Output")
        box.scroll_into_view_if_needed()
        box.tap(position={"x": 3, "y": 3})
        assert "Output (0, 0)" in words(tab)
    context.close()


def test_the_grids_still_follow_the_window_after_a_change(layer):
    tab = layer("l_h=12")
    stride = tab.get_by_label("Stride", exact=True)
    stride.fill("2")
    stride.press("Enter")
    tab.get_by_text("Output 5 × 5").wait_for()
    tab.evaluate("() => { const g = grids(), old = g.layout; g.layout = () => { g.seen = 1; old.call(g); }; }")
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.wait_for_function("grids().seen")


def test_one_timer_however_often_a_control_changes(layer):
    tab = layer("l_h=12")
    for _ in range(3):
        tab.get_by_label("Input size", exact=True).press("ArrowUp")
        tab.wait_for_timeout(400)
    before = tab.evaluate("grids().painted")
    tab.wait_for_timeout(2000)
    assert 1 <= tab.evaluate("grids().painted") - before <= 5
