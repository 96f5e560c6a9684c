"""A sweep: one run for each combination of some settings' values."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from rich.console import Console

from cnnviz.cli.follow import POLL_S, summary
from cnnviz.cli.settings_text import parse_value
from cnnviz.errors import SpecError
from cnnviz.runs import labels
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.jobs import Jobs
from cnnviz.specs import TrainSpec

MOST = 500
Point = Mapping[str, Any]


def values(text: str) -> list[Any]:
    """The values of "a,b,c", each as ``--set`` reads it."""
    return [parse_value(part.strip()) for part in text.split(",")]


def combinations(grid: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every combination of the values, the last setting's changing fastest. Raises SpecError for far too many."""
    points = [dict(zip(grid, point, strict=True)) for point in product(*grid.values())]
    if len(points) > MOST:
        raise SpecError(f"The grid has {len(points):,} combinations.", f"Keep it to {MOST}.", field="grid")
    return points


def point_text(point: Point) -> str:
    """A combination in words: "lr=0.001, dropout=0.5"."""
    return ", ".join(f"{key}={value}" for key, value in point.items())


def train_all(points: Sequence[Point], specs: Sequence[TrainSpec], console: Console) -> list[dict[str, Any]]:
    """Train them all and return their summaries, each with its settings, in the grid's order.

    Of several, each takes one thread unless it asks otherwise: side by side they are sooner done than in turn.
    """
    jobs = Jobs()
    num_threads = 1 if len(specs) > 1 else 0
    try:
        runs = [jobs.submit(replace(spec, num_threads=spec.num_threads or num_threads)) for spec in specs]
        for run, point in zip(runs, points, strict=True):
            labels.label(run, name=point_text(point)[: labels.MAX_NAME])
        _follow_all(runs, points, console)
    finally:
        jobs.close()
    return [_row(run, point) for run, point in zip(runs, points, strict=True)]


def _row(run: RunFolder, point: Point) -> dict[str, Any]:
    figures = summary(run)
    best = {name: figures["best"].get(name) for name in ("valid_loss", "valid_accuracy")}
    return {**figures, "settings": dict(point), **best}


def _follow_all(runs: Sequence[RunFolder], points: Sequence[Point], console: Console) -> None:
    """Wait until all are over and say how each ended. Ctrl-C asks all of them to stop."""
    waiting = dict(zip(runs, points, strict=True))
    with console.status("Starting") as doing:
        while waiting:
            for run, point in list(waiting.items()):
                status = run.status()
                if not status.is_active:
                    del waiting[run]
                    console.print(f"{point_text(point)}: {status.state} {status.why}".strip(), highlight=False)
            doing.update(f"{len(runs) - len(waiting)} of {len(runs)} runs are over")
            try:
                time.sleep(POLL_S)
            except KeyboardInterrupt:
                console.print("Stopping them all; what they have learnt is kept.")
                for run in waiting:
                    run.request_stop()
