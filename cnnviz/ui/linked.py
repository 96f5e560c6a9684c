"""A select box whose choice is in the URL, by value.

Streamlit's own ``bind="query-params"`` puts the label there; ours change ("running" becomes "finished"), which would
break every link.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

Value = TypeVar("Value", str, int)


def linked_selectbox(
    label: str,
    options: Sequence[Value],
    *,
    key: str,
    format_func: Callable[[Value], str],
    placeholder: str = "",
    optional: bool = True,
) -> Value | None:
    """The chosen option, or None; ``?key=option`` in the URL chooses it, and a choice changes the URL.

    The choice stays with the session when the visitor goes to another page and comes back. What the URL says that
    is no option is named under the control.
    """
    by_text = {str(option): option for option in options}
    wanted = st.query_params.get(key)
    if wanted in by_text:
        st.session_state[key] = by_text[wanted]
    elif st.session_state.get(key) is not None and st.session_state[key] not in options:
        # Not popped: the browser would go on showing the old choice, and send it back at the next click.
        st.session_state[key] = None if optional else next(iter(options), None)
    chosen = st.selectbox(
        label,
        options,
        index=None if optional else 0,
        key=key,
        on_change=_to_url,
        args=(key,),
        format_func=format_func,
        placeholder=placeholder or None,
        persist_state="session",
    )
    if wanted is not None and wanted not in by_text:
        st.warning(f"The link asks for a {label.lower()} that is not here. Choose one from the list.")
    return chosen


def link_to(key: str, value: str) -> None:
    """Choose a value, before the select box is drawn."""
    st.session_state[key] = value
    st.query_params[key] = value


def _to_url(key: str) -> None:
    chosen = st.session_state.get(key)
    if chosen is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = str(chosen)
