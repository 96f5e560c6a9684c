"""Samples of the data sets as pictures for the kernel laboratory."""

import importlib.util

import numpy as np

from cnnviz.errors import DataError
from cnnviz.images import Picture
from cnnviz.ui import cache

REGISTRY = "cnnviz.data.registry"
EMBEDDED = "mnist-5k"


def dataset_samples() -> tuple[str, ...]:
    """The names of the data sets whose samples can be looked at; empty where there is none."""
    try:
        return (EMBEDDED,) if importlib.util.find_spec(REGISTRY) else ()
    except ModuleNotFoundError:
        return ()


def sample_picture(name: str, index: int) -> tuple[Picture, int]:
    """One sample of a data set as a picture, and how many samples there are. Raises DataError."""
    data = cache.dataset(name)
    images = np.asarray(data.images)  # (N, C, H, W) uint8
    if not 0 <= index < len(images):
        raise DataError(f"{name} has no sample {index}.", f"Choose 0 to {len(images) - 1}.", field="sample")
    label = data.classes[int(data.labels[index])]
    return Picture(f"{name} {index}: {label}", images[index].transpose(1, 2, 0)), len(images)
