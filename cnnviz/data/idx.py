"""The IDX format of the MNIST family (http://yann.lecun.com/exdb/mnist/), packed with gzip or not."""

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import DataError

UINT8 = 0x08


def read(path: Path) -> NDArray[np.uint8]:
    """The array of bytes in an IDX file; its shape is in the header. Raises DataError for a broken file."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise _broken(path, str(error)) from error
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] != UINT8 or len(raw) < 4 + 4 * raw[3]:
        raise _broken(path, "it does not start as an IDX file of bytes does")
    start = 4 + 4 * raw[3]
    shape = tuple(int(size) for size in np.frombuffer(raw[4:start], dtype=">u4"))
    if len(raw) - start != math.prod(shape):
        raise _broken(path, f"it holds {len(raw) - start:,} bytes and its header says {shape}")
    array: NDArray[Any] = np.frombuffer(raw, dtype=np.uint8, offset=start).reshape(shape)
    return array


def _broken(path: Path, why: str) -> DataError:
    return DataError(f"{path.name} can't be read: {why}.", f"Delete {path} and download the set again.")
