"""Pay for what is slow in the background, after the first page has been painted."""

import importlib
import logging
import threading

import streamlit as st

log = logging.getLogger("cnnviz")
_ready = threading.Event()


def begin() -> None:
    """Start warming up, once a server. Call it after the page has run."""
    _start()


def is_ready() -> bool:
    """True once torch can be used without waiting for its import."""
    return _ready.is_set()


@st.cache_resource(show_spinner=False, max_entries=1)
def _start() -> threading.Thread:
    thread = threading.Thread(target=_warm, name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    try:
        importlib.import_module("torch")
    except Exception:  # noqa: BLE001 - whoever needs torch will meet the same error and show it
        log.exception("torch could not be imported")
    _ready.set()
