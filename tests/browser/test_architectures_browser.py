"""The Architectures page in a real browser: pick, break, compare, train both, bring weights."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cnnviz.models import registry
from cnnviz.models.weights import save_state
from tests.browser.test_journey import PHONE, SPILLING, set_number

pytestmark = pytest.mark.browser


def test_from_a_network_to_trained_heads_and_own_weights(
    tab: Page, app_url: str, folders: dict[str, str], tmp_path: Path
) -> None:
    # One network is drawn at once; pointing at a block shows its numbers.
    tab.goto(f"{app_url}/architectures")
    drawing = tab.locator(".network")
    expect(drawing).to_be_visible(timeout=60_000)
    assert drawing.bounding_box()["y"] + drawing.bounding_box()["height"] < 800
    expect(drawing.locator(".arc")).to_have_count(1)
    drawing.locator(".op").nth(1).hover()
    expect(drawing.locator(".op").nth(1).locator(".tip")).to_be_visible()
    expect(drawing.locator(".op").nth(1).locator(".tip")).to_contain_text("896 parameters")
    drawing.locator(".op").nth(4).focus()
    expect(drawing.locator(".op").nth(4).locator(".tip")).to_be_visible()

    # Another network, found by typing; it is in the address. A larger image breaks it.
    box = tab.get_by_role("combobox", name="Network")
    box.click()
    box.fill("lenet")
    tab.get_by_role("option", name="S2 · LeNet").click()
    expect(tab).to_have_url(re.compile("net=lenet"))
    expect(tab.get_by_test_id("stMetric").filter(has_text="Parameters")).to_contain_text("431,080")
    set_number(tab, "Image rows", "40")
    expect(tab.get_by_text("breaks at Linear")).to_be_visible()
    expect(drawing.locator(".fails")).to_have_count(1)
    tab.reload()
    expect(tab.get_by_text("breaks at Linear")).to_be_visible(timeout=30_000)

    # FC against GAP: recorded curves first, then both train side by side.
    tab.get_by_role("radio", name="FC against GAP").click()
    expect(tab.get_by_text("recorded runs that come with the app")).to_be_visible(timeout=30_000)
    set_number(tab, "Epochs", "2")
    set_number(tab, "Digits", "200")
    tab.get_by_role("button", name="Train both").click()
    expect(tab).to_have_url(re.compile(r"heads=2\d+"), timeout=30_000)
    expect(tab.get_by_text("Score shifted digits")).to_be_visible(timeout=120_000)
    runs = [path for path in Path(folders["CNNVIZ_RUNS"]).iterdir() if (path / "history.jsonl").exists()]
    assert len(runs) == 2 and all(len((run / "history.jsonl").read_text().splitlines()) == 2 for run in runs)

    # Own weights: those of another network are refused key by key, the right ones are kept and scored.
    right, wrong = tmp_path / "mine.safetensors", tmp_path / "other.pt"
    right.write_bytes(save_state(registry.build("lenet"), "safetensors"))
    wrong.write_bytes(save_state(registry.build("gap_cnn"), "pt"))
    tab.get_by_role("radio", name="Your own").click()
    upload = tab.get_by_test_id("stFileUploader").locator("input[type=file]")
    upload.set_input_files(str(wrong))
    expect(tab.get_by_text("These are another network's weights")).to_be_visible(timeout=30_000)
    upload.set_input_files(str(right))
    expect(tab.get_by_text("All 8 tensors fit.")).to_be_visible(timeout=30_000)
    tab.get_by_role("button", name="Keep these weights").click()
    tab.get_by_role("button", name="Score it on this data set").click()
    expect(tab.get_by_text("it takes a few seconds")).to_be_visible(timeout=30_000)
    tab.get_by_role("link", name="See how it goes").click()
    expect(tab.get_by_text("This run is finished")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("part", ["One network", "FC against GAP", "Two at a time", "What tutorials hide", "Your own"])
def test_nothing_overflows_on_a_phone(chromium: Browser, app_url: str, part: str) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True)
    page = context.new_page()
    page.goto(f"{app_url}/architectures?look={part}")
    expect(page.get_by_role("heading").first).to_be_visible(timeout=30_000)
    time.sleep(3)
    wide = page.evaluate(SPILLING)
    across = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert wide == 0 and across <= PHONE["width"]
