"""A network drawn op by op: height for rows, width for the square root of the channels, skips as arcs.

Plain boxes of HTML, because a long network must keep its proportions and scroll sideways, on a phone too, and because
pointing at a block, or reaching it with the keyboard, shows its numbers at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt

from cnnviz.charts.theme import Palette

KINDS = ("convolution", "linear", "pooling", "join", "other", "fails here")
TALLEST_PX, WIDE_PX, SLOT_PX, LABEL_PX, TIP_PX = 132.0, 760.0, 17.0, 92.0, 22.0
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


def network_html(
    blocks: Sequence[Block],
    skips: Sequence[tuple[int, int]],
    colours: Palette,
    alt: str,
    scale: Scale | None = None,
) -> str:
    """The drawing as HTML that scrolls sideways. ``skips`` are pairs of ``Block.index``."""
    scale = scale or fitting_scale([blocks])
    middles, width = _places(blocks, scale)
    by_index = dict(zip([block.index for block in blocks], middles, strict=True))
    arcs = _arcs_height(skips, by_index)
    tall = max((_size(block, scale)[1] for block in blocks), default=1.0)
    centre = TIP_PX + arcs + tall / 2 + 4
    tops = {block.index: centre - _size(block, scale)[1] / 2 for block in blocks}
    drawn = [_arc((by_index[a], tops[a]), (by_index[b], tops[b]), colours) for a, b in skips if a in tops and b in tops]
    shown = ""
    for block, x in zip(blocks, middles, strict=True):
        changed, shown = block.shape_text != shown, block.shape_text
        drawn.append(_block(block, x, centre, tall, width, scale, colours, changed))
    return (
        f'{_style(colours)}<div class="network" tabindex="0" role="group" aria-label="{escape(alt, quote=True)}">'
        f'<div style="width:{width:.0f}px;height:{centre + tall / 2 + LABEL_PX:.0f}px">{"".join(drawn)}</div></div>'
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


def _arc(start: tuple[float, float], end: tuple[float, float], colours: Palette) -> str:
    """Half an ellipse from the top of one block over to the top of another, with a dot where it joins."""
    top = min(start[1], end[1])
    rise = min(18 + 0.14 * (end[0] - start[0]), 60.0) - 4
    drop = max(start[1], end[1]) - top  # the lower end: its foot goes straight down
    foot, side = (end[0], "right") if end[1] > start[1] else (start[0], "left")
    arc = (
        f'<i class="arc" style="left:{start[0]:.1f}px;width:{end[0] - start[0]:.1f}px;top:{top - rise:.1f}px;'
        f'height:{rise:.1f}px"></i>'
    )
    leg = (
        f'<i class="leg {side}" style="left:{foot - 1:.1f}px;top:{top:.1f}px;height:{drop:.1f}px"></i>' if drop else ""
    )
    dot = f'<i class="dot" style="left:{end[0] - 3:.1f}px;top:{end[1] - 3:.1f}px"></i>'
    return arc + leg + dot


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
    said = escape(f"{block.label} {block.shape_text if changed else ''}".strip())
    below = centre + tall / 2 + 6
    slot = max(wide, SLOT_PX)
    side = "right:-4px" if x > width / 2 else "left:-4px"
    return (
        f'<div class="op{" fails" * fails}" tabindex="0" role="img" aria-label="{escape(block.numbers, quote=True)}" '
        f'style="left:{x - slot / 2:.1f}px;width:{slot:.1f}px;height:{below:.1f}px">'
        f'<i class="box" style="left:{(slot - wide) / 2:.1f}px;top:{centre - high / 2:.1f}px;width:{wide:.1f}px;'
        f'height:{high:.1f}px;background:{shades_of(colours)[block.kind]}"></i>'
        f'<span class="name" style="left:{slot / 2 - 3:.1f}px;top:{below:.1f}px">{said}</span>'
        f'<span class="tip" style="{side}">{escape(block.numbers)}</span></div>'
    )


def _style(colours: Palette) -> str:
    return (
        f"<style>.network{{overflow-x:auto;overflow-y:hidden;max-width:100%;color:{colours.text}}}"
        ".network>div{position:relative}.network .op,.network i,.network span{position:absolute;box-sizing:border-box}"
        ".network .op{top:0}.network .box{border-radius:2px}.network .name{font-size:11px;line-height:1;"
        "white-space:nowrap;transform:rotate(40deg);transform-origin:left top}"
        ".network .tip{visibility:hidden;top:0;font-size:13px;white-space:nowrap;z-index:2;padding:0 4px;"
        f"background:{colours.background}}}"
        ".network .op:hover .tip,.network .op:focus .tip{visibility:visible}.network .op:focus{outline:none}"
        f".network .op:hover .box,.network .op:focus .box{{outline:2px solid {colours.text}}}"
        f".network .fails .box{{opacity:.55;border:2px dashed {colours.text}}}.network .fails .name{{font-weight:700;"
        f"color:{colours.wrong}}}.network .arc{{border:2px solid {colours.highlight};border-bottom:none;"
        "border-radius:50% 50% 0 0/100% 100% 0 0}"
        f".network .leg{{width:2px;background:{colours.highlight}}}.network .leg.right{{transform:translateX(-1px)}}"
        f".network .dot{{width:6px;height:6px;border-radius:50%;background:{colours.highlight}}}"
        ".network-legend{display:flex;flex-wrap:wrap;gap:.15rem 1rem;font-size:.8rem}"
        ".network-legend i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.35em}</style>"
    )
