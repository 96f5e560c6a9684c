"""What is trained on, and in what portions."""

import streamlit as st

from cnnviz.data.registry import all_entries
from cnnviz.ui.spec_controls.controls import Controls


def draw(controls: Controls) -> None:
    """Data set, batches, sizes and split, normalisation."""
    name = _choose(controls)
    controls.number("batch_size", "Images a step.")
    controls.number("train_size", "0 takes all. A few hundred over-fit at once.")
    controls.number("valid_size", "0 takes all.")
    if name in all_entries() and all_entries()[name].num_train is None:
        controls.number("valid_fraction", "This set has no validation part of its own: the share that is drawn for it.")
    if controls.number("num_folds", "k-fold cross-validation: the set in so many parts; 0 for a single split."):
        controls.number("fold", "Which of the parts, from 1, validates; the others train.")
    controls.switch("shuffle", "A new order of images each epoch.")
    controls.switch("drop_last", "So that all batches are of one size.")
    controls.numbers("mean", "Pixels from 0 to 1 have this taken away. One number, or one for each channel.")
    controls.numbers("std", "… and are divided by this.")


def _choose(controls: Controls) -> str:
    asked = controls.recipe.spec.data
    names = tuple(dict.fromkeys([*all_entries(), asked]))  # an import may have been removed since
    name = controls.choice("data", names, **{entry.name: entry.title for entry in all_entries().values()})
    entry = all_entries().get(name)
    if entry and not entry.at_hand():
        how = f"the run downloads {entry.download_mb:.0f} MB first" if entry.download_mb else "put its file there first"
        st.caption(f"Not on this machine yet: {how}.")
    return name
