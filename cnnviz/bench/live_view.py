"""What a page that watches a run costs the run: the same training with the page open on it and without."""

import os
import time
from collections.abc import Callable
from statistics import median
from typing import Protocol

from cnnviz.bench.browser import CHROMIUM_ARGS, find_chromium, serve
from cnnviz.bench.report import Report

SETTINGS = {"data": "mnist-5k", "max_epochs": 8}


class Trains(Protocol):
    """Something that trains a run and tells its speed."""

    def images_per_s(self, settings: dict[str, object], watch: Callable[[str], None] | None = None) -> float: ...


def measure_live_view(report: Report, app: Trains, say: Callable[[str], None], rounds: int) -> None:
    """Add live_view_cost: the share of its speed that a run loses, as the median over rounds."""
    if not find_chromium():
        report.add("live view not measured: no browser", [0.0], "images/s")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, serve(env={**os.environ}) as url:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        page = browser.new_page()
        page.goto(f"{url}/train", wait_until="commit")
        page.get_by_role("button", name="Start").first.wait_for()
        time.sleep(5)  # the server's own training process comes up, and then rests
        alone, watched = [], []
        for turn in range(rounds + 1):
            say(f"live view, round {turn} of {rounds}")
            page.goto("about:blank")
            without = app.images_per_s(SETTINGS)
            with_page = app.images_per_s(SETTINGS, lambda run: page.goto(f"{url}/train?run={run}") and None)
            if turn:
                alone.append(without)
                watched.append(with_page)
        browser.close()
    report.add("live view: nobody watches", alone, "images/s")
    report.add("live view: a page is open", watched, "images/s")
    report.ratios["live_view_cost"] = median(1 - b / a for a, b in zip(alone, watched, strict=True))
