"""Curves of several runs in one chart: a colour a run, training solid, validation dashed."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from cnnviz.charts.curves import LOSS_FORM, POINTED, SERIES, Measure, Rows, epoch_domain, y_domain
from cnnviz.charts.theme import Palette, lane_colours
from cnnviz.charts.thin import thin

START = 2  # epochs


def race_table(histories: Mapping[str, Rows], measure: Measure) -> pd.DataFrame:
    """epoch, value, run, part: the epochs of every run, by the run's name; thinned."""
    rows = [
        (row["epoch"], row.get(f"{part}_{measure}"), name, series)
        for name, history in histories.items()
        for part, series in (("train", SERIES[0]), ("valid", SERIES[1]))
        for row in thin(history)
    ]
    return pd.DataFrame(rows, columns=["epoch", "value", "run", "part"])


def race_domain(histories: Mapping[str, Rows], measure: Measure) -> tuple[float, float]:
    """Where the y axis starts and ends, for all runs together.

    The first epochs, which all runs have in common, leave the axis once there are others. A loss that exploded in
    one run must not flatten the others: the axis ends at three times the median of the runs' largest, or a little above
    the best loss of the run that learns worst, as long as that is within ten times the median.
    """
    domains = [y_domain(measure, _settled(history), []) for history in histories.values() if history]
    if not domains:
        return 0.0, 1.0
    highest = sorted(high for _, high in domains)
    median = highest[(len(highest) - 1) // 2]
    reached = 1.2 * max(_lowest(history, measure) for history in histories.values())
    top = max(3 * median, min(reached, 10 * median))
    return min(low for low, _ in domains), min(highest[-1], top)


def _lowest(history: Rows, measure: Measure) -> float:
    values = [row.get(f"{part}_{measure}") for row in history for part in ("train", "valid")]
    return min((value for value in values if value is not None), default=0.0)


def _settled(history: Rows) -> Rows:
    return history[START:] if len(history) > 2 * START else history


@lru_cache(maxsize=64)
def race_chart(
    measure: Measure,
    max_epochs: int,
    domain: tuple[float, float],
    names: tuple[str, ...],
    colours: Palette,
    height: int = 330,
) -> dict[str, Any]:
    """The chart without its rows, as a Vega-Lite specification; do not change it, it is shared."""
    title, form, fine = (
        ("Accuracy", ".0%", ".2%") if measure == "accuracy" else ("Loss (cross entropy)", LOSS_FORM, ".4f")
    )
    # A run's first epoch alone makes no line.
    point = alt.OverlayMarkDef(size=18, clip=True) if max_epochs <= POINTED else False
    spec: dict[str, Any] = (
        alt.Chart(alt.NamedData("rows"))
        .mark_line(strokeWidth=2, clip=True, point=point)
        .encode(
            x=alt.X(
                "epoch:Q",
                title="Epoch",
                scale=alt.Scale(domain=epoch_domain(max_epochs), nice=False),
                axis=alt.Axis(tickMinStep=1, format="d", grid=False),
            ),
            y=alt.Y(
                "value:Q",
                title=title,
                axis=alt.Axis(format=form, tickCount=5),
                scale=alt.Scale(domain=list(domain), nice=False),
            ),
            color=alt.Color("run:N", title=None, scale=_lanes(names, colours), legend=_legend("stroke", 3)),
            strokeDash=alt.StrokeDash(
                "part:N",
                title=None,
                scale=alt.Scale(domain=list(SERIES), range=[[1, 0], [5, 4]]),
                legend=None,  # the page says it: side by side with the runs it does not fit
            ),
            tooltip=[
                alt.Tooltip("run:N", title="Run"),
                alt.Tooltip("part:N", title="Part"),
                alt.Tooltip("epoch:Q", title="Epoch", format="d"),
                alt.Tooltip("value:Q", title=title, format=fine),
            ],
        )
        .properties(height=height)
        .to_dict()
    )
    spec.pop("data", None)
    return spec


def _lanes(names: Sequence[str], colours: Palette) -> alt.Scale:
    shades = lane_colours(colours)
    return alt.Scale(domain=list(names), range=[shades[at % len(shades)] for at in range(len(names))])


def _legend(symbol: str, width: int) -> alt.Legend:
    return alt.Legend(
        orient="top", columns=3, symbolType=symbol, symbolStrokeWidth=width, symbolOpacity=1, labelLimit=130
    )
