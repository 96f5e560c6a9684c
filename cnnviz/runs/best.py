"""Which epoch of a run is its best."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def best_row(history: Sequence[Mapping[str, Any]], best_by: str) -> Mapping[str, Any]:
    """The best epoch's row, or an empty one. Of equal accuracies the lower validation loss wins, then the earlier."""
    return max(history, key=lambda row: rank(row, best_by), default={})


def rank(row: Mapping[str, Any], best_by: str) -> tuple[float, float]:
    """A key that is larger for a better epoch; a loss that was not finite is worse than any."""
    loss = row.get("valid_loss")
    worth = -math.inf if loss is None or math.isnan(loss) else -loss
    return (0.0, worth) if best_by == "valid_loss" else (row.get("valid_accuracy") or 0.0, worth)
