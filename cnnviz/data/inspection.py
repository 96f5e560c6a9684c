"""A look at a collection before it is imported: what is in it, and a few of its pictures."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.sources import Source
from cnnviz.errors import ImageError

PREVIEWS = 6


@dataclass(frozen=True)
class Inspection:
    """counts: pictures of each class, in order. previews: (path, class, uint8 (H, W, 1 or 3)) of a few."""

    counts: dict[str, int]
    num_train: int | None
    notes: tuple[str, ...]
    skipped_reasons: dict[str, int]
    previews: tuple[tuple[str, str, NDArray[np.uint8]], ...]

    @property
    def num_pictures(self) -> int:
        """How many pictures there seem to be; some may turn out to be damaged."""
        return sum(self.counts.values())


def inspect(source: Source, previews: int = PREVIEWS) -> Inspection:
    """List a collection and read a few pictures, from as many classes as can be; closes the source."""
    layout = source.layout
    counted = Counter(item.class_name for item in layout.found)
    counts = {name: counted[name] for name in layout.classes}
    reasons = dict(source.skips.reasons.most_common(20))
    shown = _previews(source, previews)
    source.close()
    return Inspection(counts, layout.num_train, tuple(layout.notes), reasons, tuple(shown))


def _previews(source: Source, wanted: int) -> list[tuple[str, str, NDArray[np.uint8]]]:
    found = source.layout.found
    spread = sorted({at * len(found) // (2 * wanted) for at in range(2 * wanted)}) if found else []
    shown: list[tuple[str, str, NDArray[np.uint8]]] = []
    for at in [*spread[::2], *([] if source.in_order else spread[1::2])]:
        if len(shown) == wanted:
            break
        try:
            shown.append((found[at].path, found[at].class_name, source.pixels(found[at])))
        except ImageError:
            continue  # the report of the import names it
    return shown
