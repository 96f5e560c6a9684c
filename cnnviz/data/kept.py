"""Arrays that take long to make, kept in the data folder."""

import logging
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cnnviz.files import written_whole

log = logging.getLogger("cnnviz")
_BROKEN = (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error)
Arrays = Sequence[NDArray[Any]]


def arrays(path: Path, make: Callable[[], Arrays], names: Sequence[str], mark: str = "") -> Arrays:
    """The arrays of that file in the order of ``names``; made, and kept where that can be, when they are not there.

    A file that is broken or carries another mark is made anew: ``mark`` says what the arrays were made from.
    """
    found = _read(path, names, mark)
    if found is None:
        found = make()
        _write(path, dict(zip(names, found, strict=True)), mark)
    return found


def has(path: Path, mark: str = "") -> bool:
    """True when that file is there and carries the mark."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return str(stored.get("mark", "")) == mark
    except _BROKEN:
        return False


def _read(path: Path, names: Sequence[str], mark: str) -> Arrays | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            if str(stored.get("mark", "")) != mark:
                return None
            return [stored[name] for name in names]
    except _BROKEN:
        return None  # not there, or broken: making them mends both


def _write(path: Path, named: dict[str, NDArray[Any]], mark: str) -> None:
    try:
        with written_whole(path) as file:
            np.savez(file, mark=np.array(mark), **named)  # type: ignore[arg-type]
    except OSError:
        log.warning("%s could not be kept in %s and will be made again", path.name, path.parent)
