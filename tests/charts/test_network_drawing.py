"""The drawing of a network: what stands in it, and in which proportion."""

import re

import pandas as pd
import pytest

from cnnviz.charts.count_curves import count_curves_chart
from cnnviz.charts.network_drawing import Block, fitting_scale, legend_html, network_html
from cnnviz.charts.param_bars import REST, largest_layers, param_bars_chart
from cnnviz.charts.shift_lines import shift_lines_chart
from cnnviz.charts.signed import signed
from cnnviz.charts.theme import DARK, DIVERGING, LIGHT


def block(index: int, shape: tuple[int, ...], kind: str = "convolution", label: str = "Conv2d") -> Block:
    text = "×".join(map(str, shape))
    return Block(index, label, kind, shape, text, f"{index} numbers {text}")


def boxes(html: str) -> list[tuple[float, float]]:
    """(width, height) of every block."""
    found = re.findall(r'class="box" style="[^"]*?width:([\d.]+)px;height:([\d.]+)px', html)
    return [(float(width), float(height)) for width, height in found]


def test_heights_and_widths_are_in_proportion():
    html = network_html([block(0, (16, 32, 32)), block(1, (64, 16, 16))], [], LIGHT, "two")
    (wide, high), (wider, lower) = boxes(html)
    assert high == pytest.approx(2 * lower, abs=0.2)
    assert wider == pytest.approx(2 * wide, abs=0.2)


def test_networks_that_are_compared_share_their_scale():
    small, large = [block(0, (4, 8, 8))], [block(0, (4, 16, 16))]
    scale = fitting_scale([small, large])
    heights = [boxes(network_html(each, [], LIGHT, "", scale))[0][1] for each in (small, large)]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)


def test_every_block_says_its_numbers_and_what_is_typed_stays_text():
    html = network_html([block(0, (1, 4, 4), label="<script>alert(1)</script>")], [], DARK, '"><b>')
    assert "0 numbers 1×4×4" in html and "<script>" not in html and '"><b>' not in html


def test_skips_are_arcs_between_the_blocks_they_join():
    blocks = [block(index, (4, 8, 8)) for index in range(5)]
    assert network_html(blocks, [(0, 3), (1, 4)], LIGHT, "").count('class="arc"') == 2
    assert 'class="arc"' not in network_html(blocks, [(0, 99)], LIGHT, "")


def test_a_long_network_keeps_its_blocks_visible():
    html = network_html([block(index, (2048, 7, 7)) for index in range(200)], [], LIGHT, "")
    assert all(width >= 4 and height >= 6 for width, height in boxes(html))
    assert float(re.search(r'<div style="width:([0-9]+)px', html)[1]) > 3000


def test_what_fails_is_marked_and_in_the_legend():
    blocks = [block(0, (1, 4, 4)), block(1, (9,), "fails here")]
    assert 'class="op fails"' in network_html(blocks, [], LIGHT, "")
    legend = legend_html(blocks, LIGHT)
    assert "fails here" in legend and "pooling" not in legend


def test_the_bars_add_up_to_all_parameters():
    rows = pd.DataFrame([(f"layer {at}", "linear", at) for at in range(60)], columns=["layer", "kind", "params"])
    kept = largest_layers(rows, 10)
    assert len(kept) == 10 and kept["params"].sum() == rows["params"].sum()
    assert kept["layer"].iloc[-1].startswith(REST)
    assert largest_layers(rows.head(5), 10)["layer"].tolist() == ["layer 1", "layer 2", "layer 3", "layer 4"]
    assert param_bars_chart(kept, LIGHT).to_dict()["layer"]


def test_curves_mark_the_current_value():
    rows = pd.DataFrame([(x, x * y, name) for x in (1, 2, 3) for y, name in ((1, "a"), (5, "b"))],
                        columns=["x", "count", "name"])  # fmt: skip
    spec = count_curves_chart(rows, ("a", "b"), "x", "Parameters", 2, LIGHT, log=True).to_dict()
    assert [{"x": 2}] in spec["datasets"].values()
    assert spec["layer"][1]["encoding"]["y"]["scale"]["type"] == "log"


def test_shift_lines_have_axis_titles():
    rows = pd.DataFrame([("FC", 0, 0.9, 0.8, 1.0)], columns=["name", "pixels", "accuracy", "low", "high"])
    titles = {layer["encoding"]["x"]["title"] for layer in shift_lines_chart(rows, ("FC",), LIGHT).to_dict()["layer"]}
    assert titles == {"Shift in pixels"}


def test_signed_colours_have_zero_in_the_middle():
    import numpy as np

    colours = signed(np.array([[-2.0, 0.0, 2.0]]), 2.0)[0]
    as_hex = [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in colours]
    assert as_hex == [DIVERGING[0], DIVERGING[3], DIVERGING[-1]]
