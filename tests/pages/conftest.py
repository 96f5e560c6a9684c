"""A page as Streamlit runs it, without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.data.image_set import ImageSet
from cnnviz.ui import cache

ROOT = Path(__file__).parents[2]


@pytest.fixture
def open_page(digits: ImageSet) -> Callable[..., AppTest]:
    """Opens a page of the app and checks that nothing went wrong on it."""

    def opened(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.query_params.update(query)
        app.run()
        app.switch_page(f"pages/{name}.py").run() if name != "home" else None
        assert not app.exception
        return app

    yield opened
    cache.jobs().close()
    cache.jobs.clear()
