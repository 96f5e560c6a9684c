"""Two or more counts over one number that a slider sets, the current value marked."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from cnnviz.charts.theme import Palette, lane_colours


def count_curves_chart(
    rows: pd.DataFrame,
    names: Sequence[str],
    x_title: str,
    y_title: str,
    current: float,
    colours: Palette,
    *,
    log: bool = False,
    height: int = 260,
) -> alt.LayerChart:
    """rows: x, count, name. A dashed rule stands at ``current``, with a point and a number on each curve."""
    scale = alt.Scale(type="log") if log else alt.Scale(zero=True)
    shades = lane_colours(colours)[: len(names)]
    base = alt.Chart(rows).encode(
        x=alt.X("x:Q", title=x_title, scale=alt.Scale(zero=False, nice=False)),
        y=alt.Y("count:Q", title=y_title, scale=scale, axis=alt.Axis(format="~s", tickCount=5)),
        color=alt.Color("name:N", title=None, scale=alt.Scale(domain=list(names), range=list(shades)),
                        legend=alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=3)),
        tooltip=[alt.Tooltip("name:N", title="network"), alt.Tooltip("x:Q", title=x_title),
                 alt.Tooltip("count:Q", title=y_title, format=",")],
    )  # fmt: skip
    here = base.transform_filter(alt.datum.x == current)
    rule = alt.Chart(pd.DataFrame({"x": [current]})).mark_rule(strokeDash=[4, 4], color=colours.muted).encode(x="x:Q")
    # Above the first curve and below the others, so that numbers of curves that are close keep apart.
    numbers = [
        here.transform_filter(alt.datum.name == name)
        .mark_text(align="left", dx=7, dy=-9 if at == 0 else 11)
        .encode(text=alt.Text("count:Q", format=","), color=alt.value(colours.text))
        for at, name in enumerate(names)
    ]
    return alt.layer(rule, base.mark_line(strokeWidth=2), here.mark_point(filled=True, size=70), *numbers).properties(
        height=height
    )
