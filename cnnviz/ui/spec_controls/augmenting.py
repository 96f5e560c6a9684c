"""Augmentation as a training run sees it: what is on, in words; it is composed on the Data page."""

from cnnviz.ui.spec_controls.controls import Controls


def draw(controls: Controls) -> None:
    """What is done to training images."""
