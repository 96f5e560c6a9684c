"""FC against GAP: what a flattened head costs, what it refuses, and what it learns."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from cnnviz.charts.count_curves import count_curves_chart
from cnnviz.errors import CnnvizError
from cnnviz.heads import FC, GAP, MODELS
from cnnviz.introspection.head_counts import HeadCounts, head_counts
from cnnviz.introspection.network_facts import Summary
from cnnviz.ui import arch_heads_train, arch_rows, cache, guard, state
from cnnviz.ui.arch_details import param_chart
from cnnviz.ui.layout import beside_picture
from cnnviz.ui.look import colours

CLASSES, STEP, LARGEST = 10, 4, 128


@dataclass(frozen=True)
class Asked:
    """What the sliders say: sides and channels of the images, channels of the first convolution, hidden units."""

    side: int
    in_channels: int
    h: int
    hidden: int

    @property
    def options(self) -> cache.Options:
        """As the registry takes them."""
        return (("h", self.h), ("hidden", self.hidden))


def section() -> None:
    """Sliders and the training on the left, curves and answers on the right."""
    head, settings, picture = beside_picture()
    with head:
        asked = _sliders()
    with picture:
        _answer(asked)
        st.divider()
        race = arch_heads_train.show_pair()
    with settings:
        arch_heads_train.controls(asked.h, asked.hidden)
    with picture, guard.calm():
        arch_heads_train.show_lessons(race)


def _sliders() -> Asked:
    side = st.slider("Image size", 8, LARGEST, 28, STEP, key=state.HEADS_SIZE, format="%d px", bind="query-params",
                     help="Rows and columns.")  # fmt: skip
    in_channels = st.slider("Image channels", 1, 8, 1, key=state.HEADS_CHANNELS, bind="query-params")
    h = st.slider("Channels h", 1, 64, 8, key=state.HEADS_H, bind="query-params",
                  help="Of the first convolution; the second has 2 h.")  # fmt: skip
    hidden = st.slider("Hidden units", 10, 1000, 100, 10, key=state.HEADS_HIDDEN, bind="query-params")
    return Asked(side, in_channels, h, hidden)


def _answer(asked: Asked) -> None:
    counts = head_counts(asked.side, asked.in_channels, asked.h, asked.hidden)
    _figures(counts)
    left, right = st.columns([3, 2])
    with left:
        _curves(asked)
    with right:
        _larger(asked)
    most = float(max(counts.fc_head, counts.features))
    for column, (name, model) in zip(st.columns(2), MODELS.items(), strict=True):
        with column:
            st.markdown(f"**{name}, parameters by layer**")
            graph = _summary(model, asked).graph
            param_chart(arch_rows.param_rows(graph), f"heads-{name}", most)


def _figures(counts: HeadCounts) -> None:
    figures = {
        f"{FC}: parameters": f"{counts.fc:,}",
        f"{FC}: share of the head": f"{counts.fc_head / counts.fc:.1%}",
        f"{GAP}: parameters": f"{counts.gap:,}",
        f"{GAP}: share of the head": f"{counts.gap_head / counts.gap:.1%}",
    }
    with st.container(horizontal=True):
        for label, value in figures.items():
            st.metric(label, value, width=160)


def _curves(asked: Asked) -> None:
    log = st.toggle("Logarithmic", key=state.HEADS_LOG, bind="query-params")
    rows = curve_rows(asked)
    st.altair_chart(
        count_curves_chart(rows, (FC, GAP), "Image size in pixels", "Parameters", asked.side, colours(), log=bool(log),
                           height=240),
        key="heads-curves", alt="Parameters of both networks over the size of the images",
    )  # fmt: skip


def curve_rows(asked: Asked) -> pd.DataFrame:
    """x, count, name for every size on the slider."""
    rows = []
    for side in range(8, LARGEST + 1, STEP):
        counts = head_counts(side, asked.in_channels, asked.h, asked.hidden)
        rows += [(side, counts.fc, FC), (side, counts.gap, GAP)]
    return pd.DataFrame(rows, columns=["x", "count", "name"])


def _summary(model: str, asked: Asked) -> Summary:
    shape = (asked.in_channels, asked.side, asked.side)
    return cache.network_summary(model, asked.options, CLASSES, shape, shape)


def _larger(asked: Asked) -> None:
    """The same networks, built for one size, and an image of another."""
    other = st.number_input("Now feed them images of", 4, 512, asked.side * 2, STEP, key=f"heads-fed-{asked.side}",
                            help="Rows and columns. The networks stay as they were built.")  # fmt: skip
    built, fed = (asked.in_channels, asked.side, asked.side), (asked.in_channels, int(other), int(other))
    for name, model in MODELS.items():
        try:
            check = cache.input_check(model, asked.options, CLASSES, built, fed)
        except CnnvizError as error:
            guard.show(error)
            continue
        if check.failure:
            st.error(f"**{name} refuses.** {guard.plain(check.failure.why)}", icon=":material/block:")
        else:
            st.success(f"**{name} takes {other}×{other}** and gives {CLASSES} logits.", icon=":material/check:")
