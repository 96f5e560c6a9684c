"""The curves hold every epoch, leave gaps for what was not finite, and keep their axes as they grow."""

import pytest

from cnnviz.charts.curves import Measure, curves_chart, curves_table, y_domain
from cnnviz.charts.theme import DARK, LIGHT, Palette

HISTORY = [
    {"epoch": 1, "train_loss": 1.0, "valid_loss": 0.5, "train_accuracy": 0.61, "valid_accuracy": 0.8},
    {"epoch": 2, "train_loss": 0.4, "valid_loss": None, "train_accuracy": 0.9, "valid_accuracy": 0.92},
]
STEPS = [{"epoch": 1, "batch": 5 * n, "num_batches": 40, "train_loss": 2.0, "train_accuracy": 0.2} for n in range(8)]


@pytest.mark.parametrize("measure", ["loss", "accuracy"])
def test_the_table_holds_every_epoch(measure: Measure) -> None:
    table = curves_table(HISTORY, STEPS, measure)
    epochs = table[table.grain == "epoch"]
    assert list(zip(epochs.epoch, epochs.part, strict=True)) == [
        (1, "training"), (2, "training"), (1, "validation"), (2, "validation"),
    ]  # fmt: skip
    assert epochs.value.isna().sum() == (measure == "loss")


@pytest.mark.parametrize("measure", ["loss", "accuracy"])
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_axes_are_named_and_span_the_run(measure: Measure, colours: Palette) -> None:
    spec = curves_chart(measure, 12, (0.0, 1.0), colours)
    for layer in spec["layer"]:
        low, high = layer["encoding"]["x"]["scale"]["domain"]
        assert low == 0 and 12 < high < 12.5  # the last epoch's points are not cut in half
        assert layer["encoding"]["x"]["title"] and layer["encoding"].get("y", {"title": "none"})["title"]
        assert "data" not in layer
    scales = [layer["encoding"]["color"].get("scale") for layer in spec["layer"] if "color" in layer["encoding"]]
    assert [scale["range"] for scale in scales if scale] == [[colours.train, colours.valid]] * 3


def test_an_empty_run_can_be_drawn() -> None:
    assert curves_table([], [], "loss").empty
    assert y_domain("accuracy", [], STEPS) == (0.0, 1.0)
    assert y_domain("loss", [], []) == (0.0, pytest.approx(1.05))


def test_axes_follow_the_epochs() -> None:
    assert y_domain("loss", HISTORY, STEPS) == (0.0, pytest.approx(1.05))
    low, high = y_domain("accuracy", HISTORY, STEPS)
    assert 0.5 < low <= 0.61 and high == 1.0


def test_thousands_of_steps_are_thinned() -> None:
    assert 200 <= len(curves_table([], STEPS * 2000, "loss")) <= 400
