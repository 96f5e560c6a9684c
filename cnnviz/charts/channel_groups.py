"""Which input channels each output channel reads, as two rows of numbered squares in an SVG."""

from cnnviz.charts.theme import Palette

SIZE, GAP, MOST = 18, 3, 32


def channel_groups_svg(in_channels: int, out_channels: int, groups: int, colours: Palette) -> str:
    """Squares of the same number and colour belong together; rows longer than 32 end in an ellipsis.

    The numbers carry the meaning; the colours, which repeat after four groups, only help the eye.
    """
    rows = [("in", in_channels), ("out", out_channels)]
    shown = max(min(count, MOST) for _, count in rows)
    width, height = 36 + (shown + 1) * (SIZE + GAP), 2 * (SIZE + GAP) + 4
    parts = [_row(name, count, groups, y * (SIZE + GAP + 4), colours) for y, (name, count) in enumerate(rows)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'font-size="11" font-family="sans-serif">{"".join(parts)}</svg>'
    )


def _row(name: str, count: int, groups: int, top: int, colours: Palette) -> str:
    shades = (colours.train, colours.valid, colours.right, colours.highlight)
    parts = [f'<text x="0" y="{top + 13}" fill="{colours.text}">{name}</text>']
    for channel in range(min(count, MOST)):
        group = channel * groups // count
        left = 36 + channel * (SIZE + GAP)
        parts.append(
            f'<rect x="{left}" y="{top}" width="{SIZE}" height="{SIZE}" fill="{shades[group % 4]}" '
            f'fill-opacity="0.45"/><text x="{left + SIZE / 2}" y="{top + 13}" text-anchor="middle" '
            f'fill="{colours.text}">{group + 1}</text>'
        )
    if count > MOST:
        left = 36 + MOST * (SIZE + GAP)
        parts.append(f'<text x="{left}" y="{top + 13}" fill="{colours.text}">…</text>')
    return "".join(parts)
