"""Early stopping: the run ends once its figure has not got better for a while."""

import math
from typing import Any, Literal

from cnnviz.specs import TrainSpec


class EarlyStopping:
    """Counts the epochs since ``by`` last got better by more than ``min_delta``; patience 0 never stops."""

    def __init__(self, patience: int, min_delta: float, by: Literal["valid_loss", "valid_accuracy"]) -> None:
        self.patience, self.min_delta, self.by = patience, min_delta, by
        self.best, self.best_epoch, self.waited = -math.inf, 0, 0

    @classmethod
    def of(cls, spec: TrainSpec) -> "EarlyStopping":
        """As the spec asks."""
        return cls(spec.patience, spec.min_delta, spec.stop_by)

    def update(self, epoch: int, valid_loss: float, valid_accuracy: float) -> None:
        """Take in an epoch; a figure that is not finite is no better."""
        worth = -valid_loss if self.by == "valid_loss" else valid_accuracy
        if worth > self.best + self.min_delta:
            self.best, self.best_epoch, self.waited = worth, epoch, 0
        else:
            self.waited += 1

    @property
    def patience_left(self) -> int | None:
        """Epochs without progress until training stops; None where it never does."""
        return max(self.patience - self.waited, 0) if self.patience else None

    @property
    def should_stop(self) -> bool:
        """True once patience has run out."""
        return self.patience_left == 0

    def reset_count(self) -> None:
        """Give it all its patience back; what the best was stays."""
        self.waited = 0

    def state_dict(self) -> dict[str, Any]:
        """What going on needs."""
        return {"best": self.best, "best_epoch": self.best_epoch, "waited": self.waited}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from ``state_dict``'s output."""
        self.best, self.best_epoch, self.waited = state["best"], state["best_epoch"], state["waited"]
