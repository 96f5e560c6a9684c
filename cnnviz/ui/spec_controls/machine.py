"""Where it runs, and from which random numbers."""

from cnnviz.specs import DEVICES
from cnnviz.ui.spec_controls.controls import Controls


def draw(controls: Controls) -> None:
    """Device, threads and seed."""
    controls.choice("device", DEVICES, "auto takes a GPU where there is one.")
    controls.number("num_threads", "Of the CPU; 0 takes every core.")
    controls.number("seed", "The same seed gives the same run.")
