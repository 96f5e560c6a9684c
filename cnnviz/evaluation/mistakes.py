"""The misclassified images of a run, most confident first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Mistake:
    """One misclassified image: its index in the set, what it is, what it was taken for and how surely (0 to 1)."""

    index: int
    target: int
    predicted: int
    prob: float
    target_prob: float


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Probabilities (N, classes) from logits (N, classes), as ``torch.softmax(logits, 1)`` gives them."""
    powers = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]


def find_mistakes(
    logits: NDArray[np.floating], targets: NDArray[np.int64], indices: NDArray[np.int64]
) -> list[Mistake]:
    """Every misclassified image, the most confident mistake first; equal ones by index."""
    probs = softmax(logits)
    predicted = logits.argmax(axis=1)
    wrong = np.flatnonzero(predicted != targets)
    surest_first = wrong[np.lexsort((indices[wrong], -probs[wrong, predicted[wrong]]))]
    return [
        Mistake(
            index=int(indices[row]),
            target=int(targets[row]),
            predicted=int(predicted[row]),
            prob=float(probs[row, predicted[row]]),
            target_prob=float(probs[row, targets[row]]),
        )
        for row in surest_first
    ]


def select(mistakes: Sequence[Mistake], target: int | None = None, predicted: int | None = None) -> list[Mistake]:
    """The mistakes of one true class, of one predicted class, or both; None takes all."""
    return [
        mistake for mistake in mistakes if target in (None, mistake.target) and predicted in (None, mistake.predicted)
    ]


def most_confused(mistakes: Sequence[Mistake], limit: int) -> list[tuple[tuple[int, int], int]]:
    """((target, predicted), count) of the commonest confusions, the commonest first."""
    pairs = Counter((mistake.target, mistake.predicted) for mistake in mistakes)
    return sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:limit]
