"""Downsampling four ways, shifted by a pixel, and the padding modes at a picture's edge."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.charts.shades import enlarge, grey, sequential
from cnnviz.errors import CnnvizError
from cnnviz.ops.downsampling import Smaller, compare
from cnnviz.ops.padding_modes import pad_each_way
from cnnviz.ops.samples import SAMPLES
from cnnviz.ui import cache, guard, state

SIDE = 96
CORNER = 24
SHOWN = 192  # pixels a side of every picture here, a whole multiple of what it shows


def section() -> None:
    """Fields on the left; the four ways above, the four padding modes below."""
    left, right = st.columns([1, 2.9], gap="medium")
    with left, st.container(gap="xsmall"):
        name = st.selectbox("Picture", list(SAMPLES), key=state.DOWN_PICTURE, bind="query-params", index=3)
        factor = st.select_slider("Make it smaller by", [2, 3, 4, 6, 8], value=4, key=state.DOWN_FACTOR,
                                  bind="query-params")  # fmt: skip
        across = st.slider("Shift right, pixels", 0, 4, 1, key=state.DOWN_RIGHT, bind="query-params")
        down = st.slider("Shift down, pixels", 0, 4, 0, key=state.DOWN_DOWN, bind="query-params")
        photo = cache.sample_picture(name, SIDE, SIDE).astype(np.float32) / 255
        st.image(enlarge(grey(photo.mean(2)), 2), caption=f"{SIDE} × {SIDE} pixels", alt=f"{name}, in grey")
    with right, guard.calm():
        _four_ways(photo.mean(2, dtype=np.float32), factor, down, across)
    _padding_modes(photo)


def _four_ways(picture: NDArray[np.float32], factor: int, down: int, across: int) -> None:
    ways = compare(picture, factor, down, across)
    top = max(0.25, *(float(way.difference.max()) for way in ways))
    for column, way in zip(st.columns(4, gap="small"), ways, strict=True):
        with column:
            _one_way(way, top)
    st.caption(
        "Above: the picture made smaller. Below: where the output changes when the input is shifted; bright "
        f"is a change of {top * 255:.0f} grey levels. A shift by the whole stride only moves the output."
    )


def _one_way(way: Smaller, top: float) -> None:
    times = SHOWN // way.output.shape[0]
    st.markdown(f"**{way.name}**")
    st.image(enlarge(grey(way.output), times), alt=f"{way.name}: the smaller picture")
    st.image(enlarge(sequential(way.difference, top), times), alt=f"{way.name}: where outputs change")
    st.markdown(f"Changes by **{way.mean_change:.1f}** of 255 on average, {way.changed:.0%} of outputs")
    st.caption(f"`{way.code}`")


def _padding_modes(photo: NDArray[np.floating]) -> None:
    st.markdown("##### Padding modes on the same edge")
    amount = st.slider("Padding, pixels", 1, 8, 4, key=state.PADDING_AMOUNT, bind="query-params")
    corner = np.ascontiguousarray(photo[:CORNER, :CORNER], dtype=np.float32)
    try:
        modes = pad_each_way(corner, amount)
    except CnnvizError as error:
        guard.show(error)
        return
    for column, mode in zip(st.columns(4, gap="small"), modes, strict=True):
        times = SHOWN // mode.padded.shape[0]
        with column:
            st.markdown(f"**{mode.mode}**")
            st.image(_framed(enlarge(grey(mode.padded), times), amount * times), alt=f"{mode.mode}: padded corner")
            st.image(enlarge(grey(mode.blurred), SHOWN // CORNER), alt=f"{mode.mode}: blurred corner")
    window = 2 * amount + 1
    st.caption(
        f"Above: the picture's corner of {CORNER} × {CORNER} pixels, framed, and what lies around it. Below: "
        f"its mean over {window} × {window} windows; zeros leave a dark rim that a network can see."
    )


def _framed(picture: NDArray[np.uint8], inset: int) -> NDArray[np.uint8]:
    """The picture with a white line around its real part."""
    framed = picture.copy()
    for line in (slice(inset - 2, inset), slice(-inset, 2 - inset or None)):
        framed[line, inset - 2 : 2 - inset] = 255
        framed[inset - 2 : 2 - inset, line] = 255
    return framed
