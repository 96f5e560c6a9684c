"""The figures of a run: a row an epoch, and thinned figures within an epoch."""

from dataclasses import asdict, dataclass

TICK_S = 0.2  # live figures come at most this often


@dataclass(frozen=True)
class EpochRow:
    """One epoch. Losses are means over images, accuracies shares of 1, duration seconds of wall time without pauses.

    ``train_loss`` is the cross entropy alone; ``penalty``, the mean of the L1 and L2 terms, comes on top of it.
    """

    epoch: int  # counts from 1; 0 for a network that was only scored
    train_loss: float
    train_accuracy: float
    valid_loss: float
    valid_accuracy: float
    lr: float
    duration_s: float
    images_per_s: float  # training images by wall time of the whole epoch, validation included
    penalty: float = 0.0
    patience_left: int | None = None  # epochs without progress until training stops early

    def as_dict(self) -> dict[str, float | None]:
        """The row as plain JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class StepRow:
    """Where training stands within an epoch; loss and accuracy are means since the row before."""

    epoch: int
    batch: int  # batches done in this epoch
    num_batches: int
    train_loss: float
    train_accuracy: float
    images_per_s: float

    def as_dict(self) -> dict[str, float]:
        """The row as plain JSON types."""
        return asdict(self)
