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

from cnnviz.bench.bench_env import bench_python
from cnnviz.bench.live_view import measure_live_view
from cnnviz.bench.report import Report
from cnnviz.bench.systems import SYSTEMS
from cnnviz.errors import CnnvizError
from cnnviz.recipes import get
from cnnviz.runs.jobs import Jobs
from cnnviz.training.allocator import ALLOCATOR_ENV

ROOT = Path(__file__).resolve().parents[2]
SHARED_MNIST = ROOT.parent / "shared" / "data" / "mnist"
ROUNDS = int(os.environ.get("CNNVIZ_BENCH_ROUNDS", "5"))
SHARE = float(os.environ.get("CNNVIZ_BENCH_SHARE", "1"))  # of the other systems' images, for a quick look
LAST = 3  # epochs that count: the first ones still warm up
SETS = {"mnist-5k": {"max_epochs": 3}, "mnist": {"max_epochs": 1, "train_size": 12_000, "valid_size": 2_000}}

Say = Callable[[str], None]


@dataclass
class Loop:
    """A contestant in a process that runs ``bench.loops``, or another module, and trains when it is told to."""

    name: str
    env: dict[str, str] = field(default_factory=dict)
    module: str = "loops"
    python: str = sys.executable

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [self.python, "-m", f"cnnviz.bench.{self.module}", self.name],
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
        answer = self.process.stdout.readline()
        if not answer:
            raise CnnvizError(f"The loop {self.name} ended.", "Its error is above.")
        return float(json.loads(answer)["images_per_s"])

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

    def images_per_s(self, settings: dict[str, Any], watch: Callable[[str], None] | None = None) -> float:
        """Train a run and read its own figures; ``watch`` is called with its name once it trains."""
        run = self.jobs.submit(get("lenet-digits").spec.changed(settings))
        while run.status().state == "queued":
            time.sleep(0.02)
        if watch:
            watch(run.id)
        while run.status().is_active:
            run.history(), run.steps()
            time.sleep(0.5)
        return float(median(row["images_per_s"] for row in run.history()[-LAST:]))

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        self.jobs.close()


def run(say: Say) -> Report:
    """Measure LeNet on every set that is at hand, the other systems, and what a page that watches costs."""
    report = Report("train")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        _use_folders(Path(folder))
        tutorial, frameworks = stack.enter_context(Loop("tutorial")), _frameworks(report, stack, say)
        app = stack.enter_context(App())
        contestants: dict[str, Any] = {
            "tutorial": tutorial,
            "tensor": stack.enter_context(Loop("tensor")),
            "silent": stack.enter_context(Loop("silent", ALLOCATOR_ENV)),
            "app": app,
        }
        for data, settings in SETS.items():
            if data == "mnist" and not SHARED_MNIST.exists():
                continue
            others = frameworks if data == "mnist-5k" else {}
            speeds = _measure(report, {**contestants, **others}, data, {"data": data, **settings}, say)
            _add_ratios(report, speeds, f"{data}: app_vs_{{}}")
            _add_ratios(report, {name: speeds[name] for name in speeds if name in (*others, "app")}, "app_vs_{}_S2")
        worker = stack.enter_context(Loop("app", ALLOCATOR_ENV))
        for system in SYSTEMS.values():
            name = f"{system.name} (stand-in images)"
            others = {"tutorial": tutorial, **frameworks, "app": worker}
            speeds = _measure(report, others, name, system.spec_settings(SHARE), say)
            _add_ratios(report, speeds, f"app_vs_{{}}_{system.name}")
        measure_live_view(report, app, say, ROUNDS)
    return report


def _frameworks(report: Report, stack: ExitStack, say: Say) -> dict[str, Loop]:
    """Lightning and fastai, or a row that says why they are not there."""
    say("setting up Lightning and fastai, once")
    python, why = bench_python()
    if why:
        report.add(f"Lightning and fastai not measured: {why}", [0.0], "images/s")
        return {}
    return {
        name: stack.enter_context(Loop(name, module="frameworks", python=python)) for name in ("lightning", "fastai")
    }


def _use_folders(folder: Path) -> None:
    """Runs go to a folder that is thrown away; the digits too, with the full set beside them where it is at hand."""
    os.environ["CNNVIZ_RUNS"], os.environ["CNNVIZ_DATA"] = str(folder / "runs"), str(folder / "data")
    (folder / "data").mkdir()
    if SHARED_MNIST.exists():
        (folder / "data" / "MNIST").symlink_to(SHARED_MNIST / "MNIST")


def _measure(
    report: Report, contestants: dict[str, Any], title: str, settings: dict[str, Any], say: Say
) -> dict[str, list[float]]:
    """Rounds in which each contestant trains in turn; the speeds of each."""
    speeds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(ROUNDS + 1):
        for name, contestant in contestants.items():
            say(f"{title}, round {turn} of {ROUNDS}, {name}")
            speed = contestant.images_per_s(settings)
            if turn:  # the first round warms up
                speeds[name].append(speed)
    for name, values in speeds.items():
        report.add(f"{title}: {name}", values, "images/s")
    return speeds


def _add_ratios(report: Report, speeds: dict[str, list[float]], key: str) -> None:
    """The app against each of the others, as the median over rounds."""
    for name, values in speeds.items():
        if name != "app":
            pairs = [ours / theirs for ours, theirs in zip(speeds["app"], values, strict=True)]
            report.ratios[key.format(name)] = median(pairs)
