"""The page as a person uses it: keys, pointer, links, files, and what goes wrong."""

import io
import json
import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.browser
CELL = '.lab .cells input[aria-label="Weight, row {}, column {}"]'


@pytest.fixture
def kernels(tab, app_url):
    def go(query=""):
        tab.goto(f"{app_url}/kernels{query}")
        tab.wait_for_selector(".lab .strip canvas")
        tab.wait_for_selector("text=PyTorch agrees", timeout=60_000)
        return tab

    tab.goto(app_url)
    tab.wait_for_selector("[data-testid=stMainBlockContainer]")
    return go


def link(tab):
    return {name: values[0] for name, values in parse_qs(urlparse(tab.url).query).items()}


def message(tab, name):
    return tab.locator(f'.lab [data-message="{name}"]')


def value_under_lens(tab):
    return tab.locator(".lab .sum").inner_text()


def upload(tab, name, data, at=0):
    """The first uploader of the page takes a picture, the last one a kernel."""
    tab.locator('[data-testid="stFileUploaderDropzoneInput"]').nth(at).set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": data}
    )


def test_it_opens_on_an_edge_and_a_typed_weight_reaches_picture_torch_and_link(kernels):
    tab = kernels()
    assert link(tab)["step1"] == "kernel:-1,0,1;-1,0,1;-1,0,1:padding=1:mode=replicate"
    before = value_under_lens(tab)
    tab.fill(CELL.format(2, 2), "1/4")
    assert value_under_lens(tab) != before
    tab.wait_for_url(re.compile("0.25"))
    tab.wait_for_selector("text=PyTorch agrees")
    tab.locator(".lab [data-action=undo]").click()
    assert value_under_lens(tab) == before
    tab.locator(".lab [data-action=redo]").click()
    assert value_under_lens(tab) != before


def test_a_weight_follows_keys_and_drag(kernels):
    tab = kernels()
    cell = tab.locator(CELL.format(1, 1))
    cell.focus()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Shift+ArrowUp")
    assert cell.input_value() == "0.1"
    box = tab.locator(CELL.format(3, 3)).bounding_box()
    tab.mouse.move(box["x"] + 20, box["y"] + 10)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 20, box["y"] - 30, steps=4)
    tab.mouse.up()
    assert tab.locator(CELL.format(3, 3)).input_value() == "2"
    tab.wait_for_url(re.compile("step1=kernel%3A0.1"))


@pytest.mark.parametrize("text", ["abc", "NaN", "1e30", "", "1/0"])
def test_a_bad_weight_is_told_beside_it_and_the_last_result_stays(kernels, text):
    tab = kernels()
    before = value_under_lens(tab)
    tab.fill(CELL.format(1, 1), text)
    assert "last good result stays" in message(tab, "kernel").inner_text()
    assert tab.locator(CELL.format(1, 1)).get_attribute("aria-invalid") == "true"
    assert value_under_lens(tab) == before
    tab.fill(CELL.format(1, 1), "-1")
    assert message(tab, "kernel").inner_text() == ""


def test_settings_that_do_not_fit(kernels):
    tab = kernels("?picture=impulse&step1=kernel:1,1,1:padding=0")
    wrong = [("dilation", "20", "kernel"), ("stride", "40", "stride"), ("stride", "0", "stride"),
             ("padding", "x", "padding"), ("height", "12", "side"), ("bias", "1e9", "bias")]  # fmt: skip
    for control, value, where in wrong:
        box = tab.locator(f'.lab [data-control="{control}"]')
        before = box.input_value()
        box.fill(value)
        assert "last good result stays" in message(tab, where).inner_text(), control
        box.fill(before)
        assert message(tab, where).inner_text() == ""
    tab.locator('.lab [data-control="mode"]').select_option("reflect")
    tab.locator('.lab [data-control="padding"]').fill("31")
    assert "too wide to reflect a picture of 31×31" in message(tab, "padding").inner_text()


def test_the_lens_by_mouse_and_keys(kernels):
    tab = kernels("?picture=impulse&channels=grey&step1=kernel:1,2,3;4,5,6;7,8,9:padding=1")
    output = tab.locator('.lab [data-part="output"]')
    output.focus()
    for _ in range(40):
        tab.keyboard.press("Shift+ArrowUp")
        tab.keyboard.press("Shift+ArrowLeft")
    assert value_under_lens(tab).startswith("Output (0, 0)")
    assert tab.locator(".lab .tables td.padding").count() == 5
    tab.keyboard.press("Enter")
    box = output.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert value_under_lens(tab).startswith("Output (0, 0)")
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert re.match(r"Output \(15, 15\) = sum 5 \+ bias 0 = 5", value_under_lens(tab))
    tab.locator('.lab [data-part="input"]').click()
    assert "feeds 9 outputs: rows 14–16, columns 14–16" in value_under_lens(tab)


def test_a_chain_up_to_four_steps_and_the_way_in(kernels):
    tab = kernels()
    for kind in ("relu", "max_pool", "magnitude"):
        tab.locator(".lab .strip select").select_option(kind)
    assert tab.locator(".lab .strip button").count() == 4
    assert tab.locator(".lab .strip select").is_disabled()
    assert "1×256×256" in tab.locator(".lab .strip").inner_text()
    tab.wait_for_url(re.compile("step4=magnitude"))
    tab.locator(".lab [data-action=remove]").click()
    assert tab.locator(".lab .strip button").count() == 3
    for at, sign in ((1, ""), (2, "−")):
        tab.locator(".lab .tour button").nth(at).click()
        tab.wait_for_selector(".lab .box.pinned")
        tab.wait_for_timeout(100)
        assert tab.locator(".lab .sum output").inner_text().startswith(sign)


def test_a_link_shows_the_same_elsewhere_and_nonsense_is_told(kernels, chromium, app_url):
    tab = kernels(
        "?picture=checkerboard&channels=each&show=signed_clip&step1=magnitude:1,0;0,-1:second=0,1;-1,0&step2=abs"
    )
    shown = tab.evaluate("new URL(location).search")
    other = chromium.new_page()
    other.goto(f"{app_url}/kernels{shown}")
    other.wait_for_selector(".lab .strip canvas")
    other.wait_for_selector("text=PyTorch agrees")
    assert value_under_lens(other) == value_under_lens(tab) and link(other) == link(tab)
    other.goto(f"{app_url}/kernels?picture=../secret&channels=9&step1=kernel:<b>x</b>&show=%00")
    other.wait_for_selector(".lab .strip canvas")
    assert other.locator("[data-testid=stAlert]").count() == 4
    assert "Traceback" not in other.content()
    other.close()


def test_pictures_that_can_not_be_opened_are_told_and_the_last_one_stays(kernels):
    tab = kernels("?picture=impulse")
    before = value_under_lens(tab)
    tab.get_by_role("radio", name="Upload").click()
    wrong = [("notes.png", b"just text, no picture", "holds text"),
             ("half.jpg", jpeg()[:200], "cut short or damaged"), ("empty.png", b"", "empty")]  # fmt: skip
    for name, data, words in wrong:
        upload(tab, name, data)
        tab.wait_for_selector(f"[data-testid=stAlert] >> text={words}")
        assert value_under_lens(tab) == before
    upload(tab, "one.png", png(np.full((1, 1, 3), 200, np.uint8)))
    tab.wait_for_selector("text=Picture · 3×1×1")
    assert tab.locator("[data-testid=stAlert]").count() == 0


def test_a_kernel_as_json_in(kernels):
    tab = kernels("?picture=impulse")
    tab.get_by_text("Take it away").click()
    upload(tab, "kernel.json", b"[[1, 2], [3]]", at=-1)
    tab.wait_for_selector("text=Row 2 of the kernel has 1 cells")
    upload(tab, "kernel2.json", json.dumps({"kernel": [[0, 7], [1, 1]]}).encode(), at=-1)
    tab.wait_for_url(re.compile("kernel%3A0%2C7%3B1%2C1"))
    assert tab.locator(CELL.format(1, 2)).input_value() == "7"
    assert "F.conv2d" in tab.locator("[data-testid=stCode]").inner_text()
    with tab.expect_download() as found:
        tab.get_by_text("Output, PNG").click()
    assert Image.open(found.value.path()).size == (31, 31)


def test_a_file_that_does_not_fit_the_picture_leaves_the_chain_as_it_is(kernels):
    tab = kernels("?picture=impulse&step1=kernel:0,3&step2=relu")
    tab.get_by_text("Take it away").click()
    wide = {"steps": [{"kind": "kernel", "kernel": [[1]], "padding": 40, "mode": "reflect"}]}
    upload(tab, "wide.json", json.dumps(wide).encode(), at=-1)
    tab.wait_for_selector("text=The last good result stays")
    tab.wait_for_timeout(1000)
    assert tab.locator(".lab .strip canvas").count() == 2
    assert parse_qs(urlparse(tab.url).query)["step1"][0].startswith("kernel:0,3")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_without_scrolling_sideways(chromium, app_url, scheme):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme)
    tab = context.new_page()
    tab.goto(app_url)
    tab.goto(f"{app_url}/kernels")
    tab.wait_for_selector(".lab .strip canvas")
    tab.wait_for_selector("text=PyTorch")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    box = tab.locator('.lab [data-part="output"]').bounding_box()
    tab.touchscreen.tap(box["x"] + 40, box["y"] + 40)
    tab.wait_for_selector(".lab .box.pinned")
    context.close()


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def jpeg():
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(file, "JPEG")
    return file.getvalue()


def test_a_drawing(kernels):
    tab = kernels()
    tab.get_by_role("radio", name="Draw").click()
    sheet = tab.locator(".draw canvas")
    box = sheet.bounding_box()
    tab.mouse.move(box["x"] + 30, box["y"] + 30)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 150, box["y"] + 150, steps=5)
    tab.mouse.up()
    tab.wait_for_selector("text=Picture · 1×96×96")
    tab.wait_for_selector("text=PyTorch agrees")
    assert link(tab)["picture"] == "own"
