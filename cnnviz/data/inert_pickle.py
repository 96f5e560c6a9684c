"""Reading the arrays out of a pickle without running anything of it.

A pickle names functions and classes and has them called. Here every name must be on a list, and each on the list
stands for a class of ours that keeps what it is given and does nothing: neither numpy's nor pandas' code ever sees
what is in the file. ``array_of`` then makes arrays of what was kept, of plain numbers, texts and lists only.
"""

import io
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Self

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.background import Cancelled
from cnnviz.errors import DataError

_PLAIN_DTYPE = re.compile(r"[<>|=]?[biufSU][0-9]{1,6}")


class Inert:
    """What stands in for an object: the arguments it was called with and the state it was given."""

    args: tuple[Any, ...]
    state: Any

    def __new__(cls, *args: Any) -> Self:  # noqa: ANN401 - a pickle may hold anything
        made = super().__new__(cls)  # pickles make objects without __init__ too
        made.args, made.state = args, None
        return made

    def __setstate__(self, state: Any) -> None:  # noqa: ANN401
        self.state = state


class Array(Inert):
    """numpy.ndarray: state is (version, shape, dtype, is_fortran, bytes or list)."""


class DType(Inert):
    """numpy.dtype: args are (code, …), state is (version, byte order, …)."""


class Scalar(Inert):
    """A numpy scalar: args are (dtype, bytes)."""


class Frame(Inert):
    """pandas.DataFrame."""


class Blocks(Inert):
    """pandas' BlockManager: the columns by type."""


class Block(Inert):
    """One of its blocks, as newer versions write them: args are (values, places, dimensions)."""


class Index(Inert):
    """Any index of pandas: names or numbers of rows and columns."""


class Reach(Inert):
    """slice: args are (start, stop, step)."""


class Base(Inert):
    """``object``, as a base class is named in a pickle."""


@dataclass(frozen=True)
class Call:
    """A function a pickle may call; it can't be changed by one."""

    function: Callable[..., Any]

    def __call__(self, *args: Any) -> Any:  # noqa: ANN401
        return self.function(*args)

    def __setstate__(self, state: Any) -> None:  # noqa: ANN401
        raise pickle.UnpicklingError("it changes a function")


def _reconstruct(kind: Any, *_: Any) -> Array:  # noqa: ANN401
    if kind is not Array:
        raise pickle.UnpicklingError("an array of a kind of its own")
    return Array()


def _from_buffer(raw: Any, dtype: Any, shape: Any, order: Any, axes: Any = None) -> Array:  # noqa: ANN401
    """How protocol 5 makes an array."""
    if order not in ("C", "F") or axes is not None:
        raise pickle.UnpicklingError("an array in an order of its own")
    array = Array()
    array.__setstate__((1, shape, dtype, order == "F", raw))
    return array


def _rebuilt(kind: Any, *args: Any) -> Inert:  # noqa: ANN401
    """copyreg's way to make an object, and pandas' to make an index."""
    if not (isinstance(kind, type) and issubclass(kind, Inert)):
        raise pickle.UnpicklingError(f"a rebuilt {kind}")
    return kind(*args)


def _encoded(text: Any, coding: Any = "latin1") -> bytes:  # noqa: ANN401
    """How old protocols write bytes."""
    if not isinstance(text, str) or coding != "latin1":
        raise pickle.UnpicklingError("bytes in another coding")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    """How old protocols write b""."""
    return b""


NUMPY: dict[str, Callable[..., Any]] = {
    "_reconstruct": Call(_reconstruct),
    "_frombuffer": Call(_from_buffer),
    "ndarray": Array,
    "dtype": DType,
    "scalar": Scalar,
}
PANDAS: dict[str, Callable[..., Any]] = {
    "DataFrame": Frame,
    "BlockManager": Blocks,
    "_unpickle_block": Block,
    "_new_Index": Call(_rebuilt),
    "Index": Index,
    "Int64Index": Index,
    "RangeIndex": Index,
}
PYTHON: dict[str, Callable[..., Any]] = {
    "slice": Reach,
    "object": Base,
    "bytes": Call(_no_bytes),
    "_reconstructor": Call(_rebuilt),
    "__newobj__": Call(_rebuilt),
    "encode": Call(_encoded),
}
_MODULES = {
    **dict.fromkeys(
        ("numpy", "numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric"), NUMPY
    ),
    **dict.fromkeys(
        (
            "pandas",
            "pandas.core.frame",
            "pandas.core.internals",
            "pandas.core.internals.managers",
            "pandas._libs.internals",
            "pandas.core.index",
            "pandas.indexes.base",
            "pandas.indexes.numeric",
            "pandas.indexes.range",
            "pandas.core.indexes.base",
            "pandas.core.indexes.numeric",
            "pandas.core.indexes.range",
        ),
        PANDAS,
    ),
    **dict.fromkeys(("builtins", "__builtin__", "copyreg", "copy_reg", "_codecs"), PYTHON),
}


class Reader(pickle.Unpickler):
    """An unpickler to whom every name outside the lists is an error, before anything is called."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        """Our own stand-in for a name."""
        known = _MODULES.get(module, {})
        if name not in known:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return known[name]

    def persistent_load(self, key: Any) -> Any:  # noqa: ANN401
        """Nothing lies outside the file."""
        raise pickle.UnpicklingError(f"it refers to {key!r} elsewhere")


class _Told(io.BufferedReader):
    """A file that says which share of it has been read."""

    def __init__(self, path: Path, on_share: Callable[[float], None]) -> None:
        super().__init__(io.FileIO(path), buffer_size=1 << 20)
        self._size, self._on_share, self._calls = max(path.stat().st_size, 1), on_share, 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file."""
        self._calls += 1
        if self._calls % 4096 == 1:
            self._on_share(self.tell() / self._size)
        return super().read(size)


def _nobody(share: float) -> None:
    """A share that nobody watches."""


def read(path: Path, stream: BinaryIO | None = None, on_share: Callable[[float], None] = _nobody) -> Any:  # noqa: ANN401
    """What a pickle holds, with stand-ins for its objects. Raises DataError when it asks for more than data.

    Python 2's texts are read as Latin-1, one character a byte. ``stream`` is read in place of the file. on_share is
    told the share that has been read; what it raises to end the reading passes through.
    """
    try:
        if stream is not None:
            return Reader(stream, encoding="latin1").load()
        with _Told(path, on_share) as file:
            return Reader(file, encoding="latin1").load()
    except Cancelled:
        raise
    except OSError as error:
        raise DataError(f"{path.name} can't be read: {error.strerror or error}.", f"Check {path}.") from error
    except MemoryError as error:
        raise DataError(f"{path.name} needs more memory than there is.", "Use a machine with more.") from error
    except Exception as error:  # damaged pickles raise whatever their bytes happen to do to the stand-ins
        raise refused(path, str(error) or type(error).__name__) from error


def refused(path: Path, why: str) -> DataError:
    """The error for a pickle that holds something else than the data expected."""
    return DataError(
        f"{path.name} is damaged or holds more than data: {why[:300]}. Nothing of it was run.",
        "Get the file again from where it was published.",
    )


def array_of(found: Any) -> NDArray[Any]:  # noqa: ANN401
    """An array of plain numbers, texts or (as an object array) anything kept. Raises ValueError for what is none."""
    if not isinstance(found, Array) or not isinstance(found.state, tuple) or len(found.state) != 5:
        raise ValueError("something stands where an array should")
    _, shape, dtype, is_fortran, content = found.state
    shape = tuple(_size(size) for size in shape)
    order: Literal["F", "C"] = "F" if is_fortran is True else "C"
    if isinstance(content, list):
        array = np.empty(len(content), object)
        for place, item in enumerate(content):
            array[place] = item
        return array.reshape(shape, order=order)
    raw = content.encode("latin1") if isinstance(content, str) else content
    if not isinstance(raw, bytes | bytearray):
        raise ValueError("an array has neither bytes nor a list")
    return np.frombuffer(raw, dtype_of(dtype)).reshape(shape, order=order)


def dtype_of(found: Any) -> np.dtype[Any]:  # noqa: ANN401
    """A dtype of plain numbers or texts. Raises ValueError for any other."""
    if not isinstance(found, DType) or not found.args or not isinstance(found.args[0], str):
        raise ValueError("something stands where a dtype should")
    order = found.state[1] if isinstance(found.state, tuple) and len(found.state) > 1 else "="
    code = f"{order}{found.args[0].lstrip('<>|=')}"
    if not _PLAIN_DTYPE.fullmatch(code):
        raise ValueError(f"an array is of the type {found.args[0]!r}")
    return np.dtype(code)


def _size(size: Any) -> int:  # noqa: ANN401
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise ValueError(f"an array has the size {size!r}")
    return size
