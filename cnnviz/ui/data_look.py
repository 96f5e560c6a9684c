"""Look: samples of each class, how many there are, their values and sizes, and what is there twice."""

import numpy as np
import streamlit as st

from cnnviz.charts.data_charts import balance_chart, sizes_chart, values_chart
from cnnviz.data import own, registry
from cnnviz.data.image_set import ImageSet
from cnnviz.data.registry import DataEntry
from cnnviz.data.split import default_parts
from cnnviz.data.statistics import class_counts, samples_by_class
from cnnviz.errors import DataError
from cnnviz.ui import cache, state
from cnnviz.ui.data_rows import ClassRow, show_rows
from cnnviz.ui.gallery import Tile, show_gallery
from cnnviz.ui.look import colours

CLASSES_SHOWN, CLASSES_CHARTED, SAMPLES = 9, 25, 16


def controls(entry: DataEntry, images: ImageSet) -> None:
    """The set's figures."""
    channels, height, width = images.shape
    mean, std = (cache.statistics(entry.name).values.mean, cache.statistics(entry.name).values.std)
    rows = {
        "Images": f"{len(images):,}",
        "Classes": f"{len(images.classes):,}",
        "Size": f"{height} × {width} pixels, {'colour' if channels == 3 else 'grey'}",
        "Mean": ", ".join(f"{value:.4f}" for value in mean),
        "Standard deviation": ", ".join(f"{value:.4f}" for value in std),
    }
    st.markdown("\n".join(f"- {name}: **{value}**" for name, value in rows.items()))
    st.caption("Mean and deviation are of pixels from 0 to 1" + (", red, green, blue." if channels == 3 else "."))


def section(entry: DataEntry, images: ImageSet) -> None:
    """One of the views, the samples first; the others compute nothing until they are opened."""
    views = {"Samples": _samples, "Balance": _balance, "Values and sizes": _values, "Duplicates": _duplicates}
    view = st.segmented_control("View", list(views), default="Samples", key=state.LOOK_VIEW, bind="query-params",
                                required=True, label_visibility="collapsed")  # fmt: skip
    views[view or "Samples"](entry, images)


def _page(images: ImageSet, size: int) -> list[int]:
    """The classes of the page that is chosen below the picture."""
    pages = -(-len(images.classes) // size)
    if pages == 1:
        return list(range(len(images.classes)))
    page = st.pagination(pages, key=f"{state.LOOK_PAGE}.{images.name}.{size}")
    return list(range((page - 1) * size, min(page * size, len(images.classes))))


def _samples(entry: DataEntry, images: ImageSet) -> None:
    place = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Other samples", icon=":material/casino:"):
            st.session_state[state.LOOK_DRAW] = st.session_state.get(state.LOOK_DRAW, 0) + 1
        shown = _page(images, CLASSES_SHOWN if len(images.classes) > CLASSES_SHOWN + 1 else CLASSES_SHOWN + 1)
        st.caption("Left of the line: the average image of the class.", width="content")
    means, counts = cache.statistics(entry.name).means, class_counts(images)
    chosen = samples_by_class(images.labels, len(images.classes), SAMPLES, st.session_state.get(state.LOOK_DRAW, 0))
    rows = [
        ClassRow(
            images.classes[at],
            f"{counts[at]:,} image{'' if counts[at] == 1 else 's'}",
            means[at],
            [(images.images[i], f"{images.classes[at]}, image {i}") for i in chosen[at]],
        )
        for at in shown
    ]
    with place:
        show_rows(rows)


def _balance(entry: DataEntry, images: ImageSet) -> None:
    parts = default_parts(images)
    train, valid = class_counts(images, parts.train), class_counts(images, parts.valid)
    place = st.container()
    shown = _page(images, CLASSES_CHARTED)
    names = [images.classes[at] for at in shown]
    with place:
        chart = balance_chart(names, train[shown].tolist(), valid[shown].tolist(), colours())
        st.altair_chart(chart, width="stretch", key=f"balance-{entry.name}-{shown[0]}")
    counts = class_counts(images)
    there = counts[counts > 0]
    st.caption(f"The largest class has {there.max() / there.min():,.1f} times as many images as the smallest. "
               "The Split part shows what balanced weights would be.")  # fmt: skip


def _values(entry: DataEntry, images: ImageSet) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("##### Pixel values")
        chart = values_chart(cache.statistics(entry.name).values.counts, colours(), title="Pixel value, 0 to 1")
        st.altair_chart(chart, width="stretch", key=f"values-{entry.name}")
    with right:
        st.markdown("##### Picture sizes")
        try:
            sizes = own.sizes(entry.name)
        except DataError:
            height, width = images.shape[1:]
            st.markdown(f"All images are **{height} × {width}** pixels, as the set came.")
            return
        st.altair_chart(sizes_chart(sizes, colours()), width="stretch", key=f"sizes-{entry.name}")
        low, high = sizes.min(axis=0), sizes.max(axis=0)
        st.caption(f"As they came, from {low[0]} × {low[1]} to {high[0]} × {high[1]} (height × width).")


def _duplicates(entry: DataEntry, images: ImageSet) -> None:
    with st.spinner("Comparing the images"):
        found = cache.duplicates(entry.name, registry.stamp(entry.name))
    with st.container(horizontal=True):
        st.metric("In training and validation", f"{found.num_leaked:,}", width=220,
                  help="Validation images that training has too, pixel by pixel.")  # fmt: skip
        st.metric("Twice in training", f"{found.num_repeated:,}", width=160)
        st.metric("Nearly the same", f"{found.num_near:,}", width=160,
                  help="Same difference hash, and pixels within 4 of 255 of each other on average.")  # fmt: skip
        st.metric("With different labels", f"{found.num_other_label:,}", width=180,
                  help="Of all these pairs, those whose two images have different labels.")  # fmt: skip
    if found.num_leaked:
        st.warning("What is in both parts makes the validation figures look better than they are.")
    for title, pairs in (("In both parts", found.leaked), ("Twice in training", found.repeated),
                         ("Nearly the same", found.near)):  # fmt: skip
        if pairs:
            st.markdown(f"##### {title}")
            show_gallery([tile for pair in pairs for tile in _pair(images, pair)], colours().text)
    if not (found.leaked or found.repeated or found.near):
        st.success("No image is there twice.")


def _pair(images: ImageSet, pair: tuple[int, int]) -> list[Tile]:
    names = [images.classes[int(images.labels[at])] for at in pair]
    return [
        Tile(np.asarray(images.images[at]), _short(name), f"image {at}", f"Image {at}, a {name}")
        for at, name in zip(pair, names, strict=True)
    ]


def _short(name: str) -> str:
    """A class name short enough for a caption; the gallery escapes it."""
    return name if len(name) <= 18 else name[:17] + "…"
