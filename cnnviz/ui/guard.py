"""No traceback ever reaches the page."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from cnnviz.errors import CnnvizError

log = logging.getLogger("cnnviz")


@contextmanager
def calm() -> Iterator[None]:
    """Show what goes wrong inside as a message; Streamlit's own control flow passes through.

    Use it around the smallest part that can fail, so that the rest of the page stays on screen.
    """
    try:
        yield
    except CnnvizError as error:
        show(error)
    except Exception:
        log.exception("A page failed")
        st.error("Something went wrong in this part of the page. The server's log has the details; "
                 "reloading the page is safe.", icon=":material/error:")  # fmt: skip


def show(error: CnnvizError) -> None:
    """Show an error's message and hint where the page stands now."""
    st.error(f"{plain(error.message)}  \n{plain(error.hint)}".strip(), icon=":material/error:")


def plain(text: str) -> str:
    """Text that Markdown shows as it is, whatever a file name or an upload brought into it."""
    return "".join("\\" + char if char in r"\`*_{}[]()<>#+-!|~$:" else char for char in text)
