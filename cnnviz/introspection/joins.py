"""Where a network's paths part and meet again."""

from collections.abc import Iterable, Sequence

Skip = tuple[int, int]


def find_skips(inputs: Sequence[Sequence[int]]) -> tuple[Skip, ...]:
    """The arcs (from, to) of a network's by-passes, given the inputs of each op, all of them earlier ops.

    Where paths meet, an input from which another of the inputs descends has come past the ops between. Where none has,
    both paths have ops of their own, and the arc starts where they parted.
    """
    before: list[int] = []  # for each op, its ancestors and itself, as the bits of a number
    parted: list[int] = []  # for each op, the last op that all paths to it go through
    depths: list[int] = []
    found: list[Skip] = []
    for index, sources in enumerate(inputs):
        rooted = [source for source in sources if before[source] & 1]  # a parameter descends from nothing
        before.append(1 << index | _union(before[source] for source in sources))
        parted.append(_common(rooted, parted, depths))
        depths.append(depths[parted[index]] + 1 if rooted else 0)
        if len(rooted) > 1:
            past = [one for one in rooted if any(one != other and before[other] >> one & 1 for other in rooted)]
            found += [(source, index) for source in past or [parted[index]]]
    return tuple(found)


def _union(masks: Iterable[int]) -> int:
    seen = 0
    for mask in masks:
        seen |= mask
    return seen


def _common(sources: Sequence[int], parted: Sequence[int], depths: Sequence[int]) -> int:
    """The nearest op that all paths through these sources share: K. Cooper, T. Harvey and K. Kennedy,
    "A simple, fast dominance algorithm" (2001)."""
    if not sources:
        return 0
    meet = sources[0]
    for other in sources[1:]:
        while meet != other:
            if depths[meet] >= depths[other]:
                meet = parted[meet]
            else:
                other = parted[other]
    return meet
