"""The list of a stack's layers: choose one, change, move, duplicate or delete it, or add one after it."""

from collections.abc import Callable

import streamlit as st

from cnnviz.ui import shapes_source, state
from cnnviz.ui.shapes_source import Source

NEW = (
    *("conv 16 k3 p1", "relu", "pool 2", "avg 2", "bn", "tanh", "dropout 0.5", "dropout2d 0.5"),
    *("flatten", "linear 32", "gap", "gmp", "convt 16 k3 s2", "pad 1,0,1,0"),
)
Edit = Callable[[list[str], int], int]  # changes the layers at an index and says which to choose next


def editor(found: Source) -> None:
    """Draw the list; every edit rewrites the text field."""
    count = len(found.chunks)
    chosen = st.session_state.get(state.STACK_SELECTED)
    if isinstance(chosen, int) and chosen > count:
        st.session_state[state.STACK_SELECTED] = count
    number = st.selectbox("Layer", range(1, count + 1), key=state.STACK_SELECTED,
                          format_func=lambda n: f"{n} · {found.chunks[n - 1]}")  # fmt: skip
    index = int(number or 1) - 1
    with st.container(horizontal=True, gap="xsmall"):
        _button("Up", _up, found, index, disabled=index == 0)
        _button("Down", _down, found, index, disabled=index == count - 1)
        _button("Duplicate", _duplicate, found, index)
        _button("Delete", _delete, found, index, disabled=count == 1)
    new, add = st.columns([1.6, 1], vertical_alignment="bottom", wrap=False)
    new.selectbox("Add after it", NEW, key=state.STACK_NEW, accept_new_options=True)
    with add:
        _button("Add", _add, found, index)


def _button(label: str, edit: Edit, found: Source, index: int, disabled: bool = False) -> None:
    st.button(label, on_click=_apply, args=(edit, found, index), disabled=disabled)


def _apply(edit: Edit, found: Source, index: int) -> None:
    chunks = list(found.chunks)
    st.session_state[state.STACK_SELECTED] = edit(chunks, index) + 1
    shapes_source.set_chunks(chunks)


def _up(chunks: list[str], index: int) -> int:
    chunks[index - 1 : index + 1] = [chunks[index], chunks[index - 1]]
    return index - 1


def _down(chunks: list[str], index: int) -> int:
    chunks[index : index + 2] = [chunks[index + 1], chunks[index]]
    return index + 1


def _duplicate(chunks: list[str], index: int) -> int:
    chunks.insert(index + 1, chunks[index])
    return index + 1


def _delete(chunks: list[str], index: int) -> int:
    del chunks[index]
    return min(index, len(chunks) - 1)


def _add(chunks: list[str], index: int) -> int:
    chunks.insert(index + 1, str(st.session_state.get(state.STACK_NEW) or NEW[0]))
    return index + 1
