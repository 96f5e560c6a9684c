"""TensorBoard's event files, so that ``tensorboard --logdir runs`` opens the folder of runs as it is.

TensorBoard's own record writer, without the thread and the queue of its ``SummaryWriter``: an epoch is one record in
one write, so a killed process leaves whole records and a full disk is an OSError here and now.
"""

import io
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnviz.training.history import EpochRow

SCALARS = {
    "loss/train": "train_loss",
    "loss/valid": "valid_loss",
    "accuracy/train": "train_accuracy",
    "accuracy/valid": "valid_accuracy",
    "learning rate": "lr",
}
VERSION = "brain.Event:2"  # of the file format; only from it on does TensorBoard heed a session's start


class TensorBoardEvents:
    """Adds the figures of each epoch to an event file of its own in a run folder.

    ``first_epoch``: TensorBoard forgets what earlier files of the folder say from there on, so that a resumed run's
    curve has each epoch once, however its last process ended.
    """

    def __init__(self, folder: Path, first_epoch: int = 1) -> None:
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog

        # The name sorts after those of earlier files even where the clock was put back.
        at = max([int(time.time()), *(_stamp(path) + 1 for path in folder.glob("events.out.tfevents.*"))])
        self.path = folder / f"events.out.tfevents.{at:010d}.{socket.gethostname()}.{os.getpid()}"
        self._write(Event(wall_time=time.time(), file_version=VERSION))
        start = SessionLog(status=SessionLog.START)
        self._write(Event(wall_time=time.time(), step=first_epoch, session_log=start))

    def add(self, row: "EpochRow") -> None:
        """Write an epoch's figures. Raises OSError when the disk takes no more."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = [Summary.Value(tag=tag, simple_value=getattr(row, name)) for tag, name in SCALARS.items()]
        self._write(Event(wall_time=time.time(), step=row.epoch, summary=Summary(value=values)))

    def _write(self, event: object) -> None:
        from tensorboard.summary.writer.record_writer import RecordWriter

        record = io.BytesIO()
        RecordWriter(record).write(event.SerializeToString())  # type: ignore[attr-defined]
        with self.path.open("ab", buffering=0) as file:
            file.write(record.getvalue())


def _stamp(path: Path) -> int:
    digits = path.name.split(".")[3:4]
    return int(digits[0]) if digits and digits[0].isdigit() else 0
