"""A server a module and a page a test, in the browser that is on the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cnnviz.bench.browser import CHROMIUM_ARGS, find_chromium, serve


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Runs of their own for each module; the parsed digits are shared by the whole session."""
    shared = tmp_path_factory.getbasetemp() / "data"
    return {"CNNVIZ_RUNS": str(tmp_path_factory.mktemp("runs")), "CNNVIZ_DATA": str(shared)}


@pytest.fixture(scope="module")
def app_url(folders: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(env=folders, log=Path(tmp_path_factory.mktemp("log")) / "server.log") as url:
        yield url


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A tab of 1280×800; a JavaScript error on the page fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
