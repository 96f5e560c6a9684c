"""How fast the Shapes page follows: from a hovered cell to its highlight, from a control to its numbers.

Both stand beside a floor measured in the same run: a page without a framework that writes the pointer's
place, and a Streamlit app of three lines. A hover starts at the event's own time stamp. It ends in the task
after the animation frame that draws it, when the browser has painted; the rows named ``second_frame`` end in
the next animation frame instead, which adds the wait of one frame (16.7 ms at 60 Hz) to page and floor alike.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnviz.bench.browser import CHROMIUM_ARGS, find_chromium, serve
from cnnviz.bench.report import Report

HOVERS, CHANGES, WARM = 60, 15, 5
SIZES = (5, 16, 64)
BARE_PAGE = """<div id="place" style="width:400px;height:400px"></div><output></output><script>
document.getElementById("place").onpointermove = (event) => {
  document.querySelector("output").textContent = `${event.offsetX}, ${event.offsetY}`;
};</script>"""
BARE_APP = """import streamlit as st
stride = st.number_input("Stride", value=1, step=1)
st.markdown(f"**Output** {12 + stride}")
"""
WATCH = """(type) => {
  window.times = { painted: [], second: [] };
  document.addEventListener(type, (event) => {
    const start = event.timeStamp;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.times.painted.push(performance.now() - start);
      channel.port2.postMessage(0);
      requestAnimationFrame(() => window.times.second.push(performance.now() - start));
    });
  }, { capture: true });
}"""
WATCH_NUMBERS = """() => {
  const text = () => [...document.querySelectorAll("[data-testid=stMarkdown]")].map((e) => e.textContent)
    .find((t) => t.startsWith("Output")) ?? "";
  window.change = () => new Promise((resolve, reject) => {
    const before = text();
    const button = document.querySelector("[data-plus]");
    const start = performance.now();
    const observer = new MutationObserver(() => {
      if (!text() || text() === before) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    button.click();
    setTimeout(() => reject(new Error("no new numbers")), 10000);
  });
}"""


def run(progress: Callable[[str], None]) -> Report:
    """Measure everything in one browser; takes about a minute."""
    from playwright.sync_api import sync_playwright

    report = Report("shapes")
    with sync_playwright() as playwright, serve() as url:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        _hovers(page, url, report, progress)
        _controls(page, url, report, progress)
        browser.close()
    return report


def open_shapes(page: Any, url: str, query: str) -> None:  # noqa: ANN401
    """Open the Shapes page with some settings."""
    page.goto(f"{url}/shapes?{query}")
    page.get_by_role("heading", name="Shapes", exact=True).wait_for(timeout=60_000)


def _hovers(page: Any, url: str, report: Report, progress: Callable[[str], None]) -> None:  # noqa: ANN401
    progress("hover: the floor")
    page.set_content(BARE_PAGE)
    floor = _add_hovers(page, page.locator("#place"), "floor", report)
    for size in SIZES:
        progress(f"hover: {size}×{size}")
        open_shapes(page, url, f"l_h={size}")
        box = page.locator(".grids figure:last-child .box")
        box.wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        value = _add_hovers(page, box, f"{size}x{size}", report)
        report.ratios[f"hover_{size}x{size}_vs_floor"] = value / floor


def _add_hovers(page: Any, place: Any, name: str, report: Report) -> float:  # noqa: ANN401
    times = _hover_times(page, place)
    report.add_percentile(f"hover_{name}_p95", times["painted"], "ms", 95)
    report.add(f"hover_{name}_second_frame", times["second"], "ms")
    return report.add(f"hover_{name}", times["painted"], "ms")


def _hover_times(page: Any, place: Any) -> dict[str, list[float]]:  # noqa: ANN401
    """Times of single movements, each to another place, with uneven pauses so that no frame is favoured."""
    page.evaluate(WATCH, "pointermove")
    box = place.bounding_box()
    for step in range(HOVERS + WARM):
        across, down = (step * 0.37) % 1, (step * 0.61) % 1
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        page.wait_for_timeout(23 + step % 7)
    page.wait_for_timeout(200)
    times: dict[str, list[float]] = page.evaluate("window.times")
    return {name: values[WARM:] for name, values in times.items()}


def _controls(page: Any, url: str, report: Report, progress: Callable[[str], None]) -> None:  # noqa: ANN401
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "bare.py"
        app.write_text(BARE_APP)
        with serve(app) as bare_url:
            progress("control: the floor")
            floor = report.add("control_floor", _change_times(page, "Stride", lambda: page.goto(bare_url)), "ms")
    progress("control: the Shapes page")
    times = _change_times(page, "Input size", lambda: open_shapes(page, url, "l_h=16"))
    value = report.add("control_to_numbers", times, "ms")
    report.add_percentile("control_to_numbers_p95", times, "ms", 95)
    report.ratios["control_vs_floor"] = value / floor


def _change_times(page: Any, label: str, visit: Callable[[], object]) -> list[float]:  # noqa: ANN401
    visit()
    plus = (
        page.get_by_label(label, exact=True)
        .locator("xpath=ancestor::*[@data-testid='stNumberInput']")
        .locator("[data-testid=stNumberInputStepUp]")
    )
    plus.wait_for(timeout=60_000)
    page.wait_for_timeout(1500)
    page.evaluate(WATCH_NUMBERS)
    times = []
    for _ in range(CHANGES + 2):
        plus.evaluate("(button) => button.setAttribute('data-plus', '')")
        times.append(float(page.evaluate("window.change()")))
        page.wait_for_timeout(150)
    return times[2:]
