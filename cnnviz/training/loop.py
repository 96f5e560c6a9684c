"""The training loop, as a ladder of small steps: fit → epoch → step.

It keeps images on the device, sums figures there, and never waits for them within an epoch. What happens to the
figures is the watcher's business.
"""

import math
import time
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnviz.errors import TrainingError
from cnnviz.specs import TrainSpec
from cnnviz.training.feed import Feed
from cnnviz.training.history import EpochRow, StepRow
from cnnviz.training.tally import Snapshot, Tally

EVAL_BATCH = 1000
TICK_S = 0.2  # live figures come at most this often


class Watcher(Protocol):
    """What the loop tells as it goes. Either call may raise Stop to end the run where it stands."""

    def on_step(self, row: StepRow) -> None:
        """Called a few times a second within an epoch."""

    def on_epoch(self, row: EpochRow, logits: Tensor, trainer: "Trainer") -> None:
        """Called after each epoch with the validation logits (N, classes) on the CPU."""

    def on_tick(self) -> None:
        """Called a few times a second, even when there is nothing to tell."""


class Stop(Exception):  # noqa: N818 - no error: somebody asked for it
    """Ends training; what was recorded so far stands."""


@dataclass
class Trainer:
    """A network, its optimiser and its data, ready to be fitted."""

    spec: TrainSpec
    model: nn.Module
    optimizer: torch.optim.Optimizer
    train: Feed
    valid: Feed
    device: torch.device
    order: torch.Generator  # of the batches; apart from dropout's, so that each can be compared alone

    def fit(self, watcher: Watcher, first_epoch: int = 1) -> None:
        """Train up to the spec's last epoch. Raises TrainingError when the loss is not finite."""
        ended = time.perf_counter()
        for epoch in range(first_epoch, self.spec.max_epochs + 1):
            tally = self._train_epoch(epoch, watcher)
            train_loss, train_accuracy = finite(tally, epoch)
            valid_loss, valid_accuracy, logits = evaluate(self.model, self.valid)
            started, ended = (
                ended,
                time.perf_counter(),
            )  # so what the watcher did after the last epoch counts too
            duration_s = ended - started
            watcher.on_epoch(
                EpochRow(
                    epoch=epoch,
                    train_loss=train_loss,
                    train_accuracy=train_accuracy,
                    valid_loss=valid_loss,
                    valid_accuracy=valid_accuracy,
                    lr=self.optimizer.param_groups[0]["lr"],
                    duration_s=duration_s,
                    images_per_s=tally.count / duration_s,
                ),
                logits,
                self,
            )

    def state(self) -> dict[str, Any]:
        """What going on from here needs: weights, the optimiser's state, the random states."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "order": self.order.get_state(),
            "random": torch.get_rng_state(),
        }

    def _train_epoch(self, epoch: int, watcher: Watcher) -> Tally:
        self.model.train()
        tally = Tally(self.device)
        ticker = Ticker(tally, watcher, epoch, self._num_batches())
        order = torch.randperm(len(self.train), generator=self.order) if self.spec.shuffle else None
        if order is not None:
            order = order.to(self.device)
        batches = self.train.batches(self.spec.batch_size, order=order, drop_last=self.spec.drop_last)
        for images, labels in batches:
            logits, loss = self._step(images, labels)
            tally.add(loss, logits, labels)
            ticker.batch_done()
        return tally

    def _step(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.model(images)
        loss = functional.cross_entropy(logits, labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return logits, loss

    def _num_batches(self) -> int:
        return self.train.num_batches(self.spec.batch_size, drop_last=self.spec.drop_last)


class Ticker:
    """Turns a tally into live figures, a few times a second."""

    def __init__(self, tally: Tally, watcher: Watcher, epoch: int, num_batches: int) -> None:
        self.tally, self.watcher, self.epoch, self.num_batches = tally, watcher, epoch, num_batches
        self.batch = 0
        self.told = (0.0, 0.0, 0)  # summed loss, right answers, images
        self.told_at = self.ticked_at = time.perf_counter()
        self.snapshot: Snapshot | None = None

    def batch_done(self) -> None:
        """Count a batch; take a snapshot or tell the last one when it is time."""
        self.batch += 1
        now = time.perf_counter()
        if now - self.ticked_at < TICK_S and self.batch < self.num_batches:
            return
        self.ticked_at = now
        self.watcher.on_tick()
        if self.snapshot is None:
            self.snapshot = Snapshot(self.tally)
        if self.snapshot.is_here:
            self._tell(now, *self.snapshot.figures(), self.snapshot.count)
            self.snapshot = None

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


@torch.inference_mode()
def evaluate(model: nn.Module, feed: Feed) -> tuple[float, float, Tensor]:
    """(mean loss, accuracy, logits (N, classes) on the CPU) in eval mode; leaves the model in that mode."""
    model.eval()
    logits = torch.cat([model(images) for images, _ in feed.batches(EVAL_BATCH)])
    loss = functional.cross_entropy(logits, feed.labels)
    accuracy = (logits.argmax(1) == feed.labels).float().mean()
    return loss.item(), accuracy.item(), logits.cpu()


def finite(tally: Tally, epoch: int) -> tuple[float, float]:
    """(mean loss, accuracy) of an epoch; waits for the device."""
    loss, right = Snapshot(tally).figures()
    check_finite(loss, epoch)
    return loss / tally.count, right / tally.count


def check_finite(loss: float, epoch: int) -> None:
    """Raise TrainingError for a loss that no step can mend."""
    if not math.isfinite(loss):
        raise TrainingError(
            f"The training loss stopped being finite in epoch {epoch}.",
            "A lower learning rate usually mends this.",
            field="lr",
        )
