"""Which images a run trains on and which validate: ``split.npz`` in its folder, with the stamp of the set."""

from zipfile import BadZipFile

import numpy as np

from cnnviz.data import registry
from cnnviz.data.split import Split
from cnnviz.errors import RunError
from cnnviz.files import written_whole
from cnnviz.runs.folder import RunFolder


def keep_split(run: RunFolder, parts: Split, data: str) -> None:
    """Write the run's split. Raises RunError when it had begun on images that have been replaced since."""
    check_images(run, data)
    with written_whole(run.path / "split.npz") as file:
        np.savez(file, train=parts.train, valid=parts.valid, stamp=np.array(registry.stamp(data)))


def read_split(run: RunFolder) -> Split | None:
    """Indices of the run's training and validation images; None when the folder does not say."""
    try:
        with np.load(run.path / "split.npz", allow_pickle=False) as arrays:
            return Split(arrays["train"], arrays["valid"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def check_images(run: RunFolder, data: str) -> None:
    """Raise RunError when the set of that name is not the one that the run has used."""
    try:
        with np.load(run.path / "split.npz", allow_pickle=False) as arrays:
            stamp = str(arrays["stamp"])
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return  # nothing is known: it has not begun, or is older than this file
    now = registry.stamp(data)
    if now not in (stamp, "gone"):
        raise RunError(
            f"The set {data} has been replaced since run {run.id} used it.",
            "Start a new run on the images as they are now, or bring the earlier ones back under that name.",
            field="data",
        )
