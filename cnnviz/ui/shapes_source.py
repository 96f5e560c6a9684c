"""Where a stack comes from: a system, an input, and the layers as text; the address holds the last two."""

import re
from dataclasses import dataclass

import streamlit as st

from cnnviz.errors import SpecError
from cnnviz.ops import stack_text
from cnnviz.ops.output_shape import Shape
from cnnviz.ops.stack import Trace, check_input
from cnnviz.ops.systems import SYSTEMS
from cnnviz.ui import cache, guard, state

START = SYSTEMS["lenet"]
LONGEST = 400  # layers; more than that no picture of ours can show
HELP = """Layers apart by / or new lines, for example `conv 16 k3 p1 / relu / pool 2 / flatten / linear 10`.
Options: k kernel, s stride, p padding, d dilation, g groups, op output padding, same, valid, nobias, ceil.
A pasted `nn.Sequential(…)` works too."""


@dataclass(frozen=True)
class Source:
    """A stack that could be read: its layers as typed, and where they lead."""

    chunks: tuple[str, ...]
    trace: Trace


def source() -> Source:
    """Draw the fields; returns the stack, or the last one that could be read."""
    st.selectbox(
        "Start from",
        list(SYSTEMS),
        index=None,
        placeholder="A network of the tutorials",
        format_func=lambda name: SYSTEMS[name].title,
        key=state.STACK_SYSTEM,
        on_change=_start,
    )
    size = st.text_input(
        "Input: channels, height, width",
        value=size_text(START.input_shape),
        key=state.STACK_INPUT,
        bind="query-params",
    )
    size_message = st.empty()
    text = st.text_area("Layers", value=START.text, key=state.STACK_TEXT, bind="query-params", height=118, help=HELP)
    try:
        st.session_state[state.STACK_LAST_GOOD] = _read(str(text or ""), read_size(str(size or "")))
    except SpecError as error:
        with size_message.container() if error.field == "input" else st.container():
            guard.show(error)
        st.caption("What you see is the last stack that could be read.")
    last = st.session_state.get(state.STACK_LAST_GOOD)
    return last if isinstance(last, Source) else _read(START.text, START.input_shape)


def size_text(shape: Shape) -> str:
    """A shape as the field shows it."""
    return ", ".join(str(size) for size in shape)


def read_size(text: str) -> Shape:
    """(C, H, W), or (F,), from a field's text. Raises SpecError."""
    parts = [part for part in re.split(r"[\s,×x()]+", text) if part]
    if not all(re.fullmatch(r"-?\d{1,6}", part) for part in parts) or len(parts) not in (1, 3):
        hint = "Write three numbers, for example 3, 32, 32."
        raise SpecError(f"The input is “{text}”.", hint, field="input")
    return tuple(int(part) for part in parts)


def _read(text: str, shape: Shape) -> Source:
    check_input(shape)
    chunks = tuple(stack_text.split(text))
    if not chunks:
        raise SpecError("There are no layers.", "Type one, for example “conv 16 k3 p1”.", field="stack")
    if len(chunks) > LONGEST:
        raise SpecError(f"The stack has {len(chunks)} layers.", f"Keep it to {LONGEST}.", field="stack")
    return Source(chunks, cache.stack_trace(chunks, shape))


def _start() -> None:
    """Fill the fields with a system."""
    name = st.session_state[state.STACK_SYSTEM]
    if name is None:
        return
    st.session_state[state.STACK_INPUT] = size_text(SYSTEMS[name].input_shape)
    set_chunks(stack_text.split(SYSTEMS[name].text))


def set_chunks(chunks: list[str]) -> None:
    """Put layers into the text field. Call it from a callback, before the field is drawn."""
    st.session_state[state.STACK_TEXT] = stack_text.join(chunks)


def note() -> str:
    """What there is to know about the system chosen, while its layers are unchanged."""
    name = st.session_state.get(state.STACK_SYSTEM)
    text = st.session_state.get(state.STACK_TEXT)
    return SYSTEMS[name].note if name in SYSTEMS and SYSTEMS[name].text == text else ""
