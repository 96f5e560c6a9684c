"""A stack: edited as a list or as text, drawn as blocks, with shapes, costs and receptive fields."""

import pandas as pd
import streamlit as st

from cnnviz.charts.stack_blocks import SELECTION, stack_blocks_chart
from cnnviz.errors import CnnvizError
from cnnviz.layer_specs import Conv2d, ConvTranspose2d, LayerSpec, Linear
from cnnviz.models import stack_name
from cnnviz.ops.output_shape import shape_text
from cnnviz.ops.stack import Failure, Step, Trace, mended
from cnnviz.ops.stack_code import layer_code, stack_code
from cnnviz.recipes import YOUR_STACK
from cnnviz.ui import guard, navigation, shapes_source, state
from cnnviz.ui.look import colours
from cnnviz.ui.shapes_editor import editor
from cnnviz.ui.shapes_source import Source

DIGIT_SHAPE, DIGIT_CLASSES = (1, 28, 28), 10


def section() -> None:
    """Fields on the left, blocks and figures on the right."""
    left, right = st.columns([1, 2.1], gap="medium")
    with left, st.container(gap="xsmall"):
        found = shapes_source.source()
        editor(found)
    with right:
        _answer(found)


def _answer(found: Source) -> None:
    trace = found.trace
    _summary(trace)
    if trace.failure is not None:
        _failure(found, trace.failure)
    st.altair_chart(
        stack_blocks_chart(_blocks(trace), colours(), selected()), key=state.STACK_CHART, on_select=_clicked,
        alt=f"Blocks for {len(trace.steps)} layers, ending in {shape_text(trace.output_shape)}.",
    )  # fmt: skip
    scale = "Height: rows of the feature map. Width: square root of its channels. A click chooses a layer."
    st.caption(f"{scale} {shapes_source.note()}".strip())
    st.dataframe(_table(trace), hide_index=True, column_config=_COLUMNS)
    _train_button(found)
    if st.toggle("PyTorch code", key=state.STACK_CODE):
        specs = [step.spec for step in trace.steps] + ([trace.failure.spec] if trace.failure else [])
        st.code(stack_code(specs, trace.input_shape), language="python")


def _train_button(found: Source) -> None:
    """On to Train, where the stack learns digits; greyed with the reason where it can't."""
    why = ""
    try:
        name = stack_name.stack_name(tuple(found.chunks), found.trace.input_shape)
        stack_name.check_classes(name, DIGIT_CLASSES)
        if found.trace.input_shape != DIGIT_SHAPE:
            why = f"The digits are {shape_text(DIGIT_SHAPE)}: give the stack that input."
    except CnnvizError as error:
        why = str(error)
    help_text = guard.plain(why) or "Trains it on 5,000 handwritten digits."
    if st.button("Train this stack", icon=":material/play_arrow:", disabled=bool(why), help=help_text):
        query = {state.RECIPE: YOUR_STACK, state.MODEL: name}
        st.switch_page(f"pages/{navigation.TRAIN}.py", query_params=query)


def selected() -> int:
    """The number of the layer chosen in the list, from 1; 0 when there is none."""
    return int(st.session_state.get(state.STACK_SELECTED) or 0)


def _clicked() -> None:
    points = st.session_state[state.STACK_CHART]["selection"].get(SELECTION, [])
    if points and points[0]["number"] > 0:
        st.session_state[state.STACK_SELECTED] = int(points[0]["number"])


def _summary(trace: Trace) -> None:
    facts = {
        "Output": shape_text(trace.output_shape),
        "Parameters": f"{trace.total('num_params'):,}",
        "Multiply-adds": f"{trace.total('macs'):,}",
        "Activations": kilobytes(trace.total("activation_bytes")),
    }
    st.markdown(" · ".join(f"**{name}** {value}" for name, value in facts.items()))


def kilobytes(count: int) -> str:
    """Memory for a person."""
    return f"{count / 1024:,.1f} KiB" if count < 1024**2 else f"{count / 1024**2:,.1f} MiB"


def _failure(found: Source, failure: Failure) -> None:
    name = layer_code(failure.spec)
    st.error(
        guard.plain(f"Layer {failure.index + 1}, {name}, fails. {failure.error.message}")
        + "  \n" + guard.plain(failure.error.hint), icon=":material/error:",
    )  # fmt: skip
    replacement = mended(failure)
    if replacement is not None:
        st.button("Mend it", on_click=_mend, args=(found, failure, replacement), icon=":material/build:")


def _mend(found: Source, failure: Failure, replacement: tuple[LayerSpec, ...]) -> None:
    chunks = list(found.chunks)
    chunks[failure.index : failure.index + 1] = [layer_code(spec) for spec in replacement]
    shapes_source.set_chunks(chunks)


def _blocks(trace: Trace) -> pd.DataFrame:
    """One row a block, the input first."""
    shapes = [("input", "other", trace.input_shape, 0)]
    shapes += [(layer_code(step.spec), _kind(step.spec), step.out_shape, step.num_params) for step in trace.steps]
    if (failure := trace.failure) is not None:
        shapes.append((layer_code(failure.spec), "fails here", failure.in_shape, 0))
    return pd.DataFrame([
        {"number": number, "layer": layer, "kind": kind, "channels": shape[0], "params": params,
         "height": shape[1] if len(shape) == 3 else 1, "shape": shape_text(shape)}
        for number, (layer, kind, shape, params) in enumerate(shapes)
    ])  # fmt: skip


def _kind(spec: LayerSpec) -> str:
    if isinstance(spec, Conv2d | ConvTranspose2d):
        return "convolution"
    if isinstance(spec, Linear):
        return "linear"
    return "pooling" if type(spec).__name__.endswith("Pool2d") else "other"


_COLUMNS = {
    "params": st.column_config.NumberColumn("Params", format="localized"),
    "macs": st.column_config.NumberColumn("Multiply-adds", format="localized"),
    "memory": st.column_config.NumberColumn("KiB", format="%.1f", help="Memory of the output of one image"),
    "sees": st.column_config.TextColumn("Sees", help="Receptive field in input pixels, rows × columns"),
    "jump": st.column_config.TextColumn("Jump", help="Pixels between the fields of neighbouring cells"),
    "offset": st.column_config.TextColumn("Offset", help="Where the first field starts; below 0 is padding"),
}


def _table(trace: Trace) -> pd.DataFrame:
    return pd.DataFrame([_row(number, step) for number, step in enumerate(trace.steps, 1)])


def _row(number: int, step: Step) -> dict[str, object]:
    return {
        "Layer": f"{number} · {layer_code(step.spec).removeprefix('nn.')}",
        "Shape": shape_text(step.out_shape),
        "params": step.num_params,
        "macs": step.macs,
        "memory": step.activation_bytes / 1024,
        "sees": f"{step.seen.size(0)}×{step.seen.size(1)}",
        "jump": _both(*(field.jump if field is not None else None for field in step.seen.fields)),
        "offset": _both(*(field.offset if field is not None else None for field in step.seen.fields)),
    }


def _both(first: int | None, second: int | None) -> str:
    """One number for both axes where they agree; cells that are not alike have none."""
    texts = ["varies" if number is None else str(number) for number in (first, second)]
    return texts[0] if texts[0] == texts[1] else ", ".join(texts)
