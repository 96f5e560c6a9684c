"""A handful of validation images and what the network takes them for, epoch by epoch."""

import streamlit as st

from cnnviz.data.image_set import ImageSet
from cnnviz.errors import CnnvizError
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.watched import Watched, read_watched
from cnnviz.specs import TrainSpec
from cnnviz.ui import cache, guard
from cnnviz.ui.epoch_slider import pick_epoch
from cnnviz.ui.gallery import Tile, show_gallery
from cnnviz.ui.look import colours


def show_images(run: RunFolder, spec: TrainSpec) -> None:
    """The images with their predictions at one epoch, the latest unless another is picked."""
    rows = {int(row["epoch"]): row for row in run.watched()}
    if not rows:
        st.caption("The first epoch brings these; runs from before they were recorded have none.")
        return
    try:
        images = cache.image_set(spec.data)
    except CnnvizError as error:
        guard.show(error)
        return
    watched = read_watched(rows[pick_epoch(run, list(rows))])
    right = sum(image.is_right for image in watched)
    st.caption(f"{right} of these {len(watched)} validation images are right: ✓ right, ✗ wrong, with what it is.")
    show_gallery([_tile(image, images) for image in watched if image.index < len(images)], colours().text)


def _tile(image: Watched, images: ImageSet) -> Tile:
    target, predicted = _name(images, image.target), _name(images, image.predicted)
    sign = "✓" if image.is_right else "✗"
    said = predicted if image.is_right else f"{predicted}, is {target}"
    return Tile(
        pixels=images.images[image.index],
        caption=f"{sign} {said}",
        detail=f"{image.prob:.0%} sure",
        alt=f"Image {image.index}: a {target}, taken for {predicted}, {image.prob:.0%} sure",
        accent=colours().right if image.is_right else colours().wrong,
    )


def _name(images: ImageSet, number: int) -> str:
    return images.classes[number] if number < len(images.classes) else str(number)
