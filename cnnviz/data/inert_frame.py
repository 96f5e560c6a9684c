"""The columns of a pandas DataFrame that was read with stand-ins, as pandas has written them since version 0.14."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.inert_pickle import Array, Block, Blocks, Frame, Index, Reach, array_of

Objects = NDArray[Any]


def columns_of(frame: Any) -> dict[str, Objects]:  # noqa: ANN401
    """Each column by its name, (N,) of what it holds. Raises ValueError when the frame is not built as one."""
    if not isinstance(frame, Frame) or not isinstance(frame.state, dict):
        raise ValueError("there is no table in it")
    blocks = frame.state.get("_mgr", frame.state.get("_data"))
    if not isinstance(blocks, Blocks):
        raise ValueError("its table has no columns")
    axes, parts = _new(blocks) if blocks.args else _old(blocks)
    names = [str(name) for name in _index(axes[0])]
    columns: dict[str, Objects] = {}
    for values, places in parts:
        rows = np.atleast_2d(values)
        columns.update({names[place]: row for place, row in zip(_places(places, len(names)), rows, strict=True)})
    return columns


def _new(blocks: Blocks) -> tuple[list[Any], Iterator[tuple[Objects, Any]]]:
    """As pandas 1.3 and later write: arguments of (blocks, axes)."""
    parts, axes = blocks.args
    if not all(isinstance(part, Block) for part in parts):
        raise ValueError("its table has columns of an unknown kind")
    return axes, ((array_of(part.args[0]), part.args[1]) for part in parts)


def _old(blocks: Blocks) -> tuple[list[Any], Iterator[tuple[Objects, Any]]]:
    """As pandas 0.14 to 1.2 write: a state whose last part has the axes and blocks by name."""
    named = blocks.state[-1]["0.14.1"]
    return named["axes"], ((array_of(part["values"]), part["mgr_locs"]) for part in named["blocks"])


def _index(index: Any) -> Objects:  # noqa: ANN401
    if not isinstance(index, Index) or not isinstance(index.args[0], dict):
        raise ValueError("its columns have no names")
    return array_of(index.args[0]["data"])


def _places(places: Any, count: int) -> list[int]:  # noqa: ANN401
    if isinstance(places, Reach):
        return list(range(count))[slice(*(None if end is None else int(end) for end in places.args))]
    return [int(place) for place in (array_of(places) if isinstance(places, Array) else places)]
