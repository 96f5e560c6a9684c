"""The watcher that writes a run folder while the loop trains, and does what people ask of the run."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.runs import checkpoints, controls
from cnnviz.runs.best import best_row, rank
from cnnviz.runs.folder import Predictions, RunFolder
from cnnviz.runs.progress import STEPS_KEPT
from cnnviz.runs.snapshots import Snapshots
from cnnviz.runs.status import Status
from cnnviz.runs.tensorboard import TensorBoardEvents
from cnnviz.training.history import EpochRow, StepRow
from cnnviz.training.loop import Stop, Trainer

PAUSE_S = 0.1  # between two looks whether a pause is over


class Recorder:
    """Writes status, history, thinned steps, weights, snapshots and predictions.

    Of an epoch, ``last.pt`` is written last: whatever a killed process leaves, going on from there writes the same
    again. ``continued`` counts how often the run was continued after its end.
    """

    def __init__(self, run: RunFolder, best_by: str, indices: NDArray[np.int64], continued: int = 0) -> None:
        self.run, self.best_by, self.indices, self.continued = run, best_by, indices, continued
        self.best: Mapping[str, Any] = best_row(run.history(), best_by)
        self.snapshots = Snapshots(run, indices)
        self.events: TensorBoardEvents | None = None
        self.at: dict[str, float] = {}
        self.epoch = 1
        self.started = time.time()
        self.began = self.kept_at = time.perf_counter()

    def start(self, trainer: Trainer, first_epoch: int) -> None:
        """Do what was asked before the first epoch. Raises Stop when a stop was requested."""
        self.epoch = first_epoch
        controls.take(self.run, trainer, first_epoch)
        self.on_tick()

    def on_tick(self) -> float | None:
        """Raise Stop when a stop was requested; wait while a pause is, and say how long it took."""
        if self.run.is_stop_requested():
            raise Stop
        if not controls.is_pause_requested(self.run):
            return None
        began = time.perf_counter()
        self.run.write_status(Status("paused", at=self.at))
        controls.note(self.run, self.epoch, "pause")
        while controls.is_pause_requested(self.run) and not self.run.is_stop_requested():
            time.sleep(PAUSE_S)
        if self.run.is_stop_requested():
            raise Stop
        controls.note(self.run, self.epoch, "continue")
        self.run.write_status(Status("running", self.started, at=self.at))
        return time.perf_counter() - began

    def on_step(self, row: StepRow) -> None:
        """Say where training stands, and keep the figures if the last kept ones are old enough."""
        self.at = row.as_dict()
        self.run.write_status(Status("running", self.started, at=self.at))
        now = time.perf_counter()
        if now - self.kept_at >= (now - self.began) / STEPS_KEPT:
            self.run.append_step(self.at)
            self.kept_at = now

    def on_epoch(self, row: EpochRow, logits: Tensor, trainer: Trainer) -> None:
        """Keep the epoch's figures and weights, and its predictions when it is the best so far."""
        plain = row.as_dict()
        if not self.best or rank(plain, self.best_by) > rank(self.best, self.best_by):
            self.best = plain
            self._keep_best(row, logits, trainer)
        self.snapshots.keep(row.epoch, logits, trainer)
        if self.events is None:
            self.events = TensorBoardEvents(self.run.path, first_epoch=row.epoch)
        self.events.add(row)
        self.run.append_epoch(plain)
        checkpoints.save(self.run, "last.pt", {**trainer.state(), "epoch": row.epoch, "continued": self.continued})
        self.epoch = row.epoch + 1
        if row.epoch < trainer.spec.max_epochs:
            controls.take(self.run, trainer, self.epoch)

    def _keep_best(self, row: EpochRow, logits: Tensor, trainer: Trainer) -> None:
        checkpoints.save(self.run, "best.pt", trainer.model.state_dict())
        self.run.write_predictions(
            Predictions(logits.numpy(), trainer.valid.labels.cpu().numpy(), self.indices, row.epoch)
        )

    def finish(self, trainer: Trainer) -> str:
        """Put the best weights back where that was asked for; say how the training ended, if not as planned."""
        said = []
        spec, stopping = trainer.spec, trainer.stopping
        if stopping.should_stop:
            figure = spec.stop_by.replace("valid_", "validation ")
            said.append(
                f"It stopped early, after epoch {self.epoch - 1}: no better {figure} since epoch {stopping.best_epoch}."
            )
        if spec.restore_best and self.best.get("epoch"):
            checkpoints.restore_best(self.run)
            said.append(f"The weights of epoch {self.best['epoch']}, the best, were put back.")
        return " ".join(said)
