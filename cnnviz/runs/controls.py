"""What people can ask of a run while it trains: pause, go on, change the rate. (Stop is the folder's own.)

Asking only leaves a note in the run folder, so anybody may ask, twice or at once, from any process. The process that
trains looks at every tick. A paused run keeps its training process: it waits between two batches, so that going on
is exact.
"""

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from cnnviz.errors import RunError
from cnnviz.runs.folder import Row, RunFolder

if TYPE_CHECKING:
    from cnnviz.training.loop import Trainer

CHANGEABLE = ("lr", "weight_decay")


def pause(run: RunFolder) -> None:
    """Ask a run to wait after the batch it is at; one that is queued waits as soon as it has begun."""
    if run.status().is_active:
        with suppress(FileNotFoundError):  # deleted meanwhile
            (run.path / "pause").touch()


def go_on(run: RunFolder) -> None:
    """Take back a pause."""
    (run.path / "pause").unlink(missing_ok=True)


def is_pause_requested(run: RunFolder) -> bool:
    """True from the moment somebody asked until somebody takes it back."""
    return (run.path / "pause").exists()


def change(run: RunFolder, **settings: float) -> None:
    """Ask for another ``lr`` or ``weight_decay`` from the next epoch on.

    Raises SpecError for a value that can't be, RunError for a setting that can't be changed or a run that is gone.
    """
    if unknown := sorted(set(settings) - set(CHANGEABLE)):
        raise RunError(f"{', '.join(unknown)} can't be changed while a run trains.", f"{' and '.join(CHANGEABLE)} can.")
    run.spec().changed(settings)
    run.append("requests", {"time": time.time(), "epoch": len(run.history()) + 1, **settings})


def pending(run: RunFolder) -> dict[str, float]:
    """What was asked for and is still to come, by setting."""
    asked: dict[str, float] = {}
    for _, row in _waiting(run):
        asked.update({name: row[name] for name in CHANGEABLE if name in row})
    return asked


def take(run: RunFolder, trainer: "Trainer", epoch: int) -> None:
    """Change what was asked for before an epoch begins, and note it. Called by the process that trains."""
    for number, row in _waiting(run):
        for name in CHANGEABLE:
            if isinstance(row.get(name), int | float):
                was = trainer.optimizer.param_groups[0][name]
                for group in trainer.optimizer.param_groups:
                    group[name] = row[name]
                note(run, epoch, name, value=row[name], was=was, request=number)


def note(run: RunFolder, epoch: int, what: str, **more: float) -> None:
    """Add to the run's list of changes: what was done, and in or before which epoch."""
    run.append("changes", {"time": time.time(), "epoch": epoch, "what": what, **more})


def _waiting(run: RunFolder) -> list[tuple[int, Row]]:
    """Requests that no change answers yet, numbered from 1."""
    requests = run.requests()
    done = max((row["request"] for row in run.changes() if isinstance(row.get("request"), int)), default=0)
    return list(enumerate(requests, 1))[done:]
