"""``bench endurance``: a long run with a page open on it. Memory and the time of a tick must stay level.

Compares the last tenth of the time with the first, as ratios. 1,000 epochs on few images, so that there is much to
draw; ``CNNVIZ_BENCH_MINUTES`` (default 60) sets how long it is watched at most.
"""

import os
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnnviz.bench.browser import CHROMIUM_ARGS, find_chromium, serve
from cnnviz.bench.report import Report
from cnnviz.errors import CnnvizError
from cnnviz.recipes import get
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.jobs import Jobs

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

MINUTES = float(os.environ.get("CNNVIZ_BENCH_MINUTES", "60"))
SAMPLES = 60  # about so many looks, whatever the time
SETTINGS: dict[str, Any] = {"data": "mnist-5k", "max_epochs": 1000, "train_size": 2000, "valid_size": 500}
TENTH = 10

Say = Callable[[str], None]
Sample = dict[str, float]


def run(say: Say) -> Report:
    """Train, watch, and compare the end with the beginning. Raises CnnvizError when there is no browser."""
    report = Report("endurance")
    if not find_chromium():
        raise CnnvizError("There is no Chromium or Chrome.", "Name one with CNNVIZ_CHROMIUM.")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNVIZ_RUNS"], os.environ["CNNVIZ_DATA"] = f"{folder}/runs", f"{folder}/data"
        jobs = Jobs()
        try:
            trained = jobs.submit(get("lenet-digits").spec.changed(SETTINGS))
            samples = _watched(trained, say)
            report.add("epochs trained", [float(len(trained.history()))], "epochs")
            trained.request_stop()
        finally:
            jobs.close()
    compare(report, samples)
    return report


def compare(report: Report, samples: list[Sample]) -> None:
    """Rows of the first and last tenth, and last / first as ratios."""
    size = max(len(samples) // TENTH, 1)
    units = {"js_heap": "MB", "server_rss": "MB", "tick": "s"}
    for name, unit in units.items():
        first = report.add(f"{name}, first tenth", [sample[name] for sample in samples[:size]], unit)
        last = report.add(f"{name}, last tenth", [sample[name] for sample in samples[-size:]], unit)
        report.ratios[f"{name}_last_vs_first"] = last / first


def _watched(trained: RunFolder, say: Say) -> list[Sample]:
    from playwright.sync_api import sync_playwright

    samples: list[Sample] = []
    with sync_playwright() as playwright, serve(env={**os.environ}) as url:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        page = browser.new_page()
        while not trained.history():
            time.sleep(0.2)
        page.goto(f"{url}/train?run={trained.id}")
        page.get_by_role("button", name="Stop").first.wait_for()
        session, server = page.context.new_cdp_session(page), _server_pid(url)
        page.evaluate(COUNT_TICKS)
        page.wait_for_timeout(5_000)
        ends = time.monotonic() + MINUTES * 60
        while time.monotonic() < ends and trained.status().is_active:
            done = len(trained.history())
            say(f"epoch {done} of {SETTINGS['max_epochs']}, {(ends - time.monotonic()) / 60:.0f} min left at most")
            page.wait_for_timeout(min(MINUTES * 60_000 / SAMPLES, 60_000))
            tick = page.evaluate("window.takeTick()")
            samples.append({"tick": tick, "js_heap": _js_heap(session), "server_rss": _rss(server)})
        browser.close()
    if not samples:
        raise CnnvizError("The run was over before anything was measured.", "Give CNNVIZ_BENCH_MINUTES a lower value.")
    return samples


# A tick is what the browser sees of the fragment's rerun: the median time from one change of the page to the next,
# where bursts of changes within 100 ms count as one. It is the polling interval plus the rerun.
COUNT_TICKS = """() => {
  let last = 0, gaps = [];
  new MutationObserver(() => {
    const now = performance.now();
    if (last && now - last > 100) gaps.push((now - last) / 1000);
    last = now;
  }).observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true});
  window.takeTick = () => {
    gaps.sort((a, b) => a - b);
    const middle = gaps.length ? gaps[gaps.length >> 1] : 0;
    gaps = [];
    return middle;
  };
}"""


def _js_heap(session: "CDPSession") -> float:
    """What the page's scripts hold after a garbage collection, in MB."""
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


def _server_pid(url: str) -> int:
    import psutil

    port = int(url.rsplit(":", 1)[1])
    listening = (c for c in psutil.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port == port)
    found = next(listening, None)
    if found is None or found.pid is None:
        raise CnnvizError("The server's process can't be found.", "May this user see its own processes?")
    return int(found.pid)


def _rss(pid: int) -> float:
    """Resident memory of a process in MB."""
    import psutil

    return float(psutil.Process(pid).memory_info().rss) / 1e6
