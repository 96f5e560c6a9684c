"""Where a network's parameters sit: a bar a layer."""

import altair as alt
import pandas as pd

from cnnviz.charts.network_drawing import KINDS, shades_of
from cnnviz.charts.theme import Palette

MOST = 24
REST = "all other layers"


def largest_layers(rows: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """rows: layer, kind, params, in the order they run. The largest, still in that order, the rest as one row."""
    owning = rows[rows["params"] > 0]
    if len(owning) <= most:
        return owning.reset_index(drop=True)
    kept = owning.loc[sorted(owning["params"].nlargest(most - 1).index)]
    rest = int(owning["params"].sum() - kept["params"].sum())
    last = pd.DataFrame([{"layer": f"{REST} ({len(owning) - len(kept)})", "kind": "other", "params": rest}])
    return pd.concat([kept, last], ignore_index=True)


def param_bars_chart(rows: pd.DataFrame, colours: Palette, most: float | None = None) -> alt.LayerChart:
    """rows: layer, kind (of the network drawing), params. ``most`` ends the axis, for charts that are compared."""
    shades = shades_of(colours)
    total = max(int(rows["params"].sum()), 1)
    table = rows.assign(share=rows["params"] / total, text=[f"{params:,}" for params in rows["params"]])
    base = alt.Chart(table).encode(
        y=alt.Y("layer:N", title=None, sort=list(table["layer"]), axis=alt.Axis(labelLimit=170)),
        x=alt.X("params:Q", title="Parameters", axis=alt.Axis(format="~s", tickCount=5),
                scale=alt.Scale(domain=[0, 1.18 * (most or float(table["params"].max()))], nice=False)),
        tooltip=["layer", alt.Tooltip("params:Q", format=",", title="parameters"),
                 alt.Tooltip("share:Q", format=".1%", title="of all")],
    )  # fmt: skip
    kind = alt.Color("kind:N", legend=None, scale=alt.Scale(domain=list(KINDS), range=[shades[k] for k in KINDS]))
    labels = base.mark_text(align="left", dx=4, color=colours.text).encode(text="text:N")
    return alt.layer(base.mark_bar().encode(color=kind), labels).properties(height=alt.Step(22))
