"""Somebody's own pictures, from a zip to the mistakes of a network that was trained on them."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_journey import PHONE, SPILLING, set_number
from tests.data.collections import packed

pytestmark = pytest.mark.browser


def shapes(count: int) -> dict[str, bytes]:
    """Bright squares and circles of many sizes on noise, 40 × 30, and a file that is no picture."""
    draw, entries = np.random.default_rng(0), {"shapes/notes.txt": b"x"}
    for at in range(count):
        for name in ("circle", "square"):
            image = Image.fromarray(draw.integers(0, 90, (30, 40), dtype=np.uint8))
            left, top, side = draw.integers(2, 20), draw.integers(2, 12), draw.integers(8, 16)
            box = (int(left), int(top), int(left + side), int(top + side))
            getattr(ImageDraw.Draw(image), "ellipse" if name == "circle" else "rectangle")(box, fill=230)
            file = io.BytesIO()
            image.save(file, "PNG")
            entries[f"shapes/{name}/{at}.png"] = file.getvalue()
    return entries


def choose(tab: Page, label: str, option: str | re.Pattern[str]) -> None:
    tab.get_by_role("combobox", name=label).click()
    tab.get_by_role("option", name=option).first.click()


def test_own_pictures_from_a_zip_to_their_mistakes(tab: Page, app_url: str, tmp_path: Path) -> None:
    path = tmp_path / "Some shapes.zip"
    path.write_bytes(packed(shapes(150)).getvalue())
    tab.goto(f"{app_url}/data")
    expect(tab.locator(".cls img").first).to_be_visible(timeout=60_000)
    tab.get_by_role("radio", name="Your own").click()
    tab.locator("input[type=file]").first.set_input_files(path)
    expect(tab.get_by_text("300 pictures in 2 classes")).to_be_visible(timeout=30_000)
    expect(tab.get_by_role("textbox", name="Name of the set")).to_have_value("some-shapes")
    choose(tab, "Size, as networks take it", re.compile("28 × 28 grey"))
    expect(tab.get_by_alt_text(re.compile("as it will be")).first).to_be_visible()
    tab.get_by_role("button", name="Import", exact=True).click()
    expect(tab.get_by_text(re.compile("300 pictures in 2 classes are here; 1 left out"))).to_be_visible(timeout=60_000)

    tab.get_by_role("button", name="Look at it").click()
    expect(tab.locator(".cls b", has_text="circle")).to_be_visible(timeout=30_000)
    expect(tab).to_have_url(re.compile("data=some-shapes"))
    tab.get_by_role("radio", name="Your own").click()
    tab.get_by_role("button", name="Train on it").click()

    expect(tab.get_by_role("button", name="Start")).to_be_visible(timeout=30_000)
    set_number(tab, "Epochs", "1")
    tab.get_by_role("button", name="Start").click()
    expect(tab.get_by_text("This run is finished")).to_be_visible(timeout=120_000)
    tab.goto(tab.url.replace("/train", "/mistakes"))
    expect(tab.get_by_test_id("stMetric").filter(has_text="Misclassified")).to_contain_text("of 60", timeout=60_000)


@pytest.mark.parametrize("part", ["Look", "Normalise", "Augment", "Split", "Your own"])
def test_no_part_of_the_data_page_overflows_on_a_phone(chromium: Browser, app_url: str, part: str) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True)
    page = context.new_page()
    page.goto(f"{app_url}/data?do={part.replace(' ', '+')}")
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible(timeout=60_000)
    page.wait_for_timeout(2_500)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    wide = page.evaluate(SPILLING)
    context.close()
    assert wide == 0
