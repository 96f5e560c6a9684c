"""What comes from files and uploads reaches the page as text, never as Markdown or HTML."""

import io

import numpy as np
import pytest
from PIL import Image

from cnnviz.charts.theme import DARK, LIGHT
from cnnviz.ui.gallery import Tile, _figure, png_uri
from cnnviz.ui.guard import plain

NASTY = '<img src=x onerror="alert(1)">'


def test_markdown_is_shown_as_it_is() -> None:
    assert plain("a_b *c* [d](e) <f>") == r"a\_b \*c\* \[d\]\(e\) \<f\>"


def test_names_are_escaped_in_html() -> None:
    html = _figure(Tile(np.zeros((1, 28, 28), np.uint8), NASTY, NASTY, NASTY))
    assert "<img src=x" not in html and html.count("&lt;img") == 3


@pytest.mark.parametrize(("height", "width", "drawn"), [(28, 28, 84), (8, 8, 80), (53, 52, 106), (200, 100, 200)])
def test_small_images_are_drawn_at_whole_multiples(height: int, width: int, drawn: int) -> None:
    html = _figure(Tile(np.zeros((1, height, width), np.uint8), "", "", ""))
    assert f'height="{drawn}"' in html


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_keep_every_pixel(channels: int) -> None:
    import base64

    pixels = np.random.default_rng(0).integers(0, 256, (channels, 5, 7), dtype=np.uint8)
    decoded = np.asarray(Image.open(io.BytesIO(base64.b64decode(png_uri(pixels).split(",")[1]))))
    assert np.array_equal(decoded if channels == 3 else decoded[..., None], pixels.transpose(1, 2, 0))


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_lines_stand_out_from_their_ground(colours: object) -> None:
    """WCAG 2's contrast for graphics is 3; a thick orange line on white may have a little less."""

    def luminance(hex_colour: str) -> float:
        parts = [int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for name in ("train", "valid", "right", "wrong"):
        pair = sorted((luminance(getattr(colours, name)), luminance(colours.background)))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) > 2.8, name
