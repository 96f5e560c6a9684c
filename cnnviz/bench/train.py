"""``bench train``: the app's training against the loops a user would write, interleaved in one run.

Each contestant lives in a process of its own, started as such a process would be: the plain loops with the
allocator's defaults, the app's own in a worker of its pool. Every round gives each contestant the same epochs in
turn, so that a machine shared with others slows them alike.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from cnnviz.bench.report import Report
from cnnviz.recipes import get
from cnnviz.runs.jobs import Jobs
from cnnviz.training.allocator import ALLOCATOR_ENV

ROOT = Path(__file__).resolve().parents[2]
SHARED_MNIST = ROOT.parent / "shared" / "data" / "mnist"
ROUNDS = 7
SETS = {"mnist-5k": {"max_epochs": 3}, "mnist": {"max_epochs": 1, "train_size": 12_000, "valid_size": 2_000}}

Say = Callable[[str], None]


@dataclass
class Loop:
    """A contestant in a process that runs ``bench.loops`` and trains when it is told to."""

    name: str
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cnnviz.bench.loops", self.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **self.env},
        )

    def images_per_s(self, settings: dict[str, Any]) -> float:
        """Train a fresh network; training images by seconds of its epochs, validation included."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(settings) + "\n")
        self.process.stdin.flush()
        return float(json.loads(self.process.stdout.readline())["images_per_s"])

    def __enter__(self) -> "Loop":
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)


class App:
    """The contestant that users have: a run submitted to the pool, its folder written, followed by a page's polling."""

    def __init__(self) -> None:
        self.jobs = Jobs()

    def images_per_s(self, settings: dict[str, Any]) -> float:
        """Train a run and read its own figures."""
        run = self.jobs.submit(get("lenet-digits").spec.changed(settings))
        while run.status().is_active:
            run.history(), run.steps()
            time.sleep(0.5)
        return float(median(row["images_per_s"] for row in run.history()))

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        self.jobs.close()


def run(say: Say) -> Report:
    """Measure every set that is at hand."""
    report = Report("train")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        _use_folders(Path(folder))
        contestants: dict[str, Loop | App] = {
            "tutorial": stack.enter_context(Loop("tutorial")),
            "tensor": stack.enter_context(Loop("tensor")),
            "silent": stack.enter_context(Loop("silent", ALLOCATOR_ENV)),
            "app": stack.enter_context(App()),
        }
        for data in SETS:
            if data == "mnist" and not SHARED_MNIST.exists():
                continue
            _measure(report, contestants, data, say)
    return report


def _use_folders(folder: Path) -> None:
    """Runs go to a folder that is thrown away; the digits too, with the full set beside them where it is at hand."""
    os.environ["CNNVIZ_RUNS"], os.environ["CNNVIZ_DATA"] = str(folder / "runs"), str(folder / "data")
    (folder / "data").mkdir()
    if SHARED_MNIST.exists():
        (folder / "data" / "MNIST").symlink_to(SHARED_MNIST / "MNIST")


def _measure(report: Report, contestants: dict[str, Any], data: str, say: Say) -> None:
    settings = {"data": data, **SETS[data]}
    speeds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(ROUNDS + 1):
        for name, contestant in contestants.items():
            say(f"{data}, round {turn} of {ROUNDS}, {name}")
            speed = contestant.images_per_s(settings)
            if turn:  # the first round warms up
                speeds[name].append(speed)
    for name, values in speeds.items():
        report.add(f"{data}: {name}", values, "images/s")
    for name, other in (("tutorial", "app"), ("tensor", "app"), ("silent", "app")):
        pairs = [ours / theirs for ours, theirs in zip(speeds[other], speeds[name], strict=True)]
        report.ratios[f"{data}: app_vs_{name}"] = median(pairs)
