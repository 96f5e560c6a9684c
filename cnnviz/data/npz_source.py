"""An ``.npz`` of ``images`` and ``labels``, with ``classes`` if it has them; nothing in it is ever unpickled.

Images are read one at a time as the file unpacks them, so that a file of any size needs no more memory than one image.
"""

import math
import threading
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cnnviz.data.import_spec import MAX_CLASSES, MAX_IMAGES
from cnnviz.data.layout import Found, Layout
from cnnviz.data.skipped import Skips
from cnnviz.errors import DataError, ImageError
from cnnviz.images import MAX_PIXELS

HINT = "Write it with np.savez(path, images=…, labels=…): images (N, H, W), (N, H, W, C) or (N, C, H, W)."
MAX_LABEL_BYTES = 64_000_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, KeyError)


class NpzSource:
    """Images and labels of an ``.npz``; its order is kept, and labels that no class has are left out."""

    in_order = True

    def __init__(self, file: Path | IO[bytes]) -> None:
        self.skips = Skips()
        try:
            self._zip = zipfile.ZipFile(file)
            labels = self._small("labels")
            classes = self._small("classes") if "classes.npy" in self._zip.namelist() else None
            self._file = self._zip.open("images.npy")
            self._shape, self._dtype = self._header(self._file)
        except _DAMAGED as error:
            raise _refused(f"it can't be read: {error}") from error
        self._check(labels, classes)
        names = _class_names(labels, classes)
        self.layout = self._layout(labels, names, classes is not None)
        self._lock, self._next = threading.Lock(), 0

    def pixels(self, found: Found) -> NDArray[np.uint8]:
        """The image of that number; they come in order. Raises ImageError for values that are no pixels."""
        with self._lock:
            for _ in range(found.key - self._next):
                self._read()
            raw = self._read()
            self._next = found.key + 1
        image = np.frombuffer(raw, self._dtype).reshape(self._shape[1:])
        return _channels_last(_as_bytes(image), self._shape)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        self._zip.close()

    def _read(self) -> bytes:
        wanted = math.prod(self._shape[1:]) * self._dtype.itemsize
        try:
            raw = self._file.read(wanted)
        except _DAMAGED as error:
            raise ImageError(f"damaged in the file: {error}") from error
        if len(raw) < wanted:
            raise ImageError("the file ends before it")
        return raw

    def _small(self, name: str) -> NDArray[Any]:
        with self._zip.open(f"{name}.npy") as file:
            shape, dtype = self._header(file)
            if dtype.itemsize * math.prod(shape) > MAX_LABEL_BYTES:
                raise ValueError(f"{name} takes more than {MAX_LABEL_BYTES // 10**6} MB")
        with self._zip.open(f"{name}.npy") as file:
            return np.asarray(npy.read_array(file, allow_pickle=False))

    def _header(self, file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
        read = npy.read_array_header_1_0 if npy.read_magic(file) == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(file)
        if dtype.hasobject:
            raise ValueError("it holds Python objects, which are not read for safety")
        if fortran and len(shape) > 1:
            raise ValueError("its arrays are in Fortran order; save np.ascontiguousarray(images)")
        return shape, dtype

    def _check(self, labels: NDArray[Any], classes: NDArray[Any] | None) -> None:
        shape = self._shape
        sides = _sides(shape)
        if not sides:
            raise _refused(f"images has the shape {shape}")
        if not all(shape) or math.prod(sides) > MAX_PIXELS:
            raise _refused(f"images has the shape {shape}, of which nothing can be made")
        if self._dtype.kind not in "buif":
            raise _refused(f"images holds {self._dtype}, and pixels are numbers")
        if labels.ndim != 1 or len(labels) != shape[0]:
            raise _refused(f"there are {shape[0]:,} images and labels has the shape {labels.shape}")
        if shape[0] > MAX_IMAGES:
            raise _refused(f"it holds {shape[0]:,} images, and {MAX_IMAGES:,} are the most")
        if classes is not None and (classes.ndim != 1 or classes.dtype.kind not in "USiu"):
            raise _refused(f"classes has the shape {classes.shape} and holds {classes.dtype}")

    def _layout(self, labels: NDArray[Any], names: dict[Any, str], named: bool) -> Layout:
        found = []
        for key, label in enumerate(labels.tolist()):
            if label in names:
                found.append(Found(f"image {key}", names[label], "", key))
            else:
                self.skips.add(f"image {key}", f"its label {label!r} is none of the {len(names)} classes")
        return NpzLayout(found, [], tuple(dict.fromkeys(names.values())) if named else None)


class NpzLayout(Layout):
    """A layout whose classes keep the order of the file's own list."""

    def __init__(self, found: list[Found], notes: list[str], listed: tuple[str, ...] | None) -> None:
        super().__init__(found, notes)
        self.listed = listed

    @property
    def classes(self) -> tuple[str, ...]:
        """The file's own list of classes where it has one."""
        return self.listed or super().classes


def _sides(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Height and width in the shape of the images; empty when it is none of the three."""
    if len(shape) == 3:
        return shape[1:]
    if len(shape) == 4 and shape[3] in (1, 3):
        return shape[1:3]
    return shape[2:] if len(shape) == 4 and shape[1] in (1, 3) else ()


def _class_names(labels: NDArray[Any], classes: NDArray[Any] | None) -> dict[Any, str]:
    """Label → class name. Whole numbers point into ``classes``; without it each value is a class of its own."""
    if classes is not None:
        if labels.dtype.kind not in "iu":
            raise _refused(f"labels holds {labels.dtype}, and with classes they are whole numbers")
        return dict(enumerate(_text(value) for value in classes.tolist()))
    if labels.dtype.kind not in "iuUSb":
        raise _refused(f"labels holds {labels.dtype}, and they are whole numbers or text")
    values = np.unique(labels).tolist()
    if len(values) > MAX_CLASSES:
        raise _refused(f"labels has {len(values):,} different values, and {MAX_CLASSES:,} classes are the most")
    return {value: _text(value) for value in values if not (isinstance(value, int) and value < 0)}


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _as_bytes(image: NDArray[Any]) -> NDArray[np.uint8]:
    if image.dtype == np.uint8:
        return image
    if image.dtype.kind == "b":
        return image.astype(np.uint8) * np.uint8(255)
    top = 1 if image.dtype.kind == "f" else 255
    low, high = image.min(), image.max()
    if not (low >= 0 and high <= top):  # NaN is neither
        kind = "numbers with a point go from 0 to 1" if top == 1 else "whole numbers go from 0 to 255"
        raise ImageError(f"its values go from {low:.4g} to {high:.4g}; {kind}")
    return np.asarray(np.round(image.astype(np.float64) * 255) if top == 1 else image, dtype=np.uint8)


def _channels_last(image: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    if len(shape) == 3:
        return image[:, :, None]
    return image if shape[3] in (1, 3) else image.transpose(1, 2, 0)


def _refused(why: str) -> DataError:
    return DataError(f"The .npz can't be taken: {why}.", HINT, field="path")
