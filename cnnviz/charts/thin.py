"""Fewer points for a line that has more than can be seen, without the line jumping as it grows."""

from collections.abc import Collection, Sequence
from typing import TypeVar

Row = TypeVar("Row")
MOST = 300


def thin(rows: Sequence[Row], keep: Collection[int] = (), most: int = MOST) -> list[Row]:
    """At most about so many of the rows: each second, fourth, eighth …, the last, and those at the indices to keep.

    The step is a power of two, so that a row once dropped stays dropped while the line grows.
    """
    step = 1
    while len(rows) > most * step:
        step *= 2
    last = len(rows) - 1
    return [row for at, row in enumerate(rows) if at % step == 0 or at == last or at in keep]
