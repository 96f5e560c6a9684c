"""Learning curves: loss and accuracy over epochs, training against validation, the gap between them shaded."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import pandas as pd

from cnnviz.charts.theme import Palette
from cnnviz.charts.thin import thin

Rows = Sequence[Mapping[str, Any]]
Measure = Literal["loss", "accuracy"]
SERIES = ("training", "validation")
COLUMNS = ("epoch", "value", "other", "part", "grain", "note")
SMOOTH = 5  # stretches that a smoothed figure within an epoch leans on
LOSS_FORM = ".4~g"  # of 0.0025 as of 2.5e31: a loss falls below what two decimals show, and it may explode
POINTED = 60  # epochs up to which each has a point of its own


def curves_table(
    history: Rows,
    steps: Rows,
    measure: Measure,
    best_epoch: float | None = None,
    marks: Sequence[tuple[float, str]] = (),
) -> pd.DataFrame:
    """The rows of a chart of one measure: a point an epoch for both parts, training within epochs smoothed.

    history holds EpochRows, steps StepRows. A measure that was not finite leaves a gap. ``marks`` are moments, in
    epochs, with what was changed then. What is drawn is thinned; the best and the last epoch always stay.
    """
    best = [at for at, row in enumerate(history) if row["epoch"] == best_epoch]
    drawn = thin(history, keep=best)
    rows = [
        *_step_rows(steps, measure),
        *_epoch_rows(drawn, measure),
        *_best_rows(history, measure, best),
        *((epoch, None, None, None, "mark", note) for epoch, note in marks),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


@lru_cache(maxsize=128)
def curves_chart(
    measure: Measure,
    max_epochs: int,
    domain: tuple[float, float],
    colours: Palette,
    height: int = 320,
    legend: bool = True,
) -> dict[str, Any]:
    """The chart without its rows, as a Vega-Lite specification; do not change it, it is shared.

    A live page draws it twice a second: building and checking it with Altair takes longer than all else a page does
    then, so that is done once for each axis. The x axis spans the whole run from the start and y_domain is set by the
    epochs, so that nothing jumps as the curves grow.
    """
    base = alt.Chart(alt.NamedData("rows")).encode(x=_x_axis(max_epochs))
    lines = base.encode(y=_y_axis(measure, domain), color=_colour(colours, legend))
    within = _grain(lines, "step").mark_line(strokeWidth=1, opacity=0.4, clip=True)
    gap = _grain(base, "epoch").transform_filter(alt.datum.part == SERIES[1]).mark_area(opacity=0.1, clip=True)
    point = alt.OverlayMarkDef(size=40, clip=True) if max_epochs <= POINTED else False
    epochs = _grain(lines, "epoch").mark_line(strokeWidth=2, clip=True, point=point).encode(tooltip=_tooltips(measure))
    layers = [
        gap.encode(y=_y_axis(measure, domain), y2="other:Q", color=alt.value(colours.muted)),
        within,
        epochs,
        *_marks(base, lines, colours),
    ]
    chart = alt.layer(*layers).properties(height=height)
    spec: dict[str, Any] = chart.to_dict()
    for part in (spec, *spec["layer"]):
        part.pop("data", None)  # the page brings the rows
    return spec


def _grain(chart: alt.Chart, grain: str) -> alt.Chart:
    return chart.transform_filter(alt.datum.grain == grain)


def _marks(base: alt.Chart, lines: alt.Chart, colours: Palette) -> list[alt.Chart]:
    """The best epoch, ringed on a dashed line; what was changed under way, as dotted lines with their words."""
    note = [alt.Tooltip("epoch:Q", title="Epoch", format="d"), alt.Tooltip("note:N", title="What")]
    best = _grain(base, "best")
    changed = _grain(base, "mark")
    return [
        best.mark_rule(strokeDash=[5, 4], color=colours.text, opacity=0.5, clip=True).encode(tooltip=note),
        _grain(lines, "best").mark_point(size=130, strokeWidth=2, clip=True, filled=False),
        changed.mark_rule(strokeDash=[2, 3], strokeWidth=2, color=colours.highlight, clip=True).encode(tooltip=note),
        changed.mark_text(align="left", dx=4, y=10, color=colours.highlight, clip=True).encode(text="note:N"),
    ]


def _epoch_rows(history: Rows, measure: Measure) -> list[tuple[Any, ...]]:
    parts = (("train", SERIES[0]), ("valid", SERIES[1]))
    return [
        (row["epoch"], row.get(f"{part}_{measure}"), row.get(f"train_{measure}"), name, "epoch", "")
        for part, name in parts
        for row in history
    ]


def _best_rows(history: Rows, measure: Measure, at: Sequence[int]) -> list[tuple[Any, ...]]:
    rows = (history[index] for index in at)
    return [(row["epoch"], row.get(f"valid_{measure}"), None, SERIES[1], "best", "best epoch") for row in rows]


def _step_rows(steps: Rows, measure: Measure) -> list[tuple[Any, ...]]:
    usable = [row for row in steps if row.get("num_batches")]
    values = pd.Series([row.get(f"train_{measure}") for row in usable], dtype=float).ewm(span=SMOOTH).mean()
    # Figures of a stretch stand at its end; the first epoch runs from 0 to 1.
    places = [row["epoch"] - 1 + row["batch"] / row["num_batches"] for row in usable]
    return [(x, y, None, SERIES[0], "step", "") for x, y in thin(list(zip(places, values, strict=True)))]


def epoch_domain(max_epochs: int) -> list[float]:
    """Where the x axis starts and ends: a little behind the last epoch, whose points would be cut in half."""
    return [0.0, max(max_epochs, 1) * 1.02]


def _x_axis(max_epochs: int) -> alt.X:
    return alt.X(
        "epoch:Q",
        title="Epoch",
        scale=alt.Scale(domain=epoch_domain(max_epochs), nice=False),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )


def _y_axis(measure: Measure, domain: tuple[float, float]) -> alt.Y:
    title, form = ("Accuracy", ".0%") if measure == "accuracy" else ("Loss (cross entropy)", LOSS_FORM)
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


def _colour(colours: Palette, legend: bool) -> alt.Color:
    return alt.Color(
        "part:N",
        title=None,
        scale=alt.Scale(domain=list(SERIES), range=[colours.train, colours.valid]),
        legend=alt.Legend(orient="top", symbolOpacity=1, symbolType="stroke", symbolStrokeWidth=3) if legend else None,
    )


def _tooltips(measure: Measure) -> list[alt.Tooltip]:
    form = ".2%" if measure == "accuracy" else ".4f"
    return [
        alt.Tooltip("part:N", title="Part"),
        alt.Tooltip("epoch:Q", title="Epoch", format="d"),
        alt.Tooltip("value:Q", title=measure.capitalize(), format=form),
    ]
