"""A handful of validation images whose predictions are kept epoch by epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.evaluation.mistakes import softmax

COUNT = 12


@dataclass(frozen=True)
class Watched:
    """What one image was taken for in one epoch: index into the set, classes by number, probability (0 to 1)."""

    index: int
    target: int
    predicted: int
    prob: float

    @property
    def is_right(self) -> bool:
        """True when the network took the image for what it is."""
        return self.target == self.predicted


def watched_row(
    epoch: int, logits: NDArray[np.floating], targets: NDArray[np.int64], indices: NDArray[np.int64]
) -> dict[str, Any]:
    """A line for ``watched.jsonl``: the same images, spread evenly over the validation part, at each epoch.

    logits (N, classes), targets (N,), indices (N,) into the set.
    """
    chosen = np.unique(np.linspace(0, len(targets) - 1, min(COUNT, len(targets))).astype(int))
    probs = softmax(logits[chosen])
    predicted = probs.argmax(axis=1)
    return {
        "epoch": epoch,
        "index": indices[chosen].tolist(),
        "target": targets[chosen].tolist(),
        "predicted": predicted.tolist(),
        "prob": [round(float(value), 4) for value in probs.max(axis=1)],
    }


def read_watched(row: Mapping[str, Any]) -> list[Watched]:
    """The images of a line; none when a hand has been in the file."""
    columns = [row.get(name) for name in ("index", "target", "predicted", "prob")]
    if not all(isinstance(column, Sequence) for column in columns):
        return []
    try:
        return [Watched(int(i), int(t), int(p), float(share)) for i, t, p, share in zip(*columns, strict=True)]
    except (TypeError, ValueError):
        return []
