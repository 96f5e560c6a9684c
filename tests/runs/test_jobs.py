"""Runs in real worker processes: finished, stopped, queued, failed, killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch

from cnnviz.errors import RunError
from cnnviz.runs import store
from cnnviz.runs.jobs import Jobs
from cnnviz.runs.worker import train_run
from cnnviz.settings import usable_cores
from cnnviz.specs import TrainSpec
from tests.runs.conftest import over, wait_until

Small = Callable[..., TrainSpec]


@pytest.fixture(autouse=True)
def same_folders(own_folders: None, pool_env: None, monkeypatch: pytest.MonkeyPatch, jobs: Jobs) -> None:
    """The module's pool trains whatever folder it is given; each test lists only its own runs."""


def test_a_run_leaves_everything_that_is_known_of_it(jobs: Jobs, small: Small) -> None:
    run = jobs.submit(small())
    wait_until(run, over)
    assert run.status().state == "finished", run.status()
    history = run.history()
    assert [row["epoch"] for row in history] == [1, 2]
    assert run.steps()[-1]["batch"] == run.steps()[-1]["num_batches"] == 5
    assert run.predictions().logits.shape == (200, 10)
    best = torch.load(run.path / "best.pt", weights_only=True)
    assert sum(weights.numel() for weights in best.values()) == 431_080
    assert torch.load(run.path / "last.pt", weights_only=True)["epoch"] == 2
    accuracy = (run.predictions().logits.argmax(1) == run.predictions().targets).mean()
    assert accuracy == pytest.approx(max(row["valid_accuracy"] for row in history))


def test_the_same_spec_gives_the_same_history_in_any_worker(jobs: Jobs, small: Small) -> None:
    runs = [jobs.submit(small()) for _ in range(2)]
    for run in runs:
        wait_until(run, over)
    clocks = {"duration_s", "images_per_s"}
    first, second = ([{k: v for k, v in row.items() if k not in clocks} for row in run.history()] for run in runs)
    assert first == second != []


def test_queued_runs_wait_for_those_before_and_can_be_stopped(jobs: Jobs, small: Small) -> None:
    first, second, third = (jobs.submit(small(max_epochs=200)) for _ in range(3))
    wait_until(first, lambda run: run.status().state == "running" and len(run.history()) > 0)
    assert second.status().state == "queued"
    assert [run.id for run in store.ahead_of(third)] == [first.id, second.id]
    second.request_stop()  # its turn has not come: stopped at once, while the first goes on
    assert (second.status().state, first.status().state) == ("stopped", "running")
    assert [run.id for run in store.ahead_of(third)] == [first.id]
    third.request_stop()
    first.request_stop()
    wait_until(first, over)
    assert [run.status().state for run in (first, second, third)] == ["stopped"] * 3
    assert first.history() and first.predictions() and not second.history()


def test_a_loss_that_is_not_finite_fails_and_says_why(jobs: Jobs, small: Small) -> None:
    run = jobs.submit(small(lr=1e9))
    wait_until(run, over)
    assert run.status().state == "failed"
    assert "finite" in run.status().why and "learning rate" in run.status().hint


def test_data_that_is_not_to_be_had_fails_and_says_why(jobs: Jobs, small: Small) -> None:
    run = jobs.submit(small(data="mnsit"))
    wait_until(run, over)
    assert run.status().state == "failed" and run.status().hint.startswith("Did you mean mnist?")


def test_a_killed_worker_leaves_an_interrupted_run_and_the_next_one_starts(jobs: Jobs, small: Small) -> None:
    run, following = jobs.submit(small(max_epochs=500)), jobs.submit(small())
    wait_until(run, lambda run: len(run.history()) > 0)
    assert jobs._pool is not None
    for process in psutil.Process(jobs._pool.pid).children(recursive=True):
        if "spawn_main" in " ".join(process.cmdline()):
            process.kill()
    wait_until(run, over)
    assert run.status().state == "interrupted"
    kept = run.history()
    assert kept and run.predictions() is not None
    wait_until(following, over)
    assert following.status().state == "finished"
    assert run.history() == kept and run.status().state == "interrupted"


def test_what_waited_for_a_killed_pool_is_trained_by_the_next(jobs: Jobs, small: Small) -> None:
    running, waiting = jobs.submit(small(max_epochs=500)), jobs.submit(small())
    wait_until(running, lambda run: len(run.history()) > 0)
    assert jobs._pool is not None
    jobs._pool.kill()
    wait_until(running, over)
    wait_until(waiting, over)
    assert (running.status().state, waiting.status().state) == ("interrupted", "finished")


def test_a_failed_start_does_not_spoil_the_next(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs folder can't be made at first; once it can, a queued run reads as queued."""
    (tmp_path / "taken").touch()
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "taken"))
    fresh = Jobs()
    with pytest.raises(RunError):
        fresh.submit(small())
    (tmp_path / "taken").unlink()
    try:
        run = fresh.submit(small())
        assert run.status().state in ("queued", "running")
    finally:
        fresh.close()


def test_only_a_queued_run_is_trained(small: Small) -> None:
    run = store.create(small())
    run.request_stop()
    assert train_run(str(run.path)) == "stopped"
    assert train_run(str(run.path)) == "stopped"
    assert run.history() == []


def test_a_killed_server_takes_its_training_along(tmp_path: Path, small: Small) -> None:
    """Submit from a process that is then killed: no worker stays behind, and the run reads as interrupted."""
    code = f"""
import json, sys, time
from cnnviz.runs.jobs import Jobs
from cnnviz.specs import TrainSpec
jobs = Jobs()
runs = [jobs.submit(TrainSpec.from_dict(json.loads('''{json.dumps(small(max_epochs=500).as_dict())}'''))) for _ in "ab"]
while not runs[0].history():
    time.sleep(0.05)
print(runs[0].id, runs[1].id, jobs._pool.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        running, queued, pool = server.stdout.readline().split()
        workers = psutil.Process(int(pool)).children(recursive=True)
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive
    assert [store.find(name).status().state for name in (running, queued)] == ["interrupted"] * 2


@pytest.mark.skipif(usable_cores() < 2, reason="needs two cores")
def test_runs_of_one_thread_each_train_side_by_side_and_the_next_waits(jobs: Jobs, small: Small) -> None:
    lanes = [jobs.submit(small(max_epochs=500, num_threads=1)) for _ in range(2)]
    alone = jobs.submit(small())
    for lane in lanes:
        wait_until(lane, lambda run: len(run.history()) > 0)
    assert [run.status().state for run in (*lanes, alone)] == ["running", "running", "queued"]
    lanes[0].request_stop()
    wait_until(lanes[0], over)
    assert alone.status().state == "queued"  # it takes every core, and one of them is taken
    lanes[1].request_stop()
    wait_until(alone, over)
    assert alone.status().state == "finished"
