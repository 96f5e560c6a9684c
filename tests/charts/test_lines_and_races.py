"""Charts of several lines: a line each, gaps for what is missing, axes that one run can't spoil."""

import numpy as np
import pytest

from cnnviz.charts.kernel_pictures import kernel_pictures
from cnnviz.charts.lines import lines_chart, lines_table
from cnnviz.charts.race import race_chart, race_domain, race_table
from cnnviz.charts.theme import DARK, LIGHT, Palette, lane_colours


def history(*losses: float | None) -> list[dict[str, float | None]]:
    return [
        {"epoch": n, "train_loss": loss, "valid_loss": loss, "train_accuracy": 0.9, "valid_accuracy": 0.8}
        for n, loss in enumerate(losses, 1)
    ]


def test_lines_keep_their_order_and_gaps() -> None:
    table = lines_table([1, 2], {"conv": [0.5, None], "fc": [1.0, 2.0]})
    assert table.line.tolist() == ["conv", "conv", "fc", "fc"] and table.value.isna().sum() == 1
    assert lines_table([], {}).empty


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("count", [1, 4, 60])
def test_each_line_has_a_colour_and_many_lines_no_legend(colours: Palette, count: int) -> None:
    names = tuple(f"layer {n}" for n in range(count))
    spec = lines_chart("Norm", names, 10, colours, zero=True)
    colour = spec["layer"][-1]["encoding"]["color"]
    if count == 1:
        assert colour == {"value": colours.text}
    else:
        assert len(set(colour["scale"]["range"])) == count and (colour["legend"] is None) == (count > 8)


def test_no_line_is_swallowed_by_a_dark_page() -> None:
    spec = lines_chart("Norm", tuple("abcd"), 10, DARK)
    shades = spec["layer"][-1]["encoding"]["color"]["scale"]["range"]
    assert min((luminance(shade) + 0.05) / (luminance(DARK.background) + 0.05) for shade in shades) >= 3


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_a_run_keeps_its_colour_whatever_the_measure(colours: Palette) -> None:
    names = ("a", "b", "c", "d", "e", "f")
    scales = [
        race_chart(measure, 5, (0.0, 1.0), names, colours)["encoding"]["color"]["scale"]
        for measure in ("loss", "accuracy")
    ]
    assert scales[0] == scales[1] and len(set(scales[0]["range"])) == 6
    assert set(lane_colours(colours)) == set(scales[0]["range"])


def test_a_run_that_exploded_does_not_flatten_the_others() -> None:
    histories = {"a": history(1.0, 0.5), "b": history(1.0, 0.4), "c": history(1.0, 1e9)}
    assert race_domain(histories, "loss")[1] <= 3.5
    assert race_domain({"a": []}, "loss") == (0.0, 1.0)
    assert len(race_table(histories, "loss")) == 12


def test_kernels_share_a_scale_with_zero_white() -> None:
    weights = np.array([[[[1.0, -1.0], [0.0, 0.5]]], [[[0.0, 0.0], [0.0, 0.0]]]], dtype=np.float32)
    pictures, reach = kernel_pictures(weights)
    assert reach == 1.0 and [picture.shape for picture in pictures] == [(3, 2, 2)] * 2
    white = pictures[1][:, 0, 0]
    assert (pictures[1] == white[:, None, None]).all() and (white > 240).all()
    assert (pictures[0][:, 1, 0] == white).all()
    colour, _ = kernel_pictures(np.zeros((2, 3, 2, 2)))
    assert (colour[0] == 128).all()
    assert kernel_pictures(np.full((1, 1, 2, 2), np.nan))[1] == 0


def test_a_run_that_learns_slowly_keeps_its_place_beside_one_that_learns_at_once():
    fast = [{"epoch": epoch, "train_loss": 0.1, "valid_loss": 0.14} for epoch in range(1, 9)]
    slow = [{"epoch": epoch, "train_loss": 2 / epoch, "valid_loss": 2 / epoch} for epoch in range(1, 5)]
    assert race_domain({"fast": fast, "slow": slow}, "loss")[1] >= 0.5
    exploded = [{"epoch": epoch, "train_loss": 1e6, "valid_loss": 1e6} for epoch in range(1, 9)]
    assert race_domain({"fast": fast, "slow": exploded}, "loss")[1] < 2


def test_the_first_epoch_of_a_race_is_seen() -> None:
    for max_epochs, seen in ((20, True), (500, False)):  # of so many, points would hide the lines
        mark = race_chart("loss", max_epochs, (0.0, 1.0), ("a",), LIGHT)["mark"]
        assert bool(mark["point"]) == seen
