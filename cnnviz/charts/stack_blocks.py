"""A stack drawn as blocks in proportion: height for rows, width for the square root of the channels."""

from math import sqrt

import altair as alt
import pandas as pd

from cnnviz.charts.theme import Palette

KINDS = ("convolution", "pooling", "linear", "other", "fails here")
SELECTION = "layer"
GAP = 1.2
ROWS = "abs(datum.value * 2)"  # blocks are centred, so a tick stands at half the rows


def stack_blocks_chart(rows: pd.DataFrame, colours: Palette, selected: int) -> alt.LayerChart:
    """rows: number, layer, kind (one of KINDS), channels, height, shape, params; the first is the input.

    A click selects a block: the selection is named "layer" and holds ``number``.
    """
    placed = _placed(rows)
    shades = dict(zip(KINDS, (colours.train, colours.valid, colours.right, colours.muted, colours.wrong), strict=True))
    present = [kind for kind in KINDS if kind in set(rows["kind"])]
    pick = alt.selection_point(name=SELECTION, fields=["number"], on="click", empty=False)
    base = alt.Chart(placed).encode(
        x=alt.X("left:Q", axis=None, scale=alt.Scale(nice=False, domain=_span(placed))),
        x2="right:Q",
        tooltip=["layer", "shape", alt.Tooltip("params:Q", format=",", title="parameters")],
    )
    blocks = base.mark_rect(cursor="pointer", strokeWidth=2).encode(
        y=alt.Y("low:Q", title="Rows of the map", axis=alt.Axis(labelExpr=ROWS, tickCount=5)),
        y2="high:Q",
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=present, range=[shades[kind] for kind in present]),
            legend=alt.Legend(orient="bottom", columns=3),
        ),
        stroke=alt.condition(alt.datum.number == selected, alt.value(colours.text), alt.value("transparent")),
    )  # fmt: skip
    layers = [blocks.add_params(pick)]
    if len(placed) <= 40:
        layers.append(_labels(placed, colours))
    return alt.layer(*layers).properties(height=290)


def _labels(placed: pd.DataFrame, colours: Palette) -> alt.Chart:
    """Shapes above the blocks where they change, so that a row of activations does not repeat them."""
    changed = placed[placed["shape"] != placed["shape"].shift()]
    return alt.Chart(changed).mark_text(
        align="left", angle=315, dx=2, dy=-6, fontSize=11, color=colours.text
    ).encode(x="middle:Q", y="high:Q", text="shape:N")  # fmt: skip


def _span(placed: pd.DataFrame) -> list[float]:
    """The horizontal range, with room on the right for the last block's label."""
    end = float(placed["right"].max())
    return [-0.02 * end, 1.05 * end]


def _placed(rows: pd.DataFrame) -> pd.DataFrame:
    """Each block with its left and right, low and high edges."""
    widths = [max(0.5, sqrt(channels)) for channels in rows["channels"]]
    gap = GAP * max(1.0, sum(widths) / 60)
    lefts = [sum(widths[:i]) + gap * i for i in range(len(widths))]
    tallest = float(rows["height"].max())
    halves = [max(float(height), tallest / 60) / 2 for height in rows["height"]]
    return rows.assign(
        left=lefts,
        right=[left + width for left, width in zip(lefts, widths, strict=True)],
        middle=[left + width / 2 for left, width in zip(lefts, widths, strict=True)],
        low=[-half for half in halves],
        high=halves,
    )
