"""Split: which share validates, class by class; folds; what balanced weights would be."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.charts.data_charts import balance_chart, weights_table
from cnnviz.data.image_set import ImageSet
from cnnviz.data.registry import DataEntry
from cnnviz.data.split import Split, split
from cnnviz.data.statistics import balanced_weights, class_counts
from cnnviz.errors import CnnvizError
from cnnviz.ui import guard, state
from cnnviz.ui.look import colours
from cnnviz.ui.to_train import train_with

CLASSES_CHARTED = 12


@dataclass(frozen=True)
class Asked:
    """A split, and the settings of a run that draw it."""

    settings: dict[str, Any]
    parts: Split


def controls(entry: DataEntry, images: ImageSet) -> Asked | None:
    """Share, seed and folds; None, with the reason, when there is no such split."""
    settings: dict[str, Any] = {}
    if images.num_train is None:
        settings["valid_fraction"] = st.slider("Share that validates", 0.05, 0.9, 0.2, 0.05, key=state.SPLIT_FRACTION,
                                               persist_state="session")  # fmt: skip
    else:
        st.caption(f"This set fixes its own split: the first {images.num_train:,} images are for training. "
                   "Folds divide those.")  # fmt: skip
    settings["num_folds"] = _folds()
    if settings["num_folds"]:
        settings["fold"] = int(st.number_input("Fold that validates", 1, settings["num_folds"], 1,
                                               key=state.SPLIT_FOLD, persist_state="session"))  # fmt: skip
    settings["seed"] = int(st.number_input("Seed", 0, 2**31, 0, key=state.SPLIT_SEED, persist_state="session",
                                           help="The same seed draws the same split."))  # fmt: skip
    try:
        parts = split(images, **settings)
    except CnnvizError as error:
        guard.show(error)
        return None
    if st.button("Train with this split", type="primary", width="stretch", icon=":material/arrow_forward:"):
        train_with(entry.name, settings)
    return Asked(settings, parts)


def _folds() -> int:
    asked = st.selectbox("k-fold", [0, 2, 3, 5, 10], key=state.SPLIT_FOLDS, persist_state="session",
                         format_func=lambda folds: f"{folds} folds" if folds else "no folds",
                         help="The set in so many parts; each validates once, in a run of its own.")  # fmt: skip
    return int(asked or 0)


def section(entry: DataEntry, images: ImageSet, asked: Asked) -> None:
    """Class by class: how many train, how many validate, and the balanced weights."""
    parts = asked.parts
    train, valid = class_counts(images, parts.train), class_counts(images, parts.valid)
    with st.container(horizontal=True):
        st.metric("Training", f"{len(parts.train):,}", width=140)
        st.metric("Validation", f"{len(parts.valid):,}", width=140)
        there = train[train > 0]
        ratio = f"{there.max() / there.min():,.1f} : 1" if len(there) else "–"
        st.metric("Largest to smallest class", ratio, width=220)
    left, right = st.columns(2, gap="medium")
    with left:
        shown = list(range(min(len(images.classes), CLASSES_CHARTED)))
        names = [images.classes[at] for at in shown]
        chart = balance_chart(names, train[shown].tolist(), valid[shown].tolist(), colours())
        st.altair_chart(chart, width="stretch", key=f"split-{entry.name}")
        if len(images.classes) > CLASSES_CHARTED:
            st.caption(f"The first {CLASSES_CHARTED} of {len(images.classes):,} classes; the table has all.")
    with right:
        weights = balanced_weights(train)
        columns = {"training": train.tolist(), "validation": valid.tolist()}
        st.dataframe(weights_table(images.classes, columns, weights.tolist()), hide_index=True, width="stretch",
                     height=min(36 * len(images.classes) + 38, 400))  # fmt: skip
        if st.button("Train with balanced weights", icon=":material/balance:", width="stretch"):
            train_with(entry.name, {**asked.settings, "class_weights_kind": "balanced"})
    missing = [name for name, a, b in zip(images.classes, train, valid, strict=True) if bool(a) != bool(b)]
    if missing:
        st.warning(guard.plain(f"In one part only: {', '.join(missing[:8])}. They have too few images to be in both."))
    st.caption(
        "Weights are the balanced ones: n / (classes · images of the class) in the training part, as scikit-learn "
        "counts them. The split is drawn class by class and is kept with each run, in its split.npz."
    )
