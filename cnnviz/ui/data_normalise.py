"""Normalise: pixels before and after, by the mean and deviation of one's choice."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.charts.data_charts import values_chart
from cnnviz.charts.pictures import to_picture
from cnnviz.charts.shades import enlarge
from cnnviz.data.customary import Customary, customary
from cnnviz.data.image_set import ImageSet
from cnnviz.data.registry import DataEntry
from cnnviz.data.statistics import Values, samples_by_class
from cnnviz.errors import SpecError
from cnnviz.spec_checks import normalisation
from cnnviz.ui import cache, guard, state
from cnnviz.ui.look import colours
from cnnviz.ui.to_train import numbers_text, train_with

BY_HAND = "by hand"
SHOWN, SHOWN_PX = 6, 120


def controls(entry: DataEntry, images: ImageSet) -> Customary | None:
    """Choose mean and deviation; None, with the reason, when what was typed can't be."""
    found = cache.statistics(entry.name).train_values
    computed = Customary("computed", found.mean, found.std, "of the training part of this set")
    offered = {each.name: each for each in [*customary(entry), computed] if min(each.std) > 0}
    by = st.radio("Mean and deviation", [*offered, BY_HAND], key=f"{state.NORMALISE_BY}.{entry.name}",
                  captions=[each.source for each in offered.values()] + ["one number, or one a channel"],
                  persist_state="session")  # fmt: skip
    chosen = offered.get(by or "") or _by_hand(entry.name, computed, images.shape[0])
    if chosen and st.button("Use these in Train", type="primary", width="stretch", icon=":material/arrow_forward:"):
        train_with(entry.name, {"mean": numbers_text(chosen.mean), "std": numbers_text(chosen.std)})
    return chosen


def _by_hand(name: str, computed: Customary, channels: int) -> Customary | None:
    mean = st.text_input("Mean", numbers_text(computed.mean), key=f"{state.NORMALISE_MEAN}.{name}", max_chars=100,
                         persist_state="session")  # fmt: skip
    std = st.text_input("Standard deviation", numbers_text(computed.std), key=f"{state.NORMALISE_STD}.{name}",
                        max_chars=100, persist_state="session")  # fmt: skip
    try:
        numbers = [tuple(float(part) for part in text.replace(";", ",").split(",")) for text in (mean, std)]
        normalisation(numbers[0], numbers[1])
        if len(numbers[0]) not in (1, channels):
            raise SpecError(
                f"There are {len(numbers[0])} means.", f"Give 1 or {channels}." if channels > 1 else "Give 1."
            )
        return Customary(BY_HAND, numbers[0], numbers[1], "")
    except ValueError:
        st.error("Those are no numbers. Write 0.5, or 0.49, 0.48, 0.45 with commas between.", icon=":material/error:")
    except SpecError as error:
        guard.show(error)
    return None


def section(entry: DataEntry, images: ImageSet, chosen: Customary) -> None:
    """Before on the left, after on the right; below, what the network gets."""
    counts = cache.statistics(entry.name).train_values.counts
    chosen_images = samples_by_class(images.labels, len(images.classes), 1, 0)
    at = np.concatenate(chosen_images)[:SHOWN]
    before = images.images[at].astype(np.float32) / 255
    mean, std = (np.reshape(values, (1, -1, 1, 1)).astype(np.float32) for values in (chosen.mean, chosen.std))
    after = (before - mean) / std
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("##### Before: bytes from 0 to 255, as 0 to 1")
        _show(before, "clip")
        st.altair_chart(values_chart(counts, colours(), title="Pixel value, 0 to 1"), width="stretch", key="before")
    with right:
        st.markdown("##### After: (pixel − mean) / deviation")
        _show(after, "signed_stretch" if images.shape[0] == 1 else "stretch")
        chart = values_chart(counts, colours(), chosen.mean, chosen.std, title="What the network gets")
        st.altair_chart(chart, width="stretch", key="after")
    _table(entry)
    _what_the_network_gets(images, counts, chosen)


def _show(images: NDArray[np.floating], show: str) -> None:
    """The images side by side, all on one scale."""
    strip = np.concatenate([np.pad(image, ((0, 0), (0, 0), (0, 1)), mode="edge") for image in images], axis=2)
    strip = strip[:, :, :-1]
    times = max(SHOWN_PX * 4 // strip.shape[2], 1)
    st.image(
        enlarge(to_picture(np.ascontiguousarray(strip, dtype=np.float32), show), times),
        width="stretch",
        alt="Some of the images",
    )


def _table(entry: DataEntry) -> None:
    found = cache.statistics(entry.name).train_values
    rows = [("computed, training part", found.mean, found.std)]
    rows += [(each.name, each.mean, each.std) for each in customary(entry)]
    lines = [f"| {name} | {numbers_text(mean)} | {numbers_text(std)} |" for name, mean, std in rows]
    st.markdown("\n".join(["| | Mean | Standard deviation |", "|:--|:--|:--|", *lines]))


def _what_the_network_gets(images: ImageSet, counts: NDArray[np.int64], chosen: Customary) -> None:
    found = Values(counts)
    channels, height, width = images.shape
    mean, std = (np.broadcast_to(values, channels) for values in (chosen.mean, chosen.std))
    there = [np.flatnonzero(row)[[0, -1]] / 255 for row in counts]
    low = min((ends[0] - m) / s for ends, m, s in zip(there, mean, std, strict=True))
    high = max((ends[1] - m) / s for ends, m, s in zip(there, mean, std, strict=True))
    after_mean = ", ".join(f"{(a - m) / s:.3f}" for a, m, s in zip(found.mean, mean, std, strict=True))
    after_std = ", ".join(f"{a / s:.3f}" for a, s in zip(found.std, std, strict=True))
    st.caption(
        f"The network gets float32 batches of shape (N, {channels}, {height}, {width}) with values from {low:.2f} to "
        f"{high:.2f}; mean {after_mean}, standard deviation {after_std}. Validation images get the same numbers."
    )
