"""What is in a data set, as charts: class sizes, pixel values, picture sizes."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cnnviz.charts.curves import SERIES
from cnnviz.charts.theme import Palette

BIN = 4  # levels a bar
_CHANNELS = {1: ("grey",), 3: ("red", "green", "blue")}


def balance_chart(classes: Sequence[str], train: Sequence[int], valid: Sequence[int], colours: Palette) -> alt.Chart:
    """Images of each class, training and validation end to end."""
    rows = [
        {"place": place, "class": name, "part": part, "images": int(count), "order": order}
        for order, (part, counts) in enumerate(zip(SERIES, (train, valid), strict=True))
        for place, (name, count) in enumerate(zip(classes, counts, strict=True))
    ]
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            y=alt.Y("class:N", title="Class", sort=list(classes), axis=alt.Axis(labelLimit=120)),
            x=alt.X("images:Q", title="Images", stack="zero"),
            color=_part_colour(colours),
            order=alt.Order("order:Q"),
            tooltip=["class:N", "part:N", alt.Tooltip("images:Q", format=",")],
        )
        .properties(height=28 * len(classes) + 80)
    )


def values_chart(
    counts: NDArray[np.int64], colours: Palette, mean: Sequence[float] = (0.0,), std: Sequence[float] = (1.0,),
    *, title: str = "Pixel value", height: int = 240,
) -> alt.Chart:  # fmt: skip
    """How often each value occurs, per channel; counts is (C, 256). Values are (v / 255 − mean) / std.

    The share axis is a square root: most pixels of many sets have one value, and the rest would not be seen.
    """
    channels = _CHANNELS.get(len(counts), tuple(str(at) for at in range(len(counts))))
    bins = counts.reshape(len(counts), -1, BIN).sum(axis=2)
    shares = bins / np.maximum(bins.sum(axis=1, keepdims=True), 1)
    edges = np.arange(0, 257, BIN).clip(0, 255) / 255
    rows = []
    for at, name in enumerate(channels):
        places = (edges - mean[at % len(mean)]) / std[at % len(std)]
        rows += [
            {"channel": name, "from": float(low), "to": float(high), "share": float(share)}
            for low, high, share in zip(places[:-1], places[1:], shares[at], strict=True)
        ]
    palette = [colours.train] if len(counts) == 1 else [colours.wrong, colours.right, colours.train]
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_area(interpolate="step-after", line=True, fillOpacity=0.2 if len(counts) > 1 else 0.5)
        .encode(
            x=alt.X("from:Q", title=title),
            y=alt.Y("share:Q", title="Share of pixels", stack=None, axis=alt.Axis(format=".2~p", tickCount=4),
                    scale=alt.Scale(type="sqrt")),
            color=alt.Color("channel:N", title=None, scale=alt.Scale(domain=list(channels), range=palette),
                            legend=alt.Legend(orient="top") if len(counts) > 1 else None),
            tooltip=["channel:N", alt.Tooltip("from:Q", format=".3f"), alt.Tooltip("share:Q", format=".2%")],
        )
        .properties(height=height)
    )  # fmt: skip


def sizes_chart(sizes: NDArray[np.int32], colours: Palette, height: int = 240) -> alt.Chart:
    """Width against height of the pictures as they came; larger circles for more of one size. sizes: (N, 2)."""
    found, counts = np.unique(sizes, axis=0, return_counts=True)
    most = np.argsort(-counts)[:500]
    rows = pd.DataFrame({"height": found[most, 0], "width": found[most, 1], "pictures": counts[most]})
    return (
        alt.Chart(rows)
        .mark_circle(color=colours.train, opacity=0.6)
        .encode(
            x=alt.X("width:Q", title="Width, pixels"),
            y=alt.Y("height:Q", title="Height, pixels"),
            size=alt.Size("pictures:Q", title="Pictures", scale=alt.Scale(range=[30, 600])),
            tooltip=["width:Q", "height:Q", alt.Tooltip("pictures:Q", format=",")],
        )
        .properties(height=height)
    )


def weights_table(classes: Sequence[str], parts: Mapping[str, Sequence[int]], weights: Sequence[float]) -> pd.DataFrame:
    """A row a class: images of each part and the balanced weight."""
    return pd.DataFrame({"class": list(classes), **{name: list(counts) for name, counts in parts.items()},
                         "weight": [round(float(weight), 3) for weight in weights]})  # fmt: skip


def _part_colour(colours: Palette) -> alt.Color:
    return alt.Color(
        "part:N",
        title=None,
        scale=alt.Scale(domain=list(SERIES), range=[colours.train, colours.valid]),
        legend=alt.Legend(orient="top"),
    )
