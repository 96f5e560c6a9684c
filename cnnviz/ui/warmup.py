"""Pay for what is slow in the background, after the first page has been painted."""

import gc
import logging
import threading
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import CnnvizError
from cnnviz.ui import cache

if TYPE_CHECKING:
    from cnnviz.training.device import DeviceInfo

log = logging.getLogger("cnnviz")


class Warmth:
    """What the background has found out so far."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.device: DeviceInfo | None = None
        self._once = threading.Lock()

    def start(self, delay_s: float) -> None:
        """Start warming up after a moment, unless somebody has."""
        timer = threading.Timer(delay_s, self._start_once)
        timer.daemon = True
        timer.start()

    def _start_once(self) -> None:
        if self._once.acquire(blocking=False):
            self.warm()

    def warm(self) -> None:
        """Start the training process, read the embedded digits, import torch."""
        try:
            cache.jobs().warm_up()
            cache.image_set("mnist-5k")
            self._look_at_device()
        except (CnnvizError, OSError, ImportError):
            # Whoever needs the missing part will meet the same error and show it.
            log.exception("Warming up failed")
        finally:
            gc.freeze()  # what is loaded now stays: later collections need not look at it
            self.ready.set()
        self._follow_a_network()

    def _follow_a_network(self) -> None:
        """Torch imports a good part of itself when it first follows shapes; Architectures need not wait for that."""
        from cnnviz.introspection.network_facts import summarise
        from cnnviz.models import registry

        summarise(registry.sketch("lenet"), (1, 28, 28))
        gc.freeze()

    def _look_at_device(self) -> None:
        from cnnviz.training.device import choose_device, describe

        self.device = describe(choose_device())


def begin(delay_s: float = 0.5) -> None:
    """Start warming up, once a server; after a moment, so that the page just sent is painted first."""
    if not is_ready():
        _warmth().start(delay_s)


def is_ready() -> bool:
    """True once the first run, the digits and torch can be used without waiting."""
    return _warmth().ready.is_set()


def device() -> "DeviceInfo | None":
    """The device that "auto" stands for, once it is known."""
    return _warmth().device


@st.cache_resource(show_spinner=False, max_entries=1)
def _warmth() -> Warmth:
    return Warmth()
