"""The training loop, as a ladder of small steps: fit → epoch → step.

It keeps images on the device, sums figures there, and never waits for them within an epoch. What happens to the
figures is the watcher's business.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from cnnviz.specs import TrainSpec
from cnnviz.training.early_stopping import EarlyStopping
from cnnviz.training.feed import Feed
from cnnviz.training.history import TICK_S, EpochRow, StepRow
from cnnviz.training.memory import out_of_memory_said
from cnnviz.training.objective import Objective
from cnnviz.training.schedule import advance
from cnnviz.training.scoring import EVAL_BATCH, evaluate
from cnnviz.training.tally import Snapshot, Tally
from cnnviz.training.ticker import Ticker, check_finite

__all__ = ["EVAL_BATCH", "TICK_S", "Stop", "Trainer", "Watcher", "evaluate"]


class Watcher(Protocol):
    """What the loop tells as it goes. Any call may raise Stop to end the run where it stands."""

    def on_step(self, row: StepRow) -> None:
        """Called a few times a second within an epoch."""

    def on_epoch(self, row: EpochRow, logits: Tensor, trainer: "Trainer") -> None:
        """Called after each epoch with the validation logits (N, classes) on the CPU."""

    def on_tick(self) -> float | None:
        """Called a few times a second, even when there is nothing to tell; returns the seconds it paused, if any."""


class Stop(Exception):  # noqa: N818 - no error: somebody asked for it
    """Ends training; what was recorded so far stands."""


@dataclass
class Trainer:
    """A network, its optimiser and its data, ready to be fitted."""

    spec: TrainSpec
    model: nn.Module
    optimizer: torch.optim.Optimizer
    objective: Objective
    train: Feed
    valid: Feed
    device: torch.device
    order: torch.Generator  # of the batches; apart from dropout's, so that each can be compared alone
    augmentation: torch.Generator  # apart from both, for the same reason
    schedule: LRScheduler | None = None
    eval_batch: int = EVAL_BATCH
    stopping: EarlyStopping = field(init=False)

    def __post_init__(self) -> None:
        self.stopping = EarlyStopping.of(self.spec)

    def fit(self, watcher: Watcher, first_epoch: int = 1) -> None:
        """Train up to the spec's last epoch, or until early stopping ends it; with none to train, only score.

        Raises TrainingError when the loss is not finite or memory runs out.
        """
        with out_of_memory_said(self.spec):
            ended = time.perf_counter()
            if self.spec.max_epochs == 0:
                watcher.on_epoch(*self._scored(ended), self)
            for epoch in range(first_epoch, self.spec.max_epochs + 1):
                if self.stopping.should_stop:
                    return
                # What the watcher did after the last epoch counts too.
                row, logits = self._epoch(epoch, watcher, ended)
                ended = time.perf_counter()
                advance(self.schedule, row.valid_loss)
                watcher.on_epoch(row, logits, self)

    def _epoch(self, epoch: int, watcher: Watcher, started: float) -> tuple[EpochRow, Tensor]:
        lr = float(self.optimizer.param_groups[0]["lr"])
        tally, paused_s = self._train_epoch(epoch, watcher)
        loss, right = Snapshot(tally).figures()  # waits for the device
        check_finite(loss, epoch)
        valid_loss, valid_accuracy, logits = self.score()
        self.stopping.update(epoch, valid_loss, valid_accuracy)
        duration_s = time.perf_counter() - started - paused_s
        row = EpochRow(
            epoch=epoch,
            train_loss=loss / tally.count,
            train_accuracy=right / tally.count,
            valid_loss=valid_loss,
            valid_accuracy=valid_accuracy,
            lr=lr,
            duration_s=duration_s,
            images_per_s=tally.count / duration_s,
            penalty=tally.penalty.item() / tally.count,
            patience_left=self.stopping.patience_left,
        )
        return row, logits

    def score(self) -> tuple[float, float, Tensor]:
        """(loss, accuracy, logits) on the validation images, in the mode that the spec asks for."""
        if self.spec.score_in_training_mode:
            # Batch by batch as in training: batch norm takes each batch's own figures.
            return evaluate(
                self.model, self.valid, self.objective.loss, training_mode=True, batch_size=self.spec.batch_size
            )
        return evaluate(self.model, self.valid, self.objective.loss, batch_size=self.eval_batch)

    def _scored(self, started: float) -> tuple[EpochRow, Tensor]:
        """The figures of a network that is not trained, as epoch 0."""
        train_loss, train_accuracy, _ = evaluate(
            self.model, self.train.plain(), self.objective.loss, batch_size=self.eval_batch
        )
        valid_loss, valid_accuracy, logits = self.score()
        duration_s = time.perf_counter() - started
        figures = (train_loss, train_accuracy, valid_loss, valid_accuracy)
        return EpochRow(0, *figures, self.spec.lr, duration_s, len(self.train) / duration_s), logits

    def state(self) -> dict[str, Any]:
        """What going on from here needs: weights, states of optimiser, schedule and stopping, the random states."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict() if self.schedule is not None else {},
            "early_stopping": self.stopping.state_dict(),
            "order": self.order.get_state(),
            "augmentation": self.augmentation.get_state(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if self.device.type == "cuda" else [],
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from ``state``'s output, to the last digit. Raises KeyError, ValueError or RuntimeError."""
        # Where the best weights were put back at the end, those of the last epoch are kept beside them.
        self.model.load_state_dict(state.get("model_at_end") or state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.schedule is not None:
            self.schedule.load_state_dict(state["schedule"])
        self.stopping.load_state_dict(state["early_stopping"])
        self.order.set_state(state["order"].cpu())
        self.augmentation.set_state(state["augmentation"].cpu())
        torch.set_rng_state(state["random"].cpu())
        if self.device.type == "cuda":
            torch.cuda.set_rng_state_all([one.cpu() for one in state["random_cuda"]])

    def _train_epoch(self, epoch: int, watcher: Watcher) -> tuple[Tally, float]:
        """(the epoch's sums, seconds paused)."""
        self.model.train()
        tally = Tally(self.device)
        ticker = Ticker(tally, watcher, epoch, self._num_batches())
        order = torch.randperm(len(self.train), generator=self.order) if self.spec.shuffle else None
        if order is not None:
            order = order.to(self.device)
        batches = self.train.batches(self.spec.batch_size, order=order, drop_last=self.spec.drop_last)
        for images, labels in batches:
            tally.add(*self._step(images, labels))
            ticker.batch_done()
        return tally, ticker.paused_s

    def _step(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
        logits = self.model(images)
        loss, penalty = self.objective.loss(logits, labels), self.objective.penalty()
        self.optimizer.zero_grad(set_to_none=True)
        whole = loss if penalty is None else loss + penalty
        whole.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        return loss, logits, labels, penalty

    def _num_batches(self) -> int:
        return self.train.num_batches(self.spec.batch_size, drop_last=self.spec.drop_last)
