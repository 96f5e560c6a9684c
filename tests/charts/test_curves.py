"""The curves hold every epoch, leave gaps for what was not finite, and keep their axes as they grow."""

from typing import Any

import pytest

from cnnviz.charts.curves import Measure, curves_chart, y_domain
from cnnviz.charts.theme import DARK, LIGHT

HISTORY = [
    {"epoch": 1, "train_loss": 1.0, "valid_loss": 0.5, "train_accuracy": 0.61, "valid_accuracy": 0.8},
    {"epoch": 2, "train_loss": 0.4, "valid_loss": None, "train_accuracy": 0.9, "valid_accuracy": 0.92},
]
STEPS = [{"epoch": 1, "batch": 5 * n, "num_batches": 40, "train_loss": 2.0, "train_accuracy": 0.2} for n in range(8)]


def rows(chart: Any) -> list[dict[str, Any]]:
    return next(iter(chart.to_dict()["datasets"].values()))


@pytest.mark.parametrize("measure", ["loss", "accuracy"])
def test_holds_every_epoch_and_names_its_axes(measure: Measure) -> None:
    chart = curves_chart(HISTORY, STEPS, 12, LIGHT, measure=measure)
    drawn = [(row["epoch"], row["part"]) for row in rows(chart) if row["grain"] == "epoch"]
    assert drawn == [(1, "training"), (2, "training"), (1, "validation"), (2, "validation")]
    spec = chart.to_dict()
    for layer in spec["layer"]:
        assert layer["encoding"]["x"]["scale"]["domain"] == [0, 12]
        assert layer["encoding"]["x"]["title"] and layer["encoding"]["y"]["title"]
        assert layer["encoding"]["color"]["scale"]["range"] == [LIGHT.train, LIGHT.valid]


def test_an_empty_run_can_be_drawn() -> None:
    assert curves_chart([], [], 3, DARK, measure="loss").to_dict()
    assert y_domain("accuracy", [], STEPS) == (0.0, 1.0)


def test_axes_follow_the_epochs() -> None:
    assert y_domain("loss", HISTORY, STEPS) == (0.0, pytest.approx(1.05))
    low, high = y_domain("accuracy", HISTORY, STEPS)
    assert 0.5 < low <= 0.61 and high == 1.0


def test_thousands_of_steps_are_thinned() -> None:
    chart = curves_chart([], STEPS * 2000, 12, LIGHT, measure="loss")
    assert 200 <= len(rows(chart)) <= 400
