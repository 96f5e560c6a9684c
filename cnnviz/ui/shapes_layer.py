"""One layer: its controls, its grids, its formula with the numbers in it, its cost and its code."""

from math import prod

import streamlit as st

from cnnviz.charts.channel_groups import channel_groups_svg
from cnnviz.errors import SpecError
from cnnviz.layer_specs import AvgPool2d, Conv2d, ConvTranspose2d
from cnnviz.ops import costs, formula
from cnnviz.ops.geometry import Axis, after_padding, axes, divisors
from cnnviz.ops.output_shape import Shape, shape_text
from cnnviz.ops.stack_code import layer_code
from cnnviz.ui import shapes_controls, shapes_stories, state
from cnnviz.ui.components.layer_grids import GridView, layer_grids
from cnnviz.ui.look import colours
from cnnviz.ui.shapes_controls import LayerQuestion

START = LayerQuestion(Conv2d(3, 8, 3), 3, 12, 12)
MOST_CELLS = 200  # a side of the output that the grids still draw


def section() -> None:
    """Controls on the left, what they come to on the right; bad controls leave the last good picture."""
    left, right = st.columns([1, 2.1], gap="medium")
    with left, st.container(gap="xsmall"):
        asked = _controls()
    with right:
        if asked is not None:
            st.session_state[state.LAYER_LAST_GOOD] = asked
        last = st.session_state.get(state.LAYER_LAST_GOOD)
        _answer(last if isinstance(last, LayerQuestion) else START)
        if asked is None:
            st.caption("What you see is the last layer that worked.")


def _controls() -> LayerQuestion | None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        kind = st.selectbox("Layer", shapes_controls.KINDS, key=state.LAYER_KIND, bind="query-params", on_change=_usual)
        unequal = st.toggle("Height ≠ width", key=state.LAYER_UNEQUAL, bind="query-params")
    controls = shapes_controls.draw(kind, unequal)
    try:
        asked = shapes_controls.question(kind, unequal)
        _check_drawable(*_lines(asked))
    except SpecError as error:
        controls.show(error)
        return None
    return asked


def _usual() -> None:
    """A layer newly chosen starts with a window that is usual for it."""
    kind = st.session_state[state.LAYER_KIND]
    usual = {"Conv2d": (3, 1), "ConvTranspose2d": (3, 2)}.get(kind, (2, 2))
    for names, number in (("k", "kw"), usual[0]), (("s", "sw"), usual[1]):
        for name in names:
            st.session_state[shapes_controls.key(name)] = number
    for name in ("p", "pw", "op", "opw"):
        st.session_state[shapes_controls.key(name)] = 0


def _lines(asked: LayerQuestion) -> tuple[Axis, Axis]:
    """The two axes, a padding layer before the layer taken in. Raises ShapeError."""
    if asked.pad is None:
        return axes(asked.spec, asked.height, asked.width)
    pads = axes(asked.pad, asked.height, asked.width)
    inner = axes(asked.spec, pads[0].out_size, pads[1].out_size)
    return after_padding(pads[0], inner[0]), after_padding(pads[1], inner[1])


def _check_drawable(rows: Axis, columns: Axis) -> None:
    sizes = (rows.out_size, columns.out_size, rows.in_size + rows.before + rows.after,
             columns.in_size + columns.before + columns.after)  # fmt: skip
    if max(sizes) > MOST_CELLS:
        raise SpecError(
            f"A side of {max(sizes)} cells is too many to draw.",
            f"Keep input and output within {MOST_CELLS}; a stack takes larger ones.", field="input",
        )  # fmt: skip


def _answer(asked: LayerQuestion) -> None:
    story = shapes_stories.current()
    rows, columns = _lines(asked)
    transposed = isinstance(asked.spec, ConvTranspose2d)
    average = asked.spec if isinstance(asked.spec, AvgPool2d) else None
    layer_grids(
        GridView(
            rows, columns,
            {"input": "Input", "kernel": "Stamp" if transposed else "Kernel", "output": "Output", "heat": ""},
            show_kernel=not type(asked.spec).__name__.startswith("Adaptive"),
            stamps=transposed,
            divisors=(divisors(average, rows), divisors(average, columns)) if average else None,
            divisor=average.divisor_override if average else None,
            max_height=310,
        ),
        state.LAYER_GRIDS,
    )  # fmt: skip
    if story is not None:
        st.info(story.text)
    _facts(asked, rows, columns)


def _facts(asked: LayerQuestion, rows: Axis, columns: Axis) -> None:
    channels = asked.spec.out_channels if isinstance(asked.spec, Conv2d | ConvTranspose2d) else asked.channels
    shape: Shape = (channels, rows.out_size, columns.out_size)
    work = costs.macs(asked.spec, (asked.channels, asked.height, asked.width), shape)
    params = costs.num_params(asked.spec)
    facts = [
        f"**Output** {shape_text(shape)} = {prod(shape):,} values",
        f"**Parameters** {params:,}",
        f"**Multiply-adds** {work:,}",
    ]
    if isinstance(asked.spec, Conv2d | ConvTranspose2d) and asked.spec.groups > 1:
        each = asked.spec.in_channels // asked.spec.groups
        facts.append(f"**Each output channel** reads {each} of {asked.spec.in_channels}")
    st.markdown(" · ".join(facts))
    if isinstance(asked.spec, Conv2d | ConvTranspose2d) and asked.spec.groups > 1:
        spec = asked.spec
        picture = channel_groups_svg(spec.in_channels, spec.out_channels, spec.groups, colours())
        st.image(picture, alt=f"{spec.groups} groups; each reads the input channels of its own number")
    _formula(asked, rows, columns)
    code = layer_code(asked.spec)
    st.code(f"nn.Sequential({layer_code(asked.pad)}, {code})" if asked.pad else code, language="python")


def _formula(asked: LayerQuestion, rows: Axis, columns: Axis) -> None:
    lines = [formula.general(asked.spec)]
    inner = _lines(asked)
    texts = [formula.numbers(asked.spec, line, side) for side, line in enumerate(inner)]
    same = texts[0] == texts[1]
    lines += [texts[0]] if same else [rf"\text{{{n}: }} {t}" for n, t in zip(("height", "width"), texts, strict=True)]
    st.latex(r"\footnotesize\begin{aligned}&" + r"\\&".join(lines) + r"\end{aligned}")
