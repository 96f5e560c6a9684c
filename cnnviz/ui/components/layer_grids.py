"""Input, kernel and output of a layer as grids that light up under the pointer, drawn by the browser."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.ops.geometry import Axis
from cnnviz.ui.look import colours

FOLDER = Path(__file__).parent / "grids"
SCRIPTS = ("meetings.js", "panel.js", "words.js", "grids.js")
LARGEST_KERNEL = 16


@dataclass(frozen=True)
class GridView:
    """What the grids show: the two axes, and what stands around them.

    names: captions of the panels "input", "kernel" and "output".
    stamps: true where inputs stamp the kernel onto the output, as a transposed convolution does.
    divisors: what an average divides by along rows and columns; divisor: one that overrides them.
    picture, heat: data URLs drawn over the input's cells and over a copy of them.
    picked: an output cell (row, column) to mark, which the visitor may change.
    """

    rows: Axis
    columns: Axis
    names: dict[str, str]
    show_kernel: bool = True
    stamps: bool = False
    divisors: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    divisor: int | None = None
    picture: str | None = None
    heat: str | None = None
    picked: tuple[int, int] | None = None
    max_height: int = 400


_mount: Callable[..., Any] = st.components.v2.component(
    "cnnviz_layer_grids",
    html='<div class="grids"></div>',
    css=(FOLDER / "grids.css").read_text("utf-8"),
    js="\n".join((FOLDER / name).read_text("utf-8") for name in SCRIPTS),
)


def layer_grids(view: GridView, key: str) -> Sequence[int] | None:
    """Draw the grids; returns the output cell (row, column) the visitor picked, or None."""
    result = _mount(data=grid_data(view), key=key, on_picked_change=lambda: None)
    picked: Sequence[int] | None = result.picked
    return picked


def grid_data(view: GridView) -> dict[str, Any]:
    """What the browser gets of a view, as JSON takes it."""
    kernel = max(view.rows.kernel, view.columns.kernel)
    return {
        "rows": axis_data(view.rows),
        "columns": axis_data(view.columns),
        "names": view.names,
        "showKernel": view.show_kernel and kernel <= LARGEST_KERNEL,
        "stamps": view.stamps,
        "divisors": view.divisors,
        "divisor": view.divisor,
        "picture": view.picture,
        "heat": view.heat,
        "picked": view.picked,
        "maxHeight": view.max_height,
        "colours": asdict(colours()),
    }


def axis_data(line: Axis) -> dict[str, Any]:
    """One axis for the browser: links and folds flattened into single lists."""
    outside = (*range(-line.before, 0), *range(line.in_size, line.in_size + line.after))
    folds = [(position, cell) for position in outside if (cell := line.fold(position)) is not None]
    return {
        "inSize": line.in_size,
        "outSize": line.out_size,
        "kernel": line.kernel,
        "before": line.before,
        "after": line.after,
        "overhang": line.overhang,
        "cropBefore": line.crop_before,
        "cropAfter": line.crop_after,
        "links": list(chain.from_iterable(line.links)),
        "folds": list(chain.from_iterable(folds)),
        "dropped": list(line.dropped),
        "skipped": list(line.skipped),
    }
