"""Samples of the data sets as pictures for the kernel laboratory."""

from cnnviz.data.registry import all_entries
from cnnviz.errors import DataError
from cnnviz.images import Picture
from cnnviz.ui import cache


def dataset_samples() -> tuple[str, ...]:
    """The names of the data sets whose samples can be looked at without a download."""
    return tuple(name for name, entry in all_entries().items() if entry.at_hand())


def sample_picture(name: str, index: int) -> tuple[Picture, int]:
    """One sample of a data set as a picture, and how many samples there are. Raises DataError."""
    data = cache.image_set(name)
    if not 0 <= index < len(data):
        raise DataError(f"{name} has no sample {index}.", f"Choose 0 to {len(data) - 1}.", field="sample")
    label = data.classes[int(data.labels[index])]
    return Picture(f"{name} {index}: {label}", data.images[index].transpose(1, 2, 0)), len(data)
