"""A few lines over epochs: the learning rate, the gap, norms layer by layer."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from cnnviz.charts.theme import DARK, SEQUENTIAL, Palette
from cnnviz.charts.thin import thin

NAMED = 8  # lines up to which a legend helps; beyond, pointing at one names it


def lines_table(epochs: Sequence[float], lines: Mapping[str, Sequence[float | None]]) -> pd.DataFrame:
    """epoch, value, line, depth (0 for the first line to 1 for the last); thinned, None leaves a gap."""
    last = max(len(lines) - 1, 1)
    rows = [
        (epoch, value, name, at / last)
        for at, (name, values) in enumerate(lines.items())
        for epoch, value in thin(list(zip(epochs, values, strict=True)))
    ]
    return pd.DataFrame(rows, columns=["epoch", "value", "line", "depth"])


@lru_cache(maxsize=64)
def lines_chart(
    title: str,
    names: tuple[str, ...],
    max_epochs: int,
    colours: Palette,
    *,
    form: str = ".3~g",
    log: bool = False,
    zero: bool = False,
    steps: bool = False,
    height: int = 190,
) -> dict[str, Any]:
    """The chart without its rows, as a Vega-Lite specification; do not change it, it is shared.

    One line takes the text's colour, several go from dark (the first layer) to light (the last).
    """
    scale = alt.Scale(type="log") if log else alt.Scale(zero=False)
    base = alt.Chart(alt.NamedData("rows"))
    lines = base.mark_line(
        strokeWidth=2, interpolate="step-before" if steps else "linear", point=alt.OverlayMarkDef(size=15)
    ).encode(
        x=alt.X(
            "epoch:Q",
            title="Epoch",
            scale=alt.Scale(domain=[0, max(max_epochs, 1)], nice=False),
            axis=alt.Axis(tickMinStep=1, format="d", grid=False),
        ),
        y=alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(format=form, tickCount=5)),
        color=_colour(names, colours),
        detail="line:N",
        tooltip=[
            alt.Tooltip("line:N", title="Line"),
            alt.Tooltip("epoch:Q", title="Epoch", format="d"),
            alt.Tooltip("value:Q", title=title, format=".4~g"),
        ],
    )
    rule = base.mark_rule(strokeDash=[4, 4], color=colours.muted).encode(y=alt.datum(0))
    spec: dict[str, Any] = alt.layer(*([rule] if zero else []), lines).properties(height=height).to_dict()
    for part in (spec, *spec["layer"]):
        part.pop("data", None)
    return spec


def _colour(names: tuple[str, ...], colours: Palette) -> alt.Color | Any:  # noqa: ANN401 - altair's value type
    if len(names) == 1:
        return alt.value(colours.text)
    shades = [_shade(at / (len(names) - 1), colours) for at in range(len(names))]
    legend = alt.Legend(orient="right", labelLimit=110, symbolType="stroke") if len(names) <= NAMED else None
    return alt.Color(
        "line:N", title=None, sort=list(names), scale=alt.Scale(domain=list(names), range=shades), legend=legend
    )


def _shade(share: float, colours: Palette) -> str:
    """A colour of the sequential scale; the end that the page's own colour would swallow is left out."""
    stops = SEQUENTIAL[2:] if colours == DARK else SEQUENTIAL[:-1]
    place = share * (len(stops) - 1)
    low, rest = int(place), place - int(place)
    high = min(low + 1, len(stops) - 1)
    parts = [
        round(int(stops[low][i : i + 2], 16) * (1 - rest) + int(stops[high][i : i + 2], 16) * rest) for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in parts)
