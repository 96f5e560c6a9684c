"""The watcher that writes a run folder while the loop trains."""

import io
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.files import written_whole
from cnnviz.runs.best import rank
from cnnviz.runs.folder import Predictions, RunFolder
from cnnviz.runs.status import Status
from cnnviz.runs.tensorboard import TensorBoardEvents
from cnnviz.training.history import EpochRow, StepRow
from cnnviz.training.loop import Stop, Trainer

STEPS_KEPT = 1000  # roughly: the longer a run, the further apart


class Recorder:
    """Writes status, history, thinned steps, weights and predictions; ends the run when somebody asked to."""

    def __init__(self, run: RunFolder, best_by: str, indices: NDArray[np.int64]) -> None:
        self.run, self.best_by, self.indices = run, best_by, indices
        self.best: EpochRow | None = None
        self.events: TensorBoardEvents | None = None
        self.started = time.time()
        self.began = self.kept_at = time.perf_counter()

    def on_tick(self) -> None:
        """Raise Stop when a stop was requested."""
        if self.run.is_stop_requested():
            raise Stop

    def on_step(self, row: StepRow) -> None:
        """Say where training stands, and keep the figures if the last kept ones are old enough."""
        self.run.write_status(Status("running", self.started, at=row.as_dict()))
        now = time.perf_counter()
        if now - self.kept_at >= (now - self.began) / STEPS_KEPT:
            self.run.append_step(row.as_dict())
            self.kept_at = now

    def on_epoch(self, row: EpochRow, logits: Tensor, trainer: Trainer) -> None:
        """Keep the epoch's figures and weights, and its predictions when it is the best so far."""
        if self.best is None or rank(row.as_dict(), self.best_by) > rank(self.best.as_dict(), self.best_by):
            self.best = row
            self._keep_best(row, logits, trainer)
        self._save("last.pt", {**trainer.state(), "epoch": row.epoch})
        if self.events is None:
            self.events = TensorBoardEvents(self.run.path, first_epoch=row.epoch)
        self.events.add(row)
        self.run.append_epoch(row.as_dict())

    def _keep_best(self, row: EpochRow, logits: Tensor, trainer: Trainer) -> None:
        self._save("best.pt", trainer.model.state_dict())
        self.run.write_predictions(
            Predictions(logits.numpy(), trainer.valid.labels.cpu().numpy(), self.indices, row.epoch)
        )

    def _save(self, name: str, content: Mapping[str, Any]) -> None:
        packed = io.BytesIO()  # torch hides a full disk behind an error of its own; a plain write does not
        torch.save(content, packed)
        with written_whole(self.run.path / name) as file:
            file.write(packed.getbuffer())
