"""Learning curves: loss and accuracy over epochs, training against validation."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import pandas as pd

from cnnviz.charts.theme import Palette

Rows = Sequence[Mapping[str, Any]]
Measure = Literal["loss", "accuracy"]
SERIES = ("training", "validation")
STEPS_DRAWN = 400
COLUMNS = ("epoch", "value", "part", "grain")


def curves_table(history: Rows, steps: Rows, measure: Measure) -> pd.DataFrame:
    """The rows of a chart of one measure: a point an epoch for both parts, training within epochs thinned.

    history holds EpochRows, steps StepRows. A measure that was not finite leaves a gap.
    """
    return pd.DataFrame([*_step_rows(steps, measure), *_epoch_rows(history, measure)], columns=COLUMNS)


@lru_cache(maxsize=64)
def curves_chart(
    measure: Measure, max_epochs: int, domain: tuple[float, float], colours: Palette, height: int = 320
) -> dict[str, Any]:
    """The chart without its rows, as a Vega-Lite specification; do not change it, it is shared.

    A live page draws it twice a second: building and checking it with Altair takes longer than all else a page does
    then, so that is done once for each axis. The x axis spans the whole run from the start and y_domain is set by the
    epochs, so that nothing jumps as the curves grow.
    """
    base = alt.Chart(alt.NamedData("rows")).encode(
        x=_x_axis(max_epochs), y=_y_axis(measure, domain), color=_colour(colours)
    )
    within = base.transform_filter(alt.datum.grain == "step").mark_line(strokeWidth=1, opacity=0.4, clip=True)
    epochs = base.transform_filter(alt.datum.grain == "epoch").mark_line(
        strokeWidth=2, clip=True, point=alt.OverlayMarkDef(size=40, clip=True)
    )
    spec: dict[str, Any] = (
        alt.layer(within, epochs.encode(tooltip=_tooltips(measure))).properties(height=height).to_dict()
    )
    for part in (spec, *spec["layer"]):
        part.pop("data", None)  # the page brings the rows
    return spec


def _epoch_rows(history: Rows, measure: Measure) -> list[tuple[Any, ...]]:
    parts = (("train", SERIES[0]), ("valid", SERIES[1]))
    return [(row["epoch"], row.get(f"{part}_{measure}"), name, "epoch") for part, name in parts for row in history]


def _step_rows(steps: Rows, measure: Measure) -> list[tuple[Any, ...]]:
    thinned = steps[:: len(steps) // STEPS_DRAWN + 1]
    return [
        # Figures of a stretch stand at its end; the first epoch runs from 0 to 1.
        (row["epoch"] - 1 + row["batch"] / row["num_batches"], row.get(f"train_{measure}"), SERIES[0], "step")
        for row in thinned
        if row.get("num_batches")
    ]


def _x_axis(max_epochs: int) -> alt.X:
    return alt.X(
        "epoch:Q",
        title="Epoch",
        scale=alt.Scale(domain=[0, max_epochs], nice=False),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )


def _y_axis(measure: Measure, domain: tuple[float, float]) -> alt.Y:
    title, form = ("Accuracy", ".0%") if measure == "accuracy" else ("Loss (cross entropy)", ".2~f")
    return alt.Y(
        "value:Q",
        title=title,
        axis=alt.Axis(format=form, tickCount=5),
        scale=alt.Scale(domain=list(domain), nice=False),
    )


def y_domain(measure: Measure, history: Rows, steps: Rows) -> tuple[float, float]:
    """Where the y axis starts and ends: set by the epochs, by the steps as long as there is no epoch."""
    rows = [row.get(f"{part}_{measure}") for row in history for part in ("train", "valid")]
    values = [value for value in rows if value is not None]
    values = values or [row[f"train_{measure}"] for row in steps if row.get(f"train_{measure}") is not None]
    if measure == "loss":
        return 0.0, max(values, default=1.0) * 1.05
    low = min(values, default=0.0) if history else 0.0
    return max(int(low * 20) / 20 - 0.05, 0.0), 1.0


def _colour(colours: Palette) -> alt.Color:
    return alt.Color(
        "part:N",
        title=None,
        scale=alt.Scale(domain=list(SERIES), range=[colours.train, colours.valid]),
        legend=alt.Legend(orient="top", symbolOpacity=1, symbolType="stroke", symbolStrokeWidth=3),
    )


def _tooltips(measure: Measure) -> list[alt.Tooltip]:
    form = ".2%" if measure == "accuracy" else ".4f"
    return [
        alt.Tooltip("part:N", title="Part"),
        alt.Tooltip("epoch:Q", title="Epoch", format="d"),
        alt.Tooltip("value:Q", title=measure.capitalize(), format=form),
    ]
