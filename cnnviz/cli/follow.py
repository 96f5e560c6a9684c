"""Following a run in a terminal, from its folder like everybody else."""

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cnnviz.errors import CnnvizError
from cnnviz.runs.best import best_row
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.progress import run_progress
from cnnviz.runs.status import Status
from cnnviz.specs import TrainSpec

POLL_S = 0.2


def follow(run: RunFolder, spec: TrainSpec, console: Console) -> Status:
    """Show the run's progress until it is over and return how it ended. Ctrl-C asks it to stop."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Waiting for a worker", total=1.0)
        shown = 0
        while True:
            status = run.status()
            shown = _print_epochs(run, shown, console)
            if not status.is_active:
                return status
            progress = run_progress(run.history(), status.at, spec.max_epochs)
            doing = status.why or f"Epoch {progress.epoch}/{spec.max_epochs}, {progress.images_per_s:,.0f} images/s"
            bar.update(task, completed=progress.share, description=doing)
            _sleep_or_stop(run, console)


def _sleep_or_stop(run: RunFolder, console: Console) -> None:
    try:
        time.sleep(POLL_S)
    except KeyboardInterrupt:
        console.print("Stopping; what it has learnt is kept.")
        run.request_stop()


def _print_epochs(run: RunFolder, shown: int, console: Console) -> int:
    history = run.history()
    for row in history[shown:]:
        console.print(
            f"epoch {row['epoch']:>3}  loss {_text(row['train_loss'])} / {_text(row['valid_loss'])}  "
            f"accuracy {row['train_accuracy']:.2%} / {row['valid_accuracy']:.2%}  "
            f"(train / valid, {row['duration_s']:.1f} s)",
            highlight=False,
        )
    return len(history)


def _text(loss: float | None) -> str:
    return "not finite" if loss is None else f"{loss:.4f}"


def summary(run: RunFolder) -> dict[str, Any]:
    """A run in one JSON object, as ``train --json`` and ``runs --json`` print it."""
    history = run.history()
    try:
        best_by = run.spec().best_by
    except CnnvizError:
        best_by = "valid_accuracy"
    best = best_row(history, best_by)
    return {
        "run": run.id,
        "folder": str(run.path),
        "status": run.status().state,
        "device": run.asked().get("device", ""),
        "epochs": len(history),
        "best_epoch": best.get("epoch", 0),
        "best": best,
        "last": history[-1] if history else {},
        "images_per_s": history[-1]["images_per_s"] if history else 0.0,
    }
