"""A worker killed at any moment: what it leaves always loads, and the run always ends the same."""

import multiprocessing
import random
import time
from multiprocessing.context import ForkServerProcess
from typing import Any

import pytest

from cnnviz.runs import checkpoints, snapshots, store
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.resume import requeue
from cnnviz.runs.worker import train_run
from tests.runs.test_resume import figures, tiny

KILLS = 50
# All that random state can get into: dropout, batch norm, augmentation, a schedule, early stopping, the best's label.
SPEC: dict[str, Any] = {
    "max_epochs": 12,
    "schedule": "plateau",
    "schedule_patience": 1,
    "schedule_factor": 0.7,
    "optimizer": "adamw",
    "l2_penalty": 1e-4,
    "class_weights": "balanced",
    "restore_best": True,
    "best_by": "valid_loss",
}


@pytest.fixture(scope="module")
def warm() -> multiprocessing.context.ForkServerContext:
    """Processes of their own that start with torch already imported, so that 50 of them cost little."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["cnnviz.runs.worker", "cnnviz.runs.recorder", "cnnviz.training.trainer", "torch._dynamo"]
    )
    return context


def start(warm: multiprocessing.context.ForkServerContext, run: RunFolder) -> ForkServerProcess:
    process = warm.Process(target=train_run, args=(str(run.path),), daemon=True)
    process.start()
    return process


def check_all_loads(run: RunFolder) -> None:
    history = run.history()
    assert [row["epoch"] for row in history] == list(range(1, len(history) + 1))
    last, best = checkpoints.load(run, "last.pt"), checkpoints.load(run, "best.pt")
    assert (last["epoch"] if last else 0) in (len(history), len(history) - 1)
    assert best is not None or not history
    if best is not None and run.predictions_path.exists():
        assert run.predictions().logits.shape == (50, 10)
    for epoch in snapshots.kept(run):
        assert snapshots.read(run, epoch).epoch == epoch
    assert run.spec() == tiny(**SPEC)


def test_fifty_kills_at_random_moments(
    warm: multiprocessing.context.ForkServerContext, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):  # the first starts the server of processes
        whole, began = store.create(tiny(**SPEC)), time.perf_counter()
        start(warm, whole).join()
        takes_s = time.perf_counter() - began
    assert whole.status().state == "finished", whole.status()
    expected, kills, runs, draw = figures(whole), 0, 0, random.Random(0)
    while kills < KILLS:
        run, runs = store.create(tiny(**SPEC)), runs + 1
        while run.status().state != "finished":
            process = start(warm, run)
            if kills < KILLS:
                process.join(draw.uniform(0, takes_s))
                kills += process.is_alive()
                process.kill()
            process.join()
            assert run.status().state in ("queued", "interrupted", "finished"), run.status()
            check_all_loads(run)
            if run.status().state == "interrupted":
                requeue(run)
        assert figures(run) == expected
        assert run.predictions().epoch == whole.predictions().epoch
    with capsys.disabled():
        print(f" {kills} kills in {runs} runs ", end="")
