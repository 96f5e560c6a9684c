"""The run folder: every file of it, written whole or line by line, and read without trusting a byte."""

import errno
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from cnnviz.errors import CnnvizError, RunError
from cnnviz.files import written_whole
from cnnviz.runs.status import Status, confirmed
from cnnviz.specs import TrainSpec

Row = dict[str, Any]
LOCK_TIMEOUT_S = 10  # a reader that looks whether the lock is held has it for a moment
LOOK_S = 0.3  # so long a lock is asked for: longer than such a look, shorter than a person's patience


@dataclass(frozen=True)
class Predictions:
    """What a run said about its validation images: logits (N, classes), targets (N,), indices into the set (N,)."""

    logits: NDArray[np.float32]
    targets: NDArray[np.int64]
    indices: NDArray[np.int64]
    epoch: int


@dataclass(frozen=True)
class RunFolder:
    """One run. Reading never raises for what a crash or a hand may have left in the folder, unless said."""

    path: Path

    @property
    def id(self) -> str:
        """The run's name: that of its folder."""
        return self.path.name

    # What was asked for -------------------------------------------------------------------------------------

    def spec(self) -> TrainSpec:
        """What was asked for. Raises RunError when ``spec.json`` can't be read."""
        plain = self.asked()
        try:
            return TrainSpec.from_dict(plain["spec"])
        except (KeyError, TypeError, CnnvizError) as error:
            raise RunError(
                f"spec.json of run {self.id} can't be read: {error}.", "Its other files are kept."
            ) from error

    def asked(self) -> dict[str, Any]:
        """All of ``spec.json``: the spec, library versions, when it was created; empty when unreadable."""
        plain = _read_json(self.path / "spec.json")
        return plain if isinstance(plain, dict) else {}

    def write_asked(self, plain: Mapping[str, Any]) -> None:
        """Write ``spec.json``."""
        _write_json(self.path / "spec.json", plain)

    def read_json(self, name: str) -> object:
        """What ``NAME.json`` holds, or None."""
        return _read_json(self.path / f"{name}.json")

    def write_json(self, name: str, plain: Mapping[str, Any]) -> None:
        """Write ``NAME.json``."""
        _write_json(self.path / f"{name}.json", plain)

    # Where it stands ----------------------------------------------------------------------------------------

    def status(self) -> Status:
        """Where the run stands, confirmed by its locks."""
        recorded = self.recorded_status()
        status = confirmed(recorded, self.path)
        if status.state == "interrupted" and recorded.is_active:
            # The worker may have written its end and let go of the lock between the two looks.
            again = self.recorded_status()
            return status if again == recorded else confirmed(again, self.path)
        return status

    def recorded_status(self) -> Status:
        """Where ``status.json`` says it stands."""
        return Status.from_dict(_read_json(self.path / "status.json"))

    def write_status(self, status: Status) -> None:
        """Write ``status.json``; on a full disk, over its old bytes, which needs no new room."""
        path = self.path / "status.json"
        try:
            _write_json(path, status.as_dict())
        except OSError:
            with path.open("r+b") as file:
                file.write(_json_bytes(status.as_dict()))
                file.truncate()

    def status_unlocked(self) -> str:
        """The state for whoever holds the lock: nobody can be training, so one that says so is interrupted."""
        state = self.recorded_status().state
        return "interrupted" if state in ("running", "paused") else state if state != "queued" else self.status().state

    def request_stop(self) -> None:
        """Ask whoever trains this run to stop; one whose turn has not come is stopped at once."""
        with suppress(FileNotFoundError):  # deleted meanwhile
            (self.path / "stop").touch()
        if self.recorded_status().state == "queued":
            with suppress(Timeout), FileLock(self.path / "lock", timeout=LOOK_S):  # held: a worker has just taken it
                if self.recorded_status().state == "queued":
                    self.write_status(Status("stopped", why="It was stopped before it began."))

    def is_stop_requested(self) -> bool:
        """True once somebody asked."""
        return (self.path / "stop").exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the run's lock: as long as this lasts, ``status`` reads as alive. Raises RunError if another does."""
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=LOCK_TIMEOUT_S)
        except Timeout as error:
            raise RunError(f"Run {self.id} is being trained by another process.") from error
        try:
            yield
        finally:
            lock.release()

    def sweep(self) -> None:
        """Throw away the weights and arrays that killed processes left half written; for whoever holds the lock."""
        for half in (*self.path.rglob(".*.pt.????????"), *self.path.glob(".*.npz.????????")):
            half.unlink(missing_ok=True)

    # What came of it ----------------------------------------------------------------------------------------

    def history(self) -> list[Row]:
        """The epochs so far, each with every figure of EpochRow; None for one that was not finite."""
        return _read_lines(self.path / "history.jsonl")

    def steps(self) -> list[Row]:
        """Thinned figures within epochs, each a StepRow."""
        return _read_lines(self.path / "steps.jsonl")

    def norms(self) -> list[Row]:
        """Gradient and weight norms by layer, for the epochs that were kept."""
        return _read_lines(self.path / "norms.jsonl")

    def changes(self) -> list[Row]:
        """What was done to the run while it ran, oldest first: time, epoch, what, and the value where there is one."""
        return _read_lines(self.path / "changes.jsonl")

    def requests(self) -> list[Row]:
        """What people asked to be changed, oldest first; what came of it is in ``changes``."""
        return _read_lines(self.path / "requests.jsonl")

    def append_epoch(self, row: Mapping[str, float | None]) -> None:
        """Add a line to ``history.jsonl``."""
        self.append("history", row)

    def append_step(self, row: Mapping[str, float]) -> None:
        """Add a line to ``steps.jsonl``."""
        self.append("steps", row)

    def append(self, name: str, row: Mapping[str, Any]) -> None:
        """Add a line to one of the folder's files of lines."""
        _append_line(self.path / f"{name}.jsonl", row)

    def keep_epochs(self, last: int) -> None:
        """Leave the figures of epochs 1 to ``last`` alone: those beyond are about to be written again."""
        for name in ("history", "steps", "norms"):
            _rewrite(self.path / f"{name}.jsonl", lambda row: 1 <= row["epoch"] <= last)
        # A change is made again at the epoch that it was made before; a pause is not.
        _rewrite(self.path / "changes.jsonl", lambda row: row["epoch"] <= last or "request" not in row)

    @property
    def predictions_path(self) -> Path:
        """Where the best epoch's predictions are."""
        return self.path / "predictions.npz"

    def predictions(self) -> Predictions:
        """The best epoch's predictions. Raises RunError when there are none or they can't be read."""
        try:
            with np.load(self.predictions_path, allow_pickle=False) as arrays:
                return Predictions(arrays["logits"], arrays["targets"], arrays["indices"], int(arrays["epoch"]))
        except FileNotFoundError as error:
            raise RunError(f"Run {self.id} has no predictions yet.", "They come with its first epoch.") from error
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise RunError(f"predictions.npz of run {self.id} can't be read: {error}.", "Train it again.") from error

    def write_predictions(self, predictions: Predictions) -> None:
        """Write ``predictions.npz``."""
        with written_whole(self.predictions_path) as file:
            np.savez(
                file,
                logits=predictions.logits,
                targets=predictions.targets,
                indices=predictions.indices,
                epoch=predictions.epoch,
            )


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _read_lines(path: Path) -> list[Row]:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return []
    rows = (_parsed(line) for line in lines)
    return [row for row in rows if row is not None]


def _parsed(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None  # the last line of a killed writer
    return row if isinstance(row, dict) and isinstance(row.get("epoch"), int | float) else None


def _json_bytes(plain: Mapping[str, Any]) -> bytes:
    return json.dumps(_finite(plain), ensure_ascii=False, allow_nan=False).encode()


def _finite(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, float) and not math.isfinite(value):
        return None  # JSON has no NaN
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    return value


def _write_json(path: Path, plain: Mapping[str, Any]) -> None:
    with written_whole(path) as file:
        file.write(_json_bytes(plain))


def _rewrite(path: Path, is_kept: Callable[[Row], bool]) -> None:
    if path.exists():
        with written_whole(path) as file:
            file.writelines(_json_bytes(row) + b"\n" for row in _read_lines(path) if is_kept(row))


def _append_line(path: Path, row: Mapping[str, Any]) -> None:
    # One write of one whole line, so that a reader never sees two writers' halves.
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    line = _json_bytes(row) + b"\n"
    try:
        if os.write(handle, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)
