"""Learning curves: loss and accuracy over epochs, training against validation."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt

from cnnviz.charts.theme import Palette

Rows = Sequence[Mapping[str, Any]]
SERIES = ("training", "validation")
STEPS_DRAWN = 400


def curves_chart(
    history: Rows,
    steps: Rows,
    max_epochs: int,
    colours: Palette,
    *,
    measure: Literal["loss", "accuracy"],
    height: int = 250,
) -> alt.LayerChart:
    """A chart of one measure: a point an epoch for both parts, and training within epochs as a thin line.

    history holds EpochRows, steps StepRows. The x axis spans the whole run from the start, so nothing jumps as it
    grows; a measure that was not finite leaves a gap.
    """
    epochs = alt.Chart(alt.Data(values=_epoch_values(history, measure))).encode(
        x=_x_axis(max_epochs), y=_y_axis(measure), color=_colour(colours), tooltip=_tooltips(measure)
    )
    within = alt.Chart(alt.Data(values=_step_values(steps, measure))).encode(
        x=_x_axis(max_epochs), y=_y_axis(measure), color=_colour(colours)
    )
    return alt.layer(
        within.mark_line(strokeWidth=1, opacity=0.35),
        epochs.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=36)),
    ).properties(height=height)


def _epoch_values(history: Rows, measure: str) -> list[dict[str, Any]]:
    parts = (("train", SERIES[0]), ("valid", SERIES[1]))
    return [
        {"epoch": row["epoch"], "value": row.get(f"{part}_{measure}"), "part": name}
        for part, name in parts
        for row in history
    ]


def _step_values(steps: Rows, measure: str) -> list[dict[str, Any]]:
    thinned = steps[:: len(steps) // STEPS_DRAWN + 1]
    return [
        {
            # Figures of a stretch stand at its end; the first epoch runs from 0 to 1.
            "epoch": row["epoch"] - 1 + row["batch"] / row["num_batches"],
            "value": row.get(f"train_{measure}"),
            "part": SERIES[0],
        }
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


def _y_axis(measure: str) -> alt.Y:
    if measure == "accuracy":
        return alt.Y("value:Q", title="Accuracy", axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False))
    return alt.Y("value:Q", title="Loss (cross entropy)", scale=alt.Scale(zero=True))


def _colour(colours: Palette) -> alt.Color:
    return alt.Color(
        "part:N",
        title=None,
        scale=alt.Scale(domain=list(SERIES), range=[colours.train, colours.valid]),
        legend=alt.Legend(orient="top"),
    )


def _tooltips(measure: str) -> list[alt.Tooltip]:
    form = ".2%" if measure == "accuracy" else ".4f"
    return [
        alt.Tooltip("part:N", title="Part"),
        alt.Tooltip("epoch:Q", title="Epoch", format="d"),
        alt.Tooltip("value:Q", title=measure.capitalize(), format=form),
    ]
