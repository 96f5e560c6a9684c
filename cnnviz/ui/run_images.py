"""A handful of validation images and what the network takes them for, epoch by epoch."""

import streamlit as st

from cnnviz.data.image_set import ImageSet
from cnnviz.runs.folder import RunFolder
from cnnviz.specs import TrainSpec
from cnnviz.ui import cache
from cnnviz.ui.epoch_slider import pick_epoch
from cnnviz.ui.gallery import Tile, show_gallery
from cnnviz.ui.look import colours


def show_images(run: RunFolder, spec: TrainSpec) -> None:
    """The images with their predictions at one epoch, the latest unless another is picked."""
    epochs = cache.kept_epochs(run)
    if not epochs:
        st.caption("The first epoch brings these; runs from before they were recorded have none.")
        return
    images = cache.run_images(run)
    seen = cache.snapshot(run.id, pick_epoch(run, epochs))
    predicted = seen.probs.argmax(axis=1)
    right = int((predicted == seen.targets).sum())
    st.caption(f"{right} of these {len(predicted)} validation images are right: ✓ right, ✗ wrong, with what it is.")
    tiles = [
        _tile(images, int(index), int(target), int(said), float(probs.max()))
        for index, target, said, probs in zip(seen.indices, seen.targets, predicted, seen.probs, strict=True)
        if index < len(images)
    ]
    show_gallery(tiles, colours().text)


def _tile(images: ImageSet, index: int, target: int, predicted: int, prob: float) -> Tile:
    is_right = target == predicted
    said, is_ = _name(images, predicted), _name(images, target)
    return Tile(
        pixels=images.images[index],
        caption=f"✓ {said}" if is_right else f"✗ {said}, is {is_}",
        detail=f"{prob:.0%} sure",
        alt=f"Image {index}: a {is_}, taken for {said}, {prob:.0%} sure",
        accent=colours().right if is_right else colours().wrong,
    )


def _name(images: ImageSet, number: int) -> str:
    return images.classes[number] if number < len(images.classes) else str(number)
