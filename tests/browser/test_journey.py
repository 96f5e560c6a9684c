"""A newcomer's way through the app in a real browser: train, watch, read the mistakes, come back."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
# What sticks out to the right, except within something that scrolls sideways by itself.
SPILLING = """
[...document.querySelectorAll("[data-testid=stMain] *")].filter(element => {
  for (let above = element.parentElement; above && above.dataset.testid !== "stMain"; above = above.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(above).overflowX)) return false;
  return element.getBoundingClientRect().right > innerWidth + 1 && element.checkVisibility();
}).length
"""


def set_number(tab: Page, label: str, value: str) -> None:
    box = tab.get_by_role("spinbutton", name=label)
    box.fill(value)
    box.press("Enter")


def open_section(tab: Page, title: str) -> None:
    tab.locator("summary").filter(has_text=title).click()


def wait_for_run(folders: dict[str, str]) -> Path:
    (run,) = (path for path in Path(folders["CNNVIZ_RUNS"]).iterdir() if path.is_dir())
    return run


def test_train_watch_and_read_the_mistakes(tab: Page, app_url: str, folders: dict[str, str], chromium: Browser) -> None:
    tab.goto(app_url)
    tab.get_by_role("button", name="Train a network").click()
    expect(tab.get_by_text("A recorded run that comes with the app")).to_be_visible(timeout=30_000)
    set_number(tab, "Epochs", "2")
    open_section(tab, "Data and batches")
    set_number(tab, "Training images", "300")
    set_number(tab, "Validation images", "200")
    set_number(tab, "Batch size", "5")
    tab.get_by_role("button", name="Start").click()

    # The curve gets points while the run moves, and the run is in the address.
    expect(tab.get_by_role("button", name="Stop")).to_be_visible(timeout=30_000)
    expect(tab).to_have_url(re.compile(r"run=2\d+-.*lenet-digits"))
    expect(tab.get_by_text("This run is finished")).to_be_visible(timeout=120_000)
    expect(tab.get_by_test_id("stMetric").filter(has_text="Best epoch")).to_contain_text(re.compile(r"[12] of 2"))
    charts = tab.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(2)
    for chart in charts.all():
        expect(chart.locator("canvas, svg").first).to_be_visible()
    history = wait_for_run(folders).joinpath("history.jsonl").read_text().splitlines()
    assert len(history) == 2

    # A reload, a second browser and a detour through another page find the same run.
    link = tab.url
    tab.reload()
    expect(tab.get_by_text("This run is finished")).to_be_visible(timeout=30_000)
    other = chromium.new_context().new_page()
    other.goto(link)
    expect(other.get_by_text("This run is finished")).to_be_visible(timeout=30_000)
    other.context.close()
    tab.get_by_role("link", name="Home").first.click()
    expect(tab.get_by_text("Latest runs")).to_be_visible()
    tab.get_by_role("link", name="Train", exact=True).first.click()
    expect(tab.get_by_text("This run is finished")).to_be_visible()

    # Its mistakes, filtered.
    tab.get_by_role("link", name="Read the mistakes of this run").click()
    figures = tab.locator(".tiles figure")
    expect(figures.first).to_be_visible(timeout=30_000)
    shown = figures.count()
    caption = figures.first.locator("b").inner_text()
    target = caption.split(" → ")[0]
    box = tab.get_by_role("combobox", name="True class")
    box.click()
    tab.get_by_role("option", name=re.compile(rf"^{target} \(")).click()
    expect(tab).to_have_url(re.compile(rf"true={target}"))
    expect(figures.first).to_be_visible()
    expect(tab.locator(".tiles figure b").filter(has_not_text=re.compile(rf"^{target} →"))).to_have_count(0)
    assert 0 < figures.count() <= shown


def test_a_run_keeps_moving_and_can_be_stopped_from_another_browser(tab: Page, app_url: str, chromium: Browser) -> None:
    tab.goto(f"{app_url}/train")
    expect(tab.get_by_role("button", name="Start")).to_be_visible(timeout=30_000)
    set_number(tab, "Epochs", "300")
    tab.get_by_role("button", name="Start").click()
    best = tab.get_by_test_id("stMetric").filter(has_text="Best epoch")
    expect(best).to_contain_text(re.compile(r"\d+ of 300"), timeout=60_000)
    other = chromium.new_context(viewport=PHONE).new_page()
    other.goto(tab.url)
    expect(other.get_by_text(re.compile("Epoch .* of 300"))).to_be_visible(timeout=30_000)
    other.get_by_role("button", name="Stop").click()
    expect(tab.get_by_text("This run was stopped")).to_be_visible(timeout=30_000)
    other.context.close()


@pytest.mark.parametrize("path", ["", "train", "mistakes", "kernels"])
def test_nothing_overflows_on_a_phone(chromium: Browser, app_url: str, path: str) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True)
    page = context.new_page()
    page.goto(f"{app_url}/{path}")
    expect(page.get_by_role("heading").first).to_be_visible(timeout=30_000)
    time.sleep(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    wide = page.evaluate(SPILLING)
    context.close()
    assert wide == 0


def test_a_deep_link_is_the_first_thing_a_fresh_server_sees(tab: Page, folders: dict[str, str], tmp_path: Path) -> None:
    from cnnviz.bench.browser import serve

    with serve(env=folders, log=tmp_path / "server.log") as url:
        tab.goto(f"{url}/mistakes?run=nothing")
        expect(tab.get_by_text("The link asks for a run that is not here")).to_be_visible(timeout=30_000)
        expect(tab.get_by_role("link", name="Train", exact=True).first).to_be_visible()
