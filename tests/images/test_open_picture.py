import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from cnnviz import pictures
from cnnviz.charts.pictures import diverging_table, limits, to_picture
from cnnviz.errors import ImageError
from cnnviz.images import Picture, open_picture

NOISE = np.random.default_rng(1).integers(0, 256, (12, 20, 3), dtype=np.uint8)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "WEBP"])
def test_colours_come_through(kind):
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    found = open_picture(saved(Image.fromarray(NOISE), kind, **options), f"x.{kind}")
    np.testing.assert_array_equal(found.pixels, NOISE)
    assert found.notes == () and not found.pixels.flags.writeable


def test_jpeg_and_grey():
    assert open_picture(saved(Image.fromarray(NOISE), "JPEG"), "x.jpg").pixels.shape == (12, 20, 3)
    grey = NOISE[:, :, 0]
    np.testing.assert_array_equal(open_picture(saved(Image.fromarray(grey), "PNG"), "x.png").pixels[:, :, 0], grey)
    assert open_picture(saved(Image.fromarray(grey > 99), "PNG"), "x.png").pixels.max() == 255


@pytest.mark.parametrize("orientation", range(2, 9))
def test_exif_is_turned_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = open_picture(saved(Image.fromarray(NOISE), "PNG", exif=exif), "x.png")
    turned = {2: NOISE[:, ::-1], 3: NOISE[::-1, ::-1], 4: NOISE[::-1], 5: NOISE.swapaxes(0, 1),
              6: np.rot90(NOISE, -1), 7: np.rot90(NOISE, 2).swapaxes(0, 1),
              8: np.rot90(NOISE)}[orientation]  # fmt: skip
    np.testing.assert_array_equal(found.pixels, turned)
    assert any("EXIF" in note for note in found.notes)


def test_palette_cmyk_alpha_and_sixteen_bits_are_said():
    colour = Image.fromarray(NOISE)
    assert "palette" in open_picture(saved(colour.quantize(8), "PNG"), "x.png").notes[0]
    assert "CMYK" in open_picture(saved(colour.convert("CMYK"), "JPEG"), "x.jpg").notes[0]
    deep = (np.arange(20 * 12, dtype=np.uint16) * 257).reshape(12, 20)
    found = open_picture(saved(Image.fromarray(deep), "PNG"), "x.png")
    assert "16 bits" in found.notes[0] and found.pixels[0, 5, 0] == 5
    clear = Image.fromarray(NOISE).convert("RGBA")
    clear.putalpha(0)
    found = open_picture(saved(clear, "PNG"), "x.png")
    assert found.pixels.min() == 255 and "transparent" in found.notes[0]


def test_deep_colour_floats_and_grey_alpha():
    rows = b"".join(b"\0" + b"\x80\x01\x40\x02\x20\x03" * 4 for _ in range(4))
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 16, 2, 0, 0, 0))
    found = open_picture(png + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""), "x.png")
    assert found.pixels[0, 0].tolist() == [0x80, 0x40, 0x20] and "16 bits" in found.notes[0]
    values = np.linspace(-3, 5, 240, dtype=np.float32).reshape(12, 20)
    values[0, 0] = np.nan
    found = open_picture(saved(Image.fromarray(values), "TIFF"), "x.tif")
    assert "spread" in found.notes[0] and found.pixels.max() == 255
    both = Image.merge("LA", [Image.fromarray(NOISE[:, :, 0]), Image.new("L", (20, 12), 255)])
    np.testing.assert_array_equal(open_picture(saved(both, "PNG"), "x.png").pixels[:, :, 0], NOISE[:, :, 0])


def test_animated_gif_gives_its_first_frame():
    frames = [Image.new("L", (5, 4), value) for value in (10, 200, 90)]
    found = open_picture(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), "x.gif")
    assert "first of 3 frames" in found.notes[0] and found.pixels.max() == 10


def test_large_pictures_are_reduced_and_said():
    found = open_picture(saved(Image.new("RGB", (3000, 1500)), "PNG"), "x.png")
    assert found.pixels.shape == (512, 1024, 3) and "3,000×1,500" in found.notes[0]
    thin = open_picture(saved(Image.new("L", (5000, 1)), "PNG"), "x.png")
    assert thin.pixels.shape == (1, 1024, 1)


@pytest.mark.parametrize("size", [(60_000, 60_000), (9_000, 9_000), (2**31 - 1, 2**31 - 1)])
def test_a_claim_of_too_many_pixels_is_refused_before_decoding(size):
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    with pytest.raises(ImageError) as caught:
        open_picture(png + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b""), "huge.png")
    assert f"{size[0]:,}×{size[1]:,}" in caught.value.message and "million" in caught.value.hint


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_truncated_files(kind):
    data = saved(Image.fromarray(NOISE), kind)
    for length in (3, len(data) // 3, len(data) - len(data) // 5):
        with pytest.raises(ImageError) as caught:
            open_picture(data[:length], "half.img")
        assert "half.img" in caught.value.message and caught.value.hint


def test_text_called_png_and_an_empty_file():
    with pytest.raises(ImageError, match="holds text"):
        open_picture(b"hello, this is no picture\n" * 5, "notes.png")
    with pytest.raises(ImageError, match="empty"):
        open_picture(b"", "nothing.png")


def test_bundled_pictures():
    assert {"astronaut", "chelsea", "coffee"} <= set(pictures.photographs())
    for name in [*pictures.photographs(), *pictures.patterns()]:
        assert isinstance(pictures.bundled(name), Picture)
    with pytest.raises(ImageError):
        pictures.bundled("../../etc/passwd")


def test_zero_is_the_middle_of_the_signed_scale():
    values = np.array([[[-2.0, 0.0, 1.0]]], dtype=np.float32)
    shown = to_picture(values, "signed_stretch")
    assert limits(values, "signed_stretch") == (-2.0, 2.0)
    assert (shown[0, 1] == diverging_table()[127]).all() and (shown[0, 0] == diverging_table()[0]).all()
    assert shown[0, 1].tolist() == [247, 247, 247]
    assert to_picture(np.array([[[-1.0, 0.5, 9.0]]], dtype=np.float32), "clip")[0, :, 0].tolist() == [
        0,
        128,
        255,
    ]
    assert limits(np.zeros((1, 2, 2), np.float32), "heat") == (0.0, 1.0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"])
def test_damage_anywhere_is_an_image_error_or_a_picture(kind):
    draw = np.random.default_rng(0)
    file = io.BytesIO()
    frames = [Image.fromarray(draw.integers(0, 256, (9, 11, 3), dtype=np.uint8)) for _ in range(2)]
    more = {"save_all": True, "append_images": frames[1:]} if kind in ("GIF", "TIFF", "WEBP") else {}
    frames[0].save(file, kind, **more)
    whole = file.getvalue()
    for _ in range(400):
        broken = bytearray(whole)
        for _ in range(draw.integers(1, 6)):
            broken[draw.integers(len(broken))] = draw.integers(256)
        with suppress(ImageError):
            assert open_picture(bytes(broken[: draw.integers(1, len(broken) + 1)]), "x").pixels.ndim == 3
