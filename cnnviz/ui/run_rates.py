"""The gap, the learning rate, and how large gradients and weights are, layer by layer."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cnnviz.charts.lines import lines_chart, lines_table
from cnnviz.runs.folder import RunFolder
from cnnviz.specs import TrainSpec
from cnnviz.ui.look import colours

History = Sequence[Mapping[str, Any]]
Lines = Mapping[str, Sequence[float | None]]


def show_rates(run: RunFolder, spec: TrainSpec, history: History) -> None:
    """Four charts over epochs."""
    if not history:
        st.caption("The first epoch brings these.")
        return
    norms = run.norms()
    epochs, at = [row["epoch"] for row in history], [row["epoch"] for row in norms]
    left, right = st.columns(2)
    with left:
        gap = {"validation − training": [_gap(row) for row in history]}
        _draw(run, "Gap in accuracy", spec, epochs, gap, form="+.0%", zero=True)
        _draw(run, "Gradient norm", spec, at, by_layer(norms, "gradient"), log=True)
    with right:
        rate = {"learning rate": [row.get("lr") for row in history]}
        _draw(run, "Learning rate", spec, epochs, rate, steps=True, form=".1~e", zero=True)
        _draw(run, "Weight norm", spec, at, by_layer(norms, "weight"))
    if not norms:
        st.caption("This run kept no norms: it was trained before they were recorded.")


def _draw(
    run: RunFolder, title: str, spec: TrainSpec, epochs: Sequence[float], lines: Lines, **how: Any  # noqa: ANN401
) -> None:  # fmt: skip
    if lines:
        chart = lines_chart(title, tuple(lines), spec.max_epochs, colours(), **how)
        st.vega_lite_chart(lines_table(epochs, lines), chart, key=f"{title}-{run.id}")


def _gap(row: Mapping[str, Any]) -> float | None:
    train, valid = row.get("train_accuracy"), row.get("valid_accuracy")
    return None if train is None or valid is None else valid - train


def by_layer(norms: History, kind: str) -> dict[str, list[float | None]]:
    """Layer → its norm at each row; a norm of 0 or one that was not finite leaves a gap, which a log axis needs."""
    rows = [row[kind] if isinstance(row.get(kind), dict) else {} for row in norms]
    layers = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) or None for row in rows] for name in layers}
