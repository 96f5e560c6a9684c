"""``wafer-lswmd``: the labelled maps of WM-811K, from the file LSWMD.pkl that a person puts into the data folder.

The file is a pickled table of 811,457 wafers (http://mirlab.org/dataSet/public/); 172,950 of them carry a label. It is
read with stand-ins for everything it names, so that nothing in it is ever run.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.data import inert_pickle, kept
from cnnviz.data.image_set import ImageSet
from cnnviz.data.inert_frame import columns_of
from cnnviz.data.progress import Progress
from cnnviz.data.wafer_patterns import HEIGHT, WIDTH
from cnnviz.data.wafer_synthetic import CLASSES, FAILED, one_hot
from cnnviz.errors import DataError

FILE_NAME, KEPT_NAME = "LSWMD.pkl", "wafer-lswmd.npz"
NUM_LABELLED = 172_950
_BY_NAME = {name.lower(): label for label, name in enumerate(CLASSES)}


def at_hand(folder: Path) -> bool:
    """True when the file is in the data folder."""
    return (folder / FILE_NAME).exists()


def is_slow(folder: Path) -> bool:
    """True while the file has yet to be parsed."""
    path = folder / FILE_NAME
    try:
        return not kept.has(folder / KEPT_NAME, _mark(path))
    except OSError:
        return False  # not there: nothing to be slow with


def _mark(path: Path) -> str:
    facts = path.stat()
    return f"{facts.st_size} bytes of {facts.st_mtime_ns}"


def load(folder: Path, progress: Progress) -> ImageSet:
    """The labelled maps as (N, 3, 53, 52): 255 in the channel of a die's state, no die, good or failed.

    Parsing takes minutes and the memory of the whole table, so what comes out is kept beside the file.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise DataError(
            f"{FILE_NAME} is not in {folder}.",
            "It is not ours to hand out: get WM-811K (LSWMD.pkl, 2 GB) from its publisher or Kaggle, put it there "
            "and try again. wafer-synthetic needs no file.",
            field="data",
        )
    states, labels = kept.arrays(
        folder / KEPT_NAME,
        lambda: parse(path, progress),
        ("states", "labels"),
        mark=_mark(path),
    )
    return ImageSet("wafer-lswmd", one_hot(states), labels.astype(np.int64), CLASSES)


def parse(path: Path, progress: Progress) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """States (N, 53, 52), 0 to 2, and labels (N,) of the labelled maps in a file. Raises DataError."""
    progress(f"Reading {path.name}, once", 0.0)
    try:
        columns = columns_of(
            inert_pickle.read(path, on_share=lambda done: progress(f"Reading {path.name}, once", done / 2))
        )
        maps, names = columns["waferMap"], [_text(cell) for cell in columns["failureType"]]
        labelled = [place for place, name in enumerate(names) if name]
        labels = np.array([_BY_NAME[names[place].lower()] for place in labelled], np.int64)
        states = np.empty((len(labelled), HEIGHT, WIDTH), np.uint8)
        for row, place in enumerate(labelled):
            states[row] = resized(_map(maps[place]))
            if row % 1000 == 0:
                progress(f"Bringing {len(labelled):,} wafer maps to {HEIGHT} by {WIDTH}", 0.5 + row / len(labelled) / 2)
    except KeyError as error:
        raise inert_pickle.refused(path, f"it has no {error}") from error
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise inert_pickle.refused(path, str(error)) from error
    if not len(labels):
        raise inert_pickle.refused(path, "no wafer in it has a label")
    return states, labels


def resized(states: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A map of any size as (53, 52), each die that of the nearest place."""
    # The middle of each place, in whole numbers so that ties fall the same way everywhere.
    rows, columns = (
        (2 * np.arange(size) + 1) * given // (2 * size)
        for size, given in zip((HEIGHT, WIDTH), states.shape, strict=True)
    )
    near: NDArray[np.uint8] = states[rows[:, None], columns]
    return near


def _map(cell: Any) -> NDArray[np.uint8]:  # noqa: ANN401
    states = inert_pickle.array_of(cell)
    if states.ndim != 2 or not states.size or states.dtype.kind not in "biu":
        raise ValueError(f"a wafer map has the shape {states.shape} and the type {states.dtype}")
    if states.min() < 0 or states.max() > FAILED:
        raise ValueError(f"a wafer map has values from {states.min()} to {states.max()}, not 0 to {FAILED}")
    return states.astype(np.uint8)


def _text(cell: Any) -> str:  # noqa: ANN401
    """The label in a cell, however deep it is nested; "" for none."""
    while not isinstance(cell, str):
        inner = inert_pickle.array_of(cell).ravel().tolist() if isinstance(cell, inert_pickle.Array) else cell
        if isinstance(inner, bytes):
            inner = [inner.decode("latin1")]
        if inner is None or isinstance(inner, float):  # how pandas writes that there is nothing
            return ""
        if not isinstance(inner, list | tuple) or len(inner) > 1:
            raise ValueError(f"a label reads {str(inner)[:60]}")
        if not inner:
            return ""
        cell = inner[0]
    return cell.strip()
