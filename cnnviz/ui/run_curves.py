"""The two curves that carry the page: accuracy and loss."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cnnviz.charts.curves import Measure, curves_chart, curves_table, y_domain
from cnnviz.runs.best import best_row
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.progress import STEPS_KEPT
from cnnviz.spec_words import label, value_text
from cnnviz.specs import TrainSpec
from cnnviz.training.history import TICK_S
from cnnviz.ui.look import colours

MEASURES: tuple[Measure, ...] = ("accuracy", "loss")
REDRAW_S = 2.0  # redrawing takes a core's time, which a training on this machine wants too
History = Sequence[Mapping[str, Any]]


def show_curves(run: RunFolder, spec: TrainSpec, history: History, *, moving: bool) -> None:
    """Accuracy and loss over epochs, with the best epoch and what was changed under way."""
    steps: History = run.steps()
    if moving:
        history, steps = settled(history, steps)
    best = best_row(history, spec.best_by).get("epoch")
    marks = change_marks(run.changes())
    for column, measure in zip(st.columns(2), MEASURES, strict=True):
        domain = y_domain(measure, history, steps)
        chart = curves_chart(measure, spec.max_epochs, domain, colours())
        table = curves_table(history, steps, measure, best, marks)
        column.vega_lite_chart(table, chart, key=f"{measure}-{run.id}")


def settled(history: History, steps: History) -> tuple[History, History]:
    """What a running run draws: rows that change every two seconds or so, epochs and steps at once."""
    trained_s = sum(float(row.get("duration_s") or 0) for row in history)
    step_s = max(TICK_S, trained_s / STEPS_KEPT)  # between two kept steps
    at_once = max(round(REDRAW_S / step_s), 1)
    shown = steps[: len(steps) // at_once * at_once]
    if not shown:
        return history[:1], shown
    return [row for row in history if row["epoch"] < shown[-1]["epoch"]] or history[:1], shown


def change_marks(changes: History) -> list[tuple[float, str]]:
    """(epoch after which it held, words) for each learning rate or weight decay changed under way."""
    return [
        (max(row["epoch"] - 1, 0), f"{label(row['what']).lower()} {value_text(row['value'])}")
        for row in changes
        if row.get("what") in ("lr", "weight_decay") and row.get("value") is not None
    ]
