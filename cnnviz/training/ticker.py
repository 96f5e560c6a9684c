"""Live figures within an epoch, a few times a second."""

import math
import time
from typing import TYPE_CHECKING

from cnnviz.errors import TrainingError
from cnnviz.training.history import TICK_S, StepRow
from cnnviz.training.tally import Snapshot, Tally

if TYPE_CHECKING:
    from cnnviz.training.loop import Watcher


class Ticker:
    """Turns a tally into live figures."""

    def __init__(self, tally: Tally, watcher: "Watcher", epoch: int, num_batches: int) -> None:
        self.tally, self.watcher, self.epoch, self.num_batches = tally, watcher, epoch, num_batches
        self.batch = 0
        self.paused_s = 0.0
        self.told = (0.0, 0.0, 0)  # summed loss, right answers, images
        self.told_at = self.ticked_at = time.perf_counter()
        self.snapshot: Snapshot | None = None

    def batch_done(self) -> None:
        """Count a batch; take a snapshot or tell the last one when it is time."""
        self.batch += 1
        now = time.perf_counter()
        if now - self.ticked_at < TICK_S and self.batch < self.num_batches:
            return
        self._tick()
        now = self.ticked_at = time.perf_counter()
        if self.snapshot is None:
            self.snapshot = Snapshot(self.tally)
        if self.snapshot.is_here:
            self._tell(now, *self.snapshot.figures(), self.snapshot.count)
            self.snapshot = None

    def _tick(self) -> None:
        paused_s = self.watcher.on_tick() or 0.0
        self.paused_s += paused_s
        self.told_at += paused_s  # a pause is no part of the speed

    def _tell(self, now: float, loss: float, right: float, count: int) -> None:
        check_finite(loss, self.epoch)
        new = count - self.told[2]
        self.watcher.on_step(
            StepRow(
                epoch=self.epoch,
                batch=self.batch,
                num_batches=self.num_batches,
                train_loss=(loss - self.told[0]) / new,
                train_accuracy=(right - self.told[1]) / new,
                images_per_s=new / (now - self.told_at),
            )
        )
        self.told, self.told_at = (loss, right, count), now


def check_finite(loss: float, epoch: int) -> None:
    """Raise TrainingError for a loss that no step can mend."""
    if not math.isfinite(loss):
        raise TrainingError(
            f"The training loss stopped being finite in epoch {epoch}.",
            "A lower learning rate usually mends this.",
            field="lr",
        )
