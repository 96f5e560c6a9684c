"""``bench race``: six runs side by side, one thread each, against the same six one after the other on every core."""

import os
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from cnnviz.bench.report import Report
from cnnviz.recipes import get
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.jobs import Jobs
from cnnviz.settings import usable_cores

LANES: tuple[dict[str, Any], ...] = (
    {"dropout": 0.0},
    {"dropout": 0.5},
    {"dropout": 0.8},
    {"lr": 3e-4},
    {"weight_decay": 1e-3},
    {"optimizer": "sgd", "lr": 0.02},
)
SETTINGS: dict[str, Any] = {"data": "mnist-5k", "max_epochs": int(os.environ.get("CNNVIZ_BENCH_EPOCHS", "4"))}
ROUNDS = int(os.environ.get("CNNVIZ_BENCH_ROUNDS", "3"))

Say = Callable[[str], None]


def run(say: Say) -> Report:
    """Measure both ways in turn, in one pool."""
    report, jobs = Report("race"), None
    seconds: dict[str, list[float]] = {"one after the other": [], "race": []}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNVIZ_RUNS"], os.environ["CNNVIZ_DATA"] = f"{folder}/runs", f"{folder}/data"
        jobs = Jobs()
        try:
            for turn in range(ROUNDS + 1):
                for name, num_threads in (("one after the other", usable_cores()), ("race", 1)):
                    say(f"round {turn} of {ROUNDS}, {name}")
                    taken = _seconds(jobs, num_threads)
                    if turn:  # the first round warms up
                        seconds[name].append(taken)
        finally:
            jobs.close()
    for name, values in seconds.items():
        report.add(f"six runs, {name}", values, "s")
    pairs = zip(seconds["one after the other"], seconds["race"], strict=True)
    report.ratios["race_vs_one_after_the_other"] = median(one / race for one, race in pairs)
    return report


def _seconds(jobs: Jobs, num_threads: int) -> float:
    """From submitting the six until the last of them is over."""
    started = time.perf_counter()
    runs = [jobs.submit(get("lenet-digits").spec.changed({**SETTINGS, **lane, "num_threads": num_threads}))
            for lane in LANES]  # fmt: skip
    while any(_is_active(run) for run in runs):
        time.sleep(0.05)
    return time.perf_counter() - started


def _is_active(run: RunFolder) -> bool:
    return run.recorded_status().is_active
