"""What people can ask of a run while it trains: pause, go on, change the rate. (Stop is the folder's own.)

Asking only leaves a note in the run folder, so anybody may ask, twice or at once, from any process. The process that
trains looks at every tick. A paused run keeps its training process: it waits between two batches, so that going on
is exact.
"""

import time
from contextlib import suppress

from cnnviz.errors import RunError
from cnnviz.runs.folder import RunFolder

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
        raise RunError(
            f"{', '.join(unknown)} can't be changed while a run trains.", f"{' and '.join(CHANGEABLE)} can."
        )
    run.spec().changed(settings)
    run.append("requests", {"time": time.time(), "epoch": len(run.history()) + 1, **settings})


def pending(run: RunFolder) -> dict[str, float]:
    """What was asked for and is still to come, by setting."""
    taken = sum(1 for row in run.changes() if row.get("what") == "taken")
    asked: dict[str, float] = {}
    for row in run.requests()[taken:]:
        asked.update({name: row[name] for name in CHANGEABLE if name in row})
    return asked
