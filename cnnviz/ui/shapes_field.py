"""The receptive field of any cell at any depth, on a photograph: what it could see, and what moves it."""

import streamlit as st

from cnnviz.charts.shades import data_url, grey, sequential
from cnnviz.errors import SpecError
from cnnviz.layer_specs import Flatten, LayerSpec
from cnnviz.ops.output_shape import Shape
from cnnviz.ops.receptive_field import Seen, seen_axes
from cnnviz.ops.samples import SAMPLES, as_input
from cnnviz.ops.stack import Trace
from cnnviz.ops.stack_code import layer_code
from cnnviz.ui import cache, shapes_source, state
from cnnviz.ui.components.layer_grids import GridView, layer_grids

MOST_PIXELS = 128


def section() -> None:
    """Fields on the left, the photograph with both fields on the right."""
    left, right = st.columns([1, 2.1], gap="medium")
    with left, st.container(gap="xsmall"):
        picture = st.selectbox("Picture", list(SAMPLES), key=state.FIELD_PICTURE, bind="query-params")
        depth_place = st.container()
        found = shapes_source.source()
    with depth_place:
        depth = _choose_depth(found.trace)
    with right:
        _answer(found.trace, depth, picture)


def _choose_depth(trace: Trace) -> int:
    """The number of the layer to look from, counted from 1."""
    numbers = [n for n, step in enumerate(trace.steps, 1) if not isinstance(step.spec, Flatten)]
    if not numbers:
        raise SpecError("The stack has no layer to look from.", "Mend its first layer.", field="stack")
    if st.session_state.get(state.FIELD_DEPTH) not in numbers:
        last_map = [n for n in numbers if len(trace.steps[n - 1].out_shape) == 3]
        st.session_state[state.FIELD_DEPTH] = (last_map or numbers)[-1]

    def label(number: int) -> str:
        return f"{number} · {layer_code(trace.steps[number - 1].spec)}"

    return int(st.selectbox("After layer", numbers, key=state.FIELD_DEPTH, format_func=label))


def _answer(trace: Trace, depth: int, picture: str) -> None:
    if len(trace.input_shape) != 3 or max(trace.input_shape[1:]) > MOST_PIXELS:
        raise SpecError(
            f"An input of {shapes_source.size_text(trace.input_shape)} can't be drawn pixel by pixel.",
            f"Give channels, and height and width within {MOST_PIXELS}.",
            field="input",
        )  # fmt: skip
    step = trace.steps[depth - 1]
    specs = tuple(each.spec for each in trace.steps[:depth])
    cell = _cell(step.seen)
    view = _view(specs, step.seen, trace.input_shape, picture, cell)
    picked = layer_grids(view, state.FIELD_GRIDS)
    if picked is not None and tuple(picked) != cell:
        st.rerun()
    _words(specs, step.seen, trace.input_shape, picture, cell)


def _cell(seen: Seen) -> tuple[int, int]:
    """The cell picked, held inside the feature map; its middle until one is."""
    rows, columns = (len(cells) for cells in seen.cells)
    held = st.session_state.get(state.FIELD_GRIDS)
    picked = held.get("picked") if held else None
    row, column = picked if picked else (rows // 2, columns // 2)
    return min(int(row), rows - 1), min(int(column), columns - 1)


def _view(specs: tuple[LayerSpec, ...], seen: Seen, shape: Shape, picture: str, cell: tuple[int, int]) -> GridView:
    rows, columns = seen_axes(seen, shape)
    effective = cache.effective_field(specs, picture, shape, cell)
    photo = as_input(picture, shape)
    shown = photo[0] if shape[0] < 3 else photo[:3].transpose(1, 2, 0)
    names = {"input": "It could see", "heat": "What moves it", "output": "Feature map", "kernel": ""}
    weights = effective.weights
    return GridView(
        rows, columns, names, show_kernel=False, picture=data_url(grey(shown)),
        heat=data_url(sequential(weights**0.5, float(weights.max()) ** 0.5)), picked=cell, max_height=380,
    )  # fmt: skip


def _words(specs: tuple[LayerSpec, ...], seen: Seen, shape: Shape, picture: str, cell: tuple[int, int]) -> None:
    rows, columns = seen.cell_sets(*cell)
    could, pixels = len(rows) * len(columns), shape[1] * shape[2]
    effective = cache.effective_field(specs, picture, shape, cell)
    st.markdown(
        f"Cell ({cell[0]}, {cell[1]}) could see **{len(rows)} × {len(columns)} = {could:,}** of {pixels:,} "
        f"pixels. **{effective.cells_for_most:,}** of them carry 90 % of its gradient."
    )
    st.caption(
        "Point at the feature map to move the square; click a cell, or press Enter, for its gradient: the "
        "mean of |∂cell/∂pixel| over eight fresh random weights, brighter for more (its square root)."
    )
