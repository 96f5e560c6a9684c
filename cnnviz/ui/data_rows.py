"""Samples class by class, a row each: its name, its size, its average image and as many samples as fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.ui.gallery import png_uri

ROW_PX = 56


@dataclass(frozen=True)
class ClassRow:
    """One class: (C, H, W) pictures with an alternative text each; the first stands apart."""

    name: str
    detail: str
    first: NDArray[np.uint8]
    samples: Sequence[tuple[NDArray[np.uint8], str]]


def show_rows(rows: Sequence[ClassRow]) -> None:
    """Draw the rows as one piece of HTML; samples that do not fit the width are left out."""
    style = (
        "<style>.cls{display:grid;grid-template-columns:minmax(4rem,7rem) auto 1fr;gap:2px 12px;align-items:center}"
        ".cls img{image-rendering:pixelated;border-radius:2px;display:block}.cls b{display:block;font-weight:600;"
        "overflow-wrap:anywhere;line-height:1.15}.cls small{opacity:.75;font-variant-numeric:tabular-nums}"
        ".cls .s{display:flex;flex-wrap:wrap;gap:4px;overflow:hidden}.cls .a{padding-right:10px;"
        "border-right:1px solid rgba(128,128,128,.4)}</style>"
    )
    st.html(f'{style}<div class="cls">{"".join(_row(row) for row in rows)}</div>')


def scale_of(shape: tuple[int, ...]) -> float:
    """How large a pixel is drawn: a whole multiple, or smaller than 1 for pictures higher than a row."""
    side = max(shape[-2:])
    return max(ROW_PX // side, 1) if side <= 1.5 * ROW_PX else ROW_PX / side


def _row(row: ClassRow) -> str:
    height = round(row.first.shape[1] * scale_of(row.first.shape))
    samples = "".join(_image(pixels, alt) for pixels, alt in row.samples)
    average = _image(row.first, f"The average image of {row.name}")
    return (
        f"<div><b>{escape(row.name)}</b><small>{escape(row.detail)}</small></div>"
        f'<div class="a">{average}</div><div class="s" style="height:{height}px">{samples}</div>'
    )


def _image(pixels: NDArray[np.uint8], alt: str) -> str:
    scale = scale_of(pixels.shape)
    height, width = (round(side * scale) for side in pixels.shape[1:])
    return f'<img src="{png_uri(pixels)}" width="{width}" height="{height}" alt="{escape(alt, quote=True)}">'
