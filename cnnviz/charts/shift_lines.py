"""Accuracy against how far the images were shifted, a line a network."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from cnnviz.charts.theme import Palette, lane_colours


def shift_lines_chart(rows: pd.DataFrame, names: Sequence[str], colours: Palette, height: int = 260) -> alt.LayerChart:
    """rows: name, pixels, accuracy (mean over directions), low, high (the worst and the best direction)."""
    scale = alt.Scale(domain=list(names), range=list(lane_colours(colours)[: len(names)]))
    legend = alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1)
    base = alt.Chart(rows).encode(
        x=alt.X("pixels:Q", title="Shift in pixels", axis=alt.Axis(tickMinStep=1, format="d", grid=False)),
        color=alt.Color("name:N", title=None, scale=scale, legend=legend),
        tooltip=[alt.Tooltip("name:N", title="network"), alt.Tooltip("pixels:Q", title="pixels"),
                 alt.Tooltip("accuracy:Q", format=".2%", title="mean accuracy"),
                 alt.Tooltip("low:Q", format=".2%", title="worst direction"),
                 alt.Tooltip("high:Q", format=".2%", title="best direction")],
    )  # fmt: skip
    y = alt.Y("accuracy:Q", title="Accuracy", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1]))
    band = base.mark_area(opacity=0.15).encode(y=alt.Y("low:Q", title="Accuracy"), y2="high:Q")
    line = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=45)).encode(y=y)
    return alt.layer(band, line).properties(height=height)
