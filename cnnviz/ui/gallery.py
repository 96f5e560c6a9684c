"""A gallery of small pictures with captions, as one piece of HTML: a page of forty draws at once."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

TARGET_PX = 84  # small images are drawn at the whole multiple of their size that comes nearest


@dataclass(frozen=True)
class Tile:
    """One picture, uint8 (C, H, W) with 1 or 3 channels, with its caption's two lines and its alternative text."""

    pixels: NDArray[np.uint8]
    caption: str
    detail: str
    alt: str
    accent: str = ""  # of the first line, where it differs from tile to tile


def show_gallery(tiles: Sequence[Tile], accent: str) -> None:
    """Draw the tiles in as many columns as fit; the caption's first line in the accent colour."""
    style = (
        "<style>.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(5.75rem,1fr));gap:.75rem .5rem}"
        ".tiles figure{margin:0;text-align:center}.tiles img{image-rendering:pixelated;border-radius:2px}"
        f".tiles figcaption{{line-height:1.25;font-size:.875rem}}.tiles b{{color:{accent};font-weight:600}}"
        ".tiles small{display:block;opacity:.75;font-size:.8rem;font-variant-numeric:tabular-nums}</style>"
    )
    st.html(f'{style}<div class="tiles">{"".join(_figure(tile) for tile in tiles)}</div>')


def _figure(tile: Tile) -> str:
    height, width = tile.pixels.shape[1:]
    scale = max(round(TARGET_PX / max(height, width)), 1)
    return (
        f'<figure><img src="{png_uri(tile.pixels)}" width="{width * scale}" height="{height * scale}" '
        f'alt="{escape(tile.alt, quote=True)}"><figcaption>{_bold(tile)}'
        f"<small>{escape(tile.detail)}</small></figcaption></figure>"
    )


def _bold(tile: Tile) -> str:
    style = f' style="color:{tile.accent}"' if tile.accent else ""
    return f"<b{style}>{escape(tile.caption)}</b>"


def png_uri(pixels: NDArray[np.uint8]) -> str:
    """uint8 (C, H, W) with 1 or 3 channels as a data URI."""
    array = pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
