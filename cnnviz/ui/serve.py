"""Serving the app: what ``make run`` does once everything is installed."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App

from cnnviz.errors import CnnvizError

IDLE_S = 3.0  # a first visitor who comes at once is served before the warm-up takes the cores
SCRIPT = Path(__file__).resolve().parents[2] / "app.py"


def serve(port: int, address: str) -> None:
    """Serve the app until it is interrupted. Raises CnnvizError when the port is taken."""
    _check_free(port, address)
    # Until st.navigation has been called once, Streamlit takes a folder called pages for its older kind of app: it
    # would answer a first visitor's deep link with the bare page file, without app.py around it.
    PagesManager.uses_pages_directory = False
    App(SCRIPT, lifespan=_warm_up).run(config={"server.port": port, "server.address": address})


@asynccontextmanager
async def _warm_up(_: App) -> AsyncIterator[dict[str, Any]]:
    # What the first page imports, here so that the first visitor does not wait for it; its caches want the server
    # to be there already.
    from cnnviz.ui import home_panels, warmup  # noqa: F401

    warmup.begin(IDLE_S)
    yield {}


def _check_free(port: int, address: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise CnnvizError(
                f"Port {port} of {address} can't be used: {error.strerror or error}.",
                f"Choose another: make run PORT={port + 1}.",
            ) from error
