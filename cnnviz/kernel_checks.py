"""What is checked of every number a person gives the kernel laboratory. Each check raises SpecError or
hands the value back in the form it is kept in."""

import struct
from typing import Any

from cnnviz.errors import SpecError

Pair = tuple[int, int]
Kernel = tuple[tuple[float, ...], ...]

MAX_SIDE, MAX_WEIGHT = 11, 1_000_000.0
FAR = 10**9  # beyond what any size can be; comparing is safe where turning a huge integer into a float is not


def single(number: float) -> float:
    """The float32 nearest to a number, as a Python float."""
    return float(struct.unpack("f", struct.pack("f", number))[0])


def one_of(name: str, value: object, choices: tuple[str, ...]) -> None:
    """One of some names."""
    if value not in choices:
        raise SpecError(f"{name} is {quote(value)}.", f"Choose one of {', '.join(choices)}.", field=name)


def number(name: str, value: object) -> float:
    """A finite number of at most a million either way, as float32 keeps it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise SpecError(f"{name} holds {quote(value)}, which is not a number.", "Use a number like −0.5.", field=name)
    if abs(value) > MAX_WEIGHT:
        raise SpecError(f"{name} holds {quote(value)}.", "Stay within ±1,000,000.", field=name)
    return single(value)


def pair(name: str, value: object, least: int, most: int) -> Pair:
    """One or two whole numbers as (height, width)."""
    both = (value, value) if isinstance(value, int | float) else value
    if not isinstance(both, list | tuple) or len(both) != 2 or any(_whole(side) is None for side in both):
        raise SpecError(f"{name} is {quote(value)}.", "Use one or two whole numbers.", field=name)
    down, right = (int(side) for side in both)
    if not (least <= down <= most and least <= right <= most):
        raise SpecError(f"{name} is {pair_text((down, right))}.", f"Use {least} to {most}.", field=name)
    return down, right


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < FAR:
        return None
    return int(value) if value == int(value) else None


def kernel_of(name: str, value: object) -> Kernel:
    """Rows of numbers, 1–11 each way."""
    if not isinstance(value, list | tuple) or not value:
        raise SpecError(f"A kernel can't be read from {quote(value)}.", "Give rows of numbers.", field=name)
    rows = [row if isinstance(row, list | tuple) else (row,) for row in value]
    ragged = next((at for at, row in enumerate(rows) if len(row) != len(rows[0])), None)
    if ragged is not None:
        raise SpecError(
            f"Row {ragged + 1} of the kernel has {len(rows[ragged])} cells, row 1 has {len(rows[0])}.",
            "Give every row the same number of cells.", field=name,
        )  # fmt: skip
    if not (len(rows) <= MAX_SIDE and 1 <= len(rows[0]) <= MAX_SIDE):
        raise SpecError(f"The kernel is {sides(rows)}.", f"Use 1 to {MAX_SIDE} each way.", field=name)
    return tuple(tuple(number(name, cell) for cell in row) for row in rows)


def shape_of(kernel: Any) -> Pair:  # noqa: ANN401 - rows of any kind
    """Rows and columns."""
    return len(kernel), len(kernel[0])


def sides(kernel: Any) -> str:  # noqa: ANN401 - rows of any kind
    """Rows and columns as text."""
    return pair_text(shape_of(kernel))


def pair_text(pair: Pair) -> str:
    """(height, width) as text."""
    return f"{pair[0]}×{pair[1]}"


def quote(value: object) -> str:
    """What a person gave, cut short."""
    text = str(value)
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"
