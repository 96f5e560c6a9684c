"""A run through all that can be asked of it, and a race, in a real browser."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_journey import open_section, set_number

pytestmark = pytest.mark.browser
SLOW_MS = 60_000


def button(tab: Page, name: str) -> Locator:
    return tab.get_by_role("button", name=name, exact=True)


def only_run(folders: dict[str, str]) -> Path:
    (run,) = (path for path in Path(folders["CNNVIZ_RUNS"]).iterdir() if re.match(r"\d", path.name))
    return run


def test_a_run_is_paused_changed_stopped_resumed_named_and_deleted(
    tab: Page, app_url: str, folders: dict[str, str], chromium: Browser
) -> None:
    tab.goto(f"{app_url}/train")
    expect(button(tab, "Start")).to_be_visible(timeout=SLOW_MS)
    set_number(tab, "Epochs", "400")
    open_section(tab, "Data and batches")
    set_number(tab, "Training images", "200")
    set_number(tab, "Validation images", "100")
    button(tab, "Start").click()
    best = tab.get_by_test_id("stMetric").filter(has_text="Best epoch")
    expect(best).to_contain_text(re.compile(r"\d+ of 400"), timeout=SLOW_MS)
    run = only_run(folders)

    # Paused, nothing moves; continued, it does.
    button(tab, "Pause").click()
    expect(tab.get_by_text(re.compile("^Paused. Epoch"))).to_be_visible(timeout=SLOW_MS)
    epochs = len((run / "history.jsonl").read_text().splitlines())
    tab.wait_for_timeout(700)
    assert len((run / "history.jsonl").read_text().splitlines()) == epochs
    button(tab, "Continue").click()
    expect(button(tab, "Pause")).to_be_visible(timeout=SLOW_MS)

    # Another learning rate from the next epoch on: in the history, and as a mark in the curves.
    tab.get_by_role("button", name="Change").click()
    tab.get_by_role("spinbutton", name="Learning rate").last.fill("0.0005")
    button(tab, "Change from the next epoch").click()
    tab.wait_for_timeout(1500)
    tab.keyboard.press("Escape")
    rates = [json.loads(line)["lr"] for line in (run / "history.jsonl").read_text().splitlines()]
    assert rates[0] == 0.001 and rates[-1] == 0.0005

    # The other views, while it runs.
    for view, found in (("Kernels", "All 20 kernels"), ("Images", "validation images are right")):
        tab.get_by_role("radio", name=view).click(force=True)
        expect(tab.get_by_text(found)).to_be_visible(timeout=SLOW_MS)
    tab.get_by_role("radio", name="Curves").click(force=True)

    # Stopped, resumed, stopped again; named from one tab, seen from another.
    button(tab, "Stop").click()
    expect(tab.get_by_text("This run was stopped")).to_be_visible(timeout=SLOW_MS)
    kept = len((run / "history.jsonl").read_text().splitlines())
    button(tab, "Resume").click()
    expect(button(tab, "Pause")).to_be_visible(timeout=SLOW_MS)
    button(tab, "Stop").click()
    expect(tab.get_by_text("This run was stopped")).to_be_visible(timeout=SLOW_MS)
    assert len((run / "history.jsonl").read_text().splitlines()) >= kept
    expect(button(tab, "Resume")).to_be_visible(timeout=SLOW_MS)  # the page has been drawn anew, popovers with it
    tab.get_by_role("button", name="Name and note").click()
    tab.get_by_role("textbox", name="Name").fill("My first")
    button(tab, "Save").click()
    expect(tab.get_by_role("combobox", name=re.compile("Run"))).to_have_value(re.compile("My first"), timeout=SLOW_MS)
    other = chromium.new_context().new_page()
    other.goto(tab.url)
    expect(other.get_by_text("This run was stopped")).to_be_visible(timeout=SLOW_MS)

    # Deleted, after asking; whoever else looked at it is told so.
    tab.keyboard.press("Escape")
    button(tab, "Delete").click()
    expect(tab.get_by_role("dialog")).to_contain_text("My first")
    button(tab, "Delete it").click()
    expect(tab.get_by_text("A recorded run that comes with the app")).to_be_visible(timeout=SLOW_MS)
    assert not run.exists() and "run=" not in tab.url
    expect(tab.get_by_role("combobox", name="Run", exact=True)).not_to_have_value(re.compile("My first"))
    tab.get_by_role("radio", name="Demo").click(force=True)  # nor does it come back with the next click
    expect(tab.get_by_role("combobox", name="Recipe")).to_have_value(re.compile("emo"), timeout=SLOW_MS)
    assert "run=" not in tab.url and tab.get_by_text("is not here").count() == 0
    other.reload()
    expect(other.get_by_text("The link asks for a run that is not here")).to_be_visible(timeout=SLOW_MS)
    other.context.close()


def test_a_race_of_small_runs(tab: Page, app_url: str) -> None:
    tab.goto(f"{app_url}/compare")
    expect(tab.get_by_text("A recorded race that comes with the app")).to_be_visible(timeout=SLOW_MS)
    tab.get_by_role("radio", name="Your own").click(force=True)
    for label, typed, option in (
        ("Recipe", "600", "S3 · Demo: over-fitting 600 digits"),
        ("What differs", "Epo", "Epochs"),
    ):
        tab.get_by_role("combobox", name=re.compile(label)).fill(typed)
        tab.get_by_role("option", name=option, exact=True).click()
    values = tab.get_by_role("textbox", name="Values, with commas between")
    expect(values).to_have_attribute("placeholder", "40, 20", timeout=SLOW_MS)  # it is that of the epochs by now
    values.fill("1, 2, 3")
    values.press("Enter")
    button(tab, "Race 3").click()
    expect(tab).to_have_url(re.compile("race=2"), timeout=SLOW_MS)
    expect(tab.get_by_role("button", name="Stop all")).to_have_count(0, timeout=120_000)
    link = tab.url
    tab.reload()
    expect(tab.get_by_test_id("stVegaLiteChart")).to_have_count(2, timeout=SLOW_MS)
    assert tab.url == link
    table = tab.get_by_test_id("stDataFrame")
    expect(table).to_contain_text("3 of 3", timeout=SLOW_MS)
    assert table.get_by_text("finished", exact=True).count() == 3


@pytest.mark.parametrize("path", ["train", "compare"])
def test_on_a_phone_the_picture_comes_before_the_settings(chromium: Browser, app_url: str, path: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{app_url}/{path}")
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_be_visible(timeout=SLOW_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if path == "train":
        start = button(page, "Start").bounding_box()
        section, picture = page.locator("summary").first.bounding_box(), chart.bounding_box()
        assert start and section and picture and start["y"] < picture["y"] < section["y"]
    context.close()
