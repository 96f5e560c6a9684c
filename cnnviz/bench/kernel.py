"""How quickly the kernel laboratory follows the hand, beside the page a Streamlit user would write.

Every time runs from the event's own time stamp to the end of the frame that shows the change: an
animation frame in which the pixels have changed, and the task after it, which the browser runs once that
frame is painted.
"""

import json
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnviz.bench.browser import CHROMIUM_ARGS, find_chromium, serve
from cnnviz.bench.report import Report
from cnnviz.kernel_links import to_params
from cnnviz.kernel_specs import KernelLab, KernelStep

KEYS, STOCK_KEYS, HOVERS = 80, 20, 80
WARM_UP = 12  # the browser compiles what runs often while it runs

WATCH = Path(__file__).with_name("kernel_watch.js")
FLOOR = "<input><p>0</p>"
COUNT = "document.querySelector('input').onkeydown = () => { document.querySelector('p').textContent++; }"
STOCK = """
import numpy as np, streamlit as st, torch, torch.nn.functional as F
from PIL import Image

@st.cache_data
def picture():
    return np.array(Image.open({file!r}).convert("RGB"))

middle = st.slider("Middle weight", 3.0, 7.0, 5.0, 0.1)
x = torch.from_numpy(picture()).permute(2, 0, 1)[None].float() / 255
kernel = torch.tensor([[0.0, -1, 0], [-1, middle, -1], [0, -1, 0]]).expand(3, 1, 3, 3)
out = F.conv2d(x, kernel, padding=1, groups=3)[0].permute(1, 2, 0)
st.image(out.clamp(0, 1).numpy())
"""


def run(progress: Callable[[str], None]) -> Report:
    """Time the laboratory and a stock page in one browser. Needs Chromium; takes about two minutes."""
    from playwright.sync_api import sync_playwright

    report = Report("kernel")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stock = Path(folder) / "stock.py"
        stock.write_text(STOCK.format(file=_photograph()), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGS)
        with serve() as app_url, serve(app=stock) as stock_url:
            _run(report, browser, app_url, stock_url, progress)
        browser.close()
    return report


def _run(report: Report, browser: Any, app_url: str, stock_url: str, progress: Callable[[str], None]) -> None:  # noqa: ANN401
    def tab() -> Any:  # noqa: ANN401 - playwright's Page
        return browser.new_context(viewport={"width": 1280, "height": 800}).new_page()

    progress("the floor: key to changed text")
    report.add("floor_key_to_text", _floor(tab()), "ms")
    progress("first picture")
    home = tab()
    home.goto(app_url)  # a server that has shown its first page knows the others' addresses
    home.wait_for_selector("[data-testid=stMainBlockContainer]")
    home.wait_for_timeout(4000)
    home.context.close()
    report.add("first_picture", [_first_picture(tab(), app_url) for _ in range(5)], "ms")
    three = KernelStep(kernel=((0, -1, 0), (-1, 5, -1), (0, -1, 0)), padding=(1, 1))
    seven = KernelStep(kernel=((0.02,) * 7,) * 7, padding=(6, 6), dilation=(2, 2))
    for name, channels, step in (
        ("key_3x3", "each", three),
        ("key_3x3_one_map", "sum", three),
        ("key_7x7_dilated", "each", seven),
    ):
        progress(f"{name}, channels {channels}")
        page = tab()
        times = _keys(page, app_url, KernelLab((step,), channels))
        report.add(name, times, "ms")
        report.add_percentile(f"{name}_p95", times, "ms", 95)
        if name == "key_3x3":
            ours = times
            progress("lens hover")
            hovers = _hovers(page)
            report.add("lens_hover", hovers, "ms")
            report.add_percentile("lens_hover_p95", hovers, "ms", 95)
        page.context.close()
    progress("the stock page: slider, torch, st.image")
    stock = _stock(tab(), stock_url)
    report.ratios["stock_vs_app"] = report.add("stock_page", stock, "ms") / sorted(ours)[len(ours) // 2]


def _photograph() -> str:
    from cnnviz import pictures

    return str(pictures.photograph_file("astronaut"))


def _pause(page: Any, least: float = 60, most: float = 180) -> None:  # noqa: ANN401
    page.wait_for_timeout(random.uniform(least, most))  # so that keys fall anywhere in a frame


def _press(page: Any, count: int, keys: tuple[str, str]) -> list[float]:  # noqa: ANN401
    for at in range(count + WARM_UP):
        page.keyboard.press(keys[(at // 10) % 2])
        page.wait_for_function(f"times.length > {at}", timeout=10_000)
        _pause(page)
    return [float(time) for time in page.evaluate(f"times.slice({WARM_UP})")]


def _floor(page: Any) -> list[float]:  # noqa: ANN401
    page.set_content(FLOOR)
    page.evaluate(WATCH.read_text())
    page.evaluate(COUNT)
    page.evaluate("watchText()")
    page.focus("input")
    return _press(page, 40, ("ArrowUp", "ArrowDown"))


def _first_picture(page: Any, url: str) -> float:  # noqa: ANN401
    """From navigation to the frame in which the output canvas has been drawn."""
    page.goto(f"{url}/kernels", wait_until="commit")
    page.wait_for_function("""() => {
      const host = [...document.querySelectorAll('*')].find((e) => e.shadowRoot?.querySelector('.lab'));
      const studio = host?.shadowRoot.querySelector('.lab').studio;
      return studio?.chain.outputs.length && studio.view.size;
    }""", polling="raf")  # fmt: skip
    time = float(page.evaluate("performance.now()"))
    page.context.close()
    return time


def _keys(page: Any, url: str, lab: KernelLab) -> list[float]:  # noqa: ANN401
    from urllib.parse import urlencode

    page.goto(f"{url}/kernels?{urlencode({'picture': 'astronaut', **to_params(lab)})}")
    page.wait_for_selector(".lab .strip canvas")
    page.wait_for_selector("text=PyTorch agrees", timeout=60_000)
    page.evaluate(WATCH.read_text())
    page.evaluate("watchKeys()")
    page.focus(".lab .cells input >> nth=4")
    return _press(page, KEYS, ("ArrowUp", "ArrowDown"))


def _hovers(page: Any) -> list[float]:  # noqa: ANN401
    box = page.locator('[data-part="output"]').bounding_box()
    page.evaluate("() => { times.length = 0; }")
    page.evaluate("watchHover()")
    for at in range(HOVERS + WARM_UP):
        page.mouse.move(box["x"] + 40 + (at * 37) % 250, box["y"] + 40 + (at * 53) % 250)
        page.wait_for_function(f"times.length > {at}", timeout=10_000)
        _pause(page, 20, 90)
    return [float(time) for time in json.loads(page.evaluate(f"JSON.stringify(times.slice({WARM_UP}))"))]


def _stock(page: Any, url: str) -> list[float]:  # noqa: ANN401
    page.goto(url)
    page.wait_for_selector('[data-testid="stImage"] img', timeout=60_000)
    page.wait_for_timeout(1500)
    page.evaluate(WATCH.read_text())
    page.evaluate("watchStock()")
    page.focus('[data-testid="stSlider"] :is([role="slider"], input)')
    return _press(page, STOCK_KEYS, ("ArrowRight", "ArrowLeft"))
