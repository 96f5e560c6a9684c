"""``bench pages``: how soon a page is there, against a one-line Streamlit page in the same run.

A page is there when its heading is visible in Chromium, counted from the start of the navigation. Fresh means the
server has just come up and the browser has an empty cache.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from cnnviz.bench.browser import CHROMIUM_ARGS, find_chromium, serve
from cnnviz.bench.report import Report

FRESH, WARM = 3, 9
ONE_LINE = 'import streamlit as st\nst.title("cnnviz")\n'
WAYS = (("Train", "Train"), ("Mistakes", "Mistakes"), ("Home", "cnnviz"))

Say = Callable[[str], None]
if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def run(say: Say) -> Report:
    """Measure fresh and repeated loads of Home, ways between pages, and submit to first epoch."""
    from playwright.sync_api import sync_playwright

    report = Report("pages")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder) / "one_line.py"
        script.write_text(ONE_LINE)
        env = {"CNNVIZ_RUNS": f"{folder}/runs", "CNNVIZ_DATA": f"{folder}/data"}
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        _first_paint(report, browser, script, env, say)
        with ExitStack() as stack:
            plain = stack.enter_context(serve(script, {**os.environ}))
            ours = stack.enter_context(serve(env=env))
            _reloads(report, browser, plain, ours, say)
            _ways(report, browser, ours, say)
            _first_epoch(report, browser, ours, say)
        browser.close()
    return report


def _first_paint(report: Report, browser: "Browser", script: Path, env: dict[str, str], say: Say) -> None:
    plain, ours = [], []
    for turn in range(FRESH):
        say(f"fresh servers, {turn + 1} of {FRESH}")
        with serve(script) as url:
            plain.append(_open_fresh(browser, url))
        with serve(env=env) as url:
            ours.append(_open_fresh(browser, url))
    base, home = report.add("fresh: one line", plain, "s"), report.add("fresh: home", ours, "s")
    report.ratios["fresh: home_minus_one_line_s"] = home - base


def _open_fresh(browser: "Browser", url: str) -> float:
    context = browser.new_context()
    seconds = _open(context.new_page(), url)
    context.close()
    return seconds


def _open(page: "Page", url: str) -> float:
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.get_by_role("heading", name="cnnviz").wait_for()
    return time.perf_counter() - started


def _reloads(report: Report, browser: "Browser", plain: str, ours: str, say: Say) -> None:
    pages = {
        "one line": (browser.new_context().new_page(), plain),
        "home": (browser.new_context().new_page(), ours),
    }
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(WARM + 1):
        say(f"reloads, {turn} of {WARM}")
        for name, (page, url) in pages.items():
            taken = _open(page, url)
            if turn:
                seconds[name].append(taken)
    medians = {name: report.add(f"reload: {name}", values, "s") for name, values in seconds.items()}
    report.ratios["reload: home_minus_one_line_s"] = medians["home"] - medians["one line"]
    for page, _ in pages.values():
        page.context.close()


def _ways(report: Report, browser: "Browser", url: str, say: Say) -> None:
    page = browser.new_context().new_page()
    _open(page, url)
    page.wait_for_timeout(3000)
    taken: dict[str, list[float]] = {link: [] for link, _ in WAYS}
    for turn in range(WARM):
        say(f"ways between pages, {turn + 1} of {WARM}")
        for link, heading in WAYS:
            started = time.perf_counter()
            page.get_by_role("link", name=link, exact=True).first.click()
            page.get_by_role("heading", name=heading, exact=True).wait_for()
            taken[link].append(time.perf_counter() - started)
            page.wait_for_timeout(400)
    for link, values in taken.items():
        report.add(f"to {link}", values, "s")
    report.add("between pages", [value for values in taken.values() for value in values], "s")
    page.context.close()


def _first_epoch(report: Report, browser: "Browser", url: str, say: Say) -> None:
    """From the click on Start to the first epoch's accuracy on the page, once warm."""
    page = browser.new_context().new_page()
    page.goto(f"{url}/train")
    page.get_by_role("button", name="Start").wait_for()
    taken = []
    for turn in range(4):
        say(f"first epoch, {turn} of 3")
        started = time.perf_counter()
        page.get_by_role("button", name="Start").click()
        page.get_by_text("– of 12", exact=True).wait_for()  # the run before has left the page
        page.get_by_text(re.compile(r"^\d+ of 12$")).first.wait_for()
        taken.append(time.perf_counter() - started)
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("This run was stopped").wait_for()
    report.add("submit to first epoch", taken[1:], "s")
    report.ratios["submit_to_first_epoch_s"] = median(taken[1:])
    page.context.close()
