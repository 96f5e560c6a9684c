"""Going on with a run that is over: stopped, interrupted, failed, or finished and wanted for longer."""

import time
from dataclasses import replace

from filelock import FileLock, Timeout

from cnnviz.errors import RunError
from cnnviz.runs import controls, store
from cnnviz.runs.folder import LOOK_S, RunFolder
from cnnviz.runs.status import Status

RESUMABLE = ("stopped", "interrupted", "failed")


def can_resume(run: RunFolder) -> bool:
    """True for a run that ended before its time and can go on."""
    return not store.is_example(run) and run.status().state in RESUMABLE


def requeue(run: RunFolder, more_epochs: int = 0, owner: str = "") -> bool:
    """Queue a run again: it goes on from its last whole epoch, for so many epochs more than it has, or to its end.

    Returns False and changes nothing for a run that waits or trains already. Raises RunError for one that has nothing
    left to do or can't be written, SpecError for too many epochs.
    """
    if store.is_example(run):
        raise RunError("The example comes with the app and can't go on.", "Start a run of your own.")
    if not run.path.is_dir():  # and locking would bring its folder back
        raise RunError(f"Run {run.id} is gone.", "Somebody deleted it meanwhile.")
    try:
        with FileLock(run.path / "lock", timeout=LOOK_S):
            state = run.status_unlocked()
            if state == "queued":
                return False
            if state == "finished" and not more_epochs:
                raise RunError(f"Run {run.id} is finished.", "Say how many more epochs it should train.")
            _queue(run, more_epochs, owner)
            return True
    except Timeout:
        return False  # somebody trains it
    except OSError as error:
        raise store.cannot_write(error) from error


def _queue(run: RunFolder, more_epochs: int, owner: str) -> None:
    done = max((int(row["epoch"]) for row in run.history()), default=0)
    asked = {**run.asked(), "queued": time.time()}
    if more_epochs:
        spec = run.spec()
        period = spec.schedule_period if spec.schedule in ("step", "cosine") else spec.schedule_epochs
        longer = replace(spec, max_epochs=done + more_epochs, schedule_epochs=period)
        asked = {**asked, "spec": longer.as_dict(), "continued": asked.get("continued", 0) + 1}
    for name in ("stop", "pause"):
        (run.path / name).unlink(missing_ok=True)
    run.write_asked(asked)
    controls.note(
        run, done + 1, "more epochs" if more_epochs else "resume", **({"value": more_epochs} if more_epochs else {})
    )
    run.write_status(Status("queued", owner=owner))
