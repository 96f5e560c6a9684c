"""A network drawn op by op: height for rows, width for the square root of the channels, skips as arcs.

An SVG of our own, because a long network must keep its proportions and scroll sideways, on a phone too. Pointing at a
block, or reaching it with the keyboard, shows its numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt

from cnnviz.charts.theme import Palette

KINDS = ("convolution", "linear", "pooling", "join", "other", "fails here")
TALLEST_PX, WIDE_PX, SLOT_PX, LABEL_PX, TIP_PX = 132.0, 860.0, 17.0, 92.0, 22.0
MOST_PX_A_ROW, MOST_PX_A_ROOT = 12.0, 5.0


@dataclass(frozen=True)
class Block:
    """One op: its place, what it is called, its kind (one of KINDS), and the numbers that pointing at it shows.

    ``shape`` is (C, H, W) or (features,); ``shape_text`` stands under the block where it changed.
    """

    index: int
    label: str
    kind: str
    shape: tuple[int, ...]
    shape_text: str
    numbers: str


@dataclass(frozen=True)
class Scale:
    """Pixels for a row of a map and for a root of its channels; shared by networks that are compared."""

    per_row: float
    per_root: float


def fitting_scale(networks: Sequence[Sequence[Block]], wide_px: float = WIDE_PX) -> Scale:
    """A scale at which the tallest map and the longest network fit, as far as blocks stay visible."""
    tallest = max((_rows(block) for network in networks for block in network), default=1)
    roots = max((sum(_root(block) for block in network) for network in networks), default=1.0)
    slots = max((len(network) for network in networks), default=1)
    per_root = max(wide_px - 12 * slots, wide_px / 4) / roots
    return Scale(min(TALLEST_PX / tallest, MOST_PX_A_ROW), min(max(per_root, 0.5), MOST_PX_A_ROOT))


def network_svg(
    blocks: Sequence[Block],
    skips: Sequence[tuple[int, int]],
    colours: Palette,
    alt: str,
    scale: Scale | None = None,
) -> str:
    """The drawing as HTML that scrolls sideways. ``skips`` are pairs of ``Block.index``."""
    scale = scale or fitting_scale([blocks])
    middles, width = _places(blocks, scale)
    arcs = _arcs_height(skips, dict(zip([block.index for block in blocks], middles, strict=True)))
    tall = max((_size(block, scale)[1] for block in blocks), default=1.0)
    centre = TIP_PX + arcs + tall / 2 + 4
    height = centre + tall / 2 + LABEL_PX
    where = {block.index: (x, centre - _size(block, scale)[1] / 2) for block, x in zip(blocks, middles, strict=True)}
    drawn = [_arc(where[a], where[b], TIP_PX + 2, colours) for a, b in skips if a in where and b in where]
    shown = ""
    for block, x in zip(blocks, middles, strict=True):
        changed = block.shape_text != shown
        shown = block.shape_text
        drawn.append(_block(block, x, centre, tall, width, scale, colours, changed))
    return (
        f'{_style(colours)}<div class="network" tabindex="0" role="group" aria-label="{escape(alt, quote=True)}">'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="sans-serif" font-size="11">{"".join(drawn)}</svg></div>'
    )


def legend_html(blocks: Sequence[Block], colours: Palette) -> str:
    """What each colour stands for, of the kinds that are there."""
    shades, present = shades_of(colours), {block.kind for block in blocks}
    entries = (
        f'<span><i style="background:{shades[kind]}"></i>{kind}</span>' for kind in KINDS if kind in present
    )  # fmt: skip
    return f'<div class="network-legend">{"".join(entries)}</div>'


def shades_of(colours: Palette) -> dict[str, str]:
    """The colour of each kind."""
    shades = (colours.train, colours.right, colours.valid, colours.highlight, colours.muted, colours.wrong)
    return dict(zip(KINDS, shades, strict=True))


def _rows(block: Block) -> int:
    return block.shape[-2] if len(block.shape) >= 3 else 1


def _root(block: Block) -> float:
    return sqrt(max(block.shape[0], 1)) if block.shape else 1.0


def _size(block: Block, scale: Scale) -> tuple[float, float]:
    return max(_root(block) * scale.per_root, 4.0), max(_rows(block) * scale.per_row, 6.0)


def _places(blocks: Sequence[Block], scale: Scale) -> tuple[list[float], float]:
    """The middle of each block, and the drawing's width; a short network is spread out."""
    widths = [_size(block, scale)[0] for block in blocks]
    slots = [max(width + 7, SLOT_PX) for width in widths]
    spare = max(WIDE_PX - sum(slots) - LABEL_PX, 0) / max(len(slots), 1)
    slots = [slot + min(spare, 60) for slot in slots]
    left, middles = 36.0, []
    for slot in slots:
        middles.append(left + slot / 2)
        left += slot
    return middles, left + LABEL_PX


def _arcs_height(skips: Sequence[tuple[int, int]], middles: dict[int, float]) -> float:
    spans = [middles[b] - middles[a] for a, b in skips if a in middles and b in middles]
    return min(18 + 0.14 * max(spans), 60.0) if spans else 0.0


def _arc(start: tuple[float, float], end: tuple[float, float], top: float, colours: Palette) -> str:
    """From the top of one block over to the top of another."""
    control = 2 * top - min(start[1], end[1])  # a quadratic curve reaches half-way to its control point
    return (
        f'<path d="M{start[0]:.1f} {start[1]:.1f} Q{(start[0] + end[0]) / 2:.1f} {control:.1f} {end[0]:.1f} '
        f'{end[1]:.1f}" fill="none" stroke="{colours.highlight}" stroke-width="2"/>'
        f'<circle cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="3" fill="{colours.highlight}"/>'
    )


def _block(
    block: Block,
    x: float,
    centre: float,
    tall: float,
    width: float,
    scale: Scale,
    colours: Palette,
    changed: bool,
) -> str:
    wide, high = _size(block, scale)
    fails = block.kind == "fails here"
    fill = f'fill="{shades_of(colours)[block.kind]}" fill-opacity="{0.25 if fails else 0.85}"'
    edge = f'stroke="{colours.wrong}" stroke-width="2" stroke-dasharray="4 3"' if fails else ""
    said = escape(f"{block.label} {block.shape_text if changed else ''}".strip())
    anchor = "start" if x < width / 3 else "end" if x > 2 * width / 3 else "middle"
    below = centre + tall / 2 + 12
    return (
        f'<g class="op" tabindex="0" role="img" aria-label="{escape(block.numbers, quote=True)}">'
        f'<rect x="{x - wide / 2:.1f}" y="{centre - high / 2:.1f}" width="{wide:.1f}" height="{high:.1f}" '
        f'rx="1.5" {fill} {edge}/>'
        f'<rect x="{x - SLOT_PX / 2:.1f}" y="{TIP_PX}" width="{SLOT_PX}" height="{below - TIP_PX:.1f}" fill-opacity="0"/>'
        f'<text x="{x:.1f}" y="{below:.1f}" fill="{colours.wrong if fails else colours.text}" '
        f'transform="rotate(40 {x:.1f} {below:.1f})">{said}</text>'
        f'<text class="tip" x="{x:.1f}" y="14" text-anchor="{anchor}" font-size="12.5" fill="{colours.text}">'
        f"{escape(block.numbers)}</text></g>"
    )


def _style(colours: Palette) -> str:
    return (
        "<style>.network{overflow-x:auto;max-width:100%}.network svg{display:block}"
        ".network .tip{visibility:hidden}.network .op:hover .tip,.network .op:focus .tip{visibility:visible}"
        f".network .op:hover rect,.network .op:focus rect{{stroke:{colours.text};stroke-width:1.5}}"
        ".network .op rect[fill-opacity='0']{stroke:none!important}.network .op:focus{outline:none}"
        ".network-legend{display:flex;flex-wrap:wrap;gap:.15rem 1rem;font-size:.8rem}"
        ".network-legend i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.35em}</style>"
    )
