"""Going on: a run that was cut off anywhere ends as one that never was."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from cnnviz.data.registry import load
from cnnviz.errors import RunError, SpecError
from cnnviz.runs import checkpoints, controls, snapshots, store
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.jobs import Jobs
from cnnviz.runs.resume import can_resume, requeue
from cnnviz.runs.status import Status
from cnnviz.runs.worker import train_run
from cnnviz.specs import TrainSpec
from tests.runs.conftest import over, wait_until

CLOCKS = {"duration_s", "images_per_s"}
TINY: dict[str, Any] = {
    "model": "stack:1x28x28:conv 4 k5 s2 / batchnorm / relu / dropout 0.2 / flatten / linear 10",
    "data": "mnist-5k",
    "train_size": 100,
    "valid_size": 50,
    "batch_size": 20,
    "max_epochs": 6,
    "schedule": "cosine",
    "augment": {"rotation": 10.0},
    "patience": 50,
    "num_threads": 1,
}


def tiny(**changed: object) -> TrainSpec:
    return TrainSpec(**{**TINY, **changed})


def figures(run: RunFolder) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in CLOCKS} for row in run.history()]


def finished(spec: TrainSpec) -> RunFolder:
    run = store.create(spec)
    assert train_run(str(run.path)) == "finished", run.status()
    return run


def cut_off(run: RunFolder, after: int, monkeypatch: pytest.MonkeyPatch, before: str = "last.pt") -> None:
    """Train a run in this process until that epoch's file is to be written; then its worker is gone."""

    class Gone(BaseException):
        pass

    save = checkpoints.save

    def dies(run: RunFolder, name: str, content: dict[str, Any]) -> None:
        if name == before and len(run.history()) >= after - (name != "last.pt"):
            raise Gone
        save(run, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "save", dies)
        with pytest.raises(Gone):
            train_run(str(run.path))
    assert run.status().state == "interrupted"


@pytest.mark.parametrize("before", ["last.pt", "epochs/0003.pt"])
def test_an_interrupted_run_ends_like_one_that_was_not(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, run = finished(tiny()), store.create(tiny())
    cut_off(run, 3, monkeypatch, before)
    assert can_resume(run) and len(run.history()) == (3 if before == "last.pt" else 2)
    assert requeue(run) and run.status().state == "queued"
    torch.manual_seed(12345)  # whatever the new process did before
    assert train_run(str(run.path)) == "finished"
    assert figures(run) == figures(whole) and len(run.history()) == 6
    assert [row["epoch"] for row in run.norms()] == snapshots.kept(run) == [1, 2, 3, 4, 5, 6]
    ours, theirs = (checkpoints.load(one, "last.pt") for one in (run, whole))
    assert ours and theirs
    assert all(torch.equal(ours["model"][name], values) for name, values in theirs["model"].items())
    assert run.predictions().epoch == whole.predictions().epoch


def test_a_run_cut_off_in_its_first_epoch_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.create(tiny(max_epochs=2))
    cut_off(run, 1, monkeypatch)
    requeue(run)
    train_run(str(run.path))
    assert figures(run) == figures(finished(tiny(max_epochs=2)))


def test_a_run_stopped_in_its_first_epoch_says_that_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.create(tiny())
    from cnnviz.runs.recorder import Recorder

    monkeypatch.setattr(Recorder, "start", lambda self, trainer, first_epoch: self.run.request_stop())
    assert train_run(str(run.path)) == "stopped"
    assert "had not finished an epoch" in run.status().why and can_resume(run)


def test_resuming_twice_goes_on_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.create(tiny(max_epochs=2))
    cut_off(run, 1, monkeypatch)
    told: list[bool] = []
    threads = [threading.Thread(target=lambda: told.append(requeue(run))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == 1
    assert train_run(str(run.path)) == "finished" and len(run.history()) == 2


def test_a_finished_run_goes_on_only_for_longer() -> None:
    run = finished(tiny(max_epochs=3, schedule="constant"))
    with pytest.raises(RunError, match="how many more"):
        requeue(run)
    with pytest.raises(SpecError, match="max_epochs"):
        requeue(run, 10_000)
    assert run.status().state == "finished"
    assert requeue(run, 3)
    assert train_run(str(run.path)) == "finished"
    assert figures(run) == figures(finished(tiny(max_epochs=6, schedule="constant")))
    assert [row["what"] for row in run.changes()] == ["more epochs"]


def test_a_run_that_stopped_early_gets_its_patience_anew() -> None:
    run = finished(tiny(patience=2, min_delta=1e6))
    assert len(run.history()) == 3 and "stopped early, after epoch 3" in run.status().why
    requeue(run, 5)
    train_run(str(run.path))
    assert [row["epoch"] for row in run.history()] == [1, 2, 3, 4, 5]
    assert [row["patience_left"] for row in run.history()][3:] == [1, 0]


def test_the_best_weights_are_put_back_and_going_on_is_exact() -> None:
    spec = tiny(max_epochs=4, lr=0.05, restore_best=True, schedule="constant", best_by="valid_loss")
    run = finished(spec)
    last, best = (checkpoints.load(run, name) for name in ("last.pt", "best.pt"))
    assert last and best and "were put back" in run.status().why
    assert all(torch.equal(last["model"][name], values) for name, values in best.items())
    requeue(run, 2)
    train_run(str(run.path))
    assert figures(run) == figures(finished(tiny(max_epochs=6, lr=0.05, schedule="constant", best_by="valid_loss")))


def test_the_example_and_damaged_runs_are_not_resumed() -> None:
    with pytest.raises(RunError, match="example"):
        requeue(store.example())
    assert not can_resume(store.example())
    run = store.create(tiny())
    run.write_status(Status("stopped"))
    (run.path / "last.pt").write_bytes(b"no checkpoint")
    requeue(run)
    assert train_run(str(run.path)) == "failed"
    assert "last.pt" in run.status().why and "copy" in run.status().hint
    checkpoints.save(run, "last.pt", {"epoch": 1})  # an older version's
    requeue(run)
    assert train_run(str(run.path)) == "failed" and "last.pt" in run.status().why


def test_a_changed_rate_holds_from_the_next_epoch_and_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.create(tiny(schedule="constant"))
    append = RunFolder.append_epoch

    def asks_at_two(run: RunFolder, row: dict[str, Any]) -> None:
        append(run, row)
        if row["epoch"] == 2 and not run.requests():
            controls.change(run, lr=0.5, weight_decay=0.25)
            assert controls.pending(run) == {"lr": 0.5, "weight_decay": 0.25}

    monkeypatch.setattr(RunFolder, "append_epoch", asks_at_two)
    cut_off(run, 4, monkeypatch)  # the change survives an interruption, too
    requeue(run)
    train_run(str(run.path))
    assert [row["lr"] for row in run.history()] == [0.001, 0.001, 0.5, 0.5, 0.5, 0.5]
    done = [(row["epoch"], row["what"], row["value"], row["was"]) for row in run.changes() if "request" in row]
    assert done == [(3, "lr", 0.5, 0.001), (3, "weight_decay", 0.25, 0.0)]
    assert controls.pending(run) == {}
    with pytest.raises(SpecError, match="lr"):
        controls.change(run, lr=-1)
    with pytest.raises(RunError, match="momentum"):
        controls.change(run, momentum=0.5)


def test_a_change_that_was_made_in_a_lost_epoch_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.create(tiny(schedule="constant", max_epochs=3))
    cut_off(run, 2, monkeypatch)
    controls.change(run, lr=0.5)
    requeue(run)
    cut_off(run, 2, monkeypatch)  # changed before epoch 2, which is then lost
    assert [row["value"] for row in run.changes() if row["what"] == "lr"] == [0.5]
    requeue(run)
    train_run(str(run.path))
    assert [row["lr"] for row in run.history()] == [0.001, 0.5, 0.5]
    assert [row["value"] for row in run.changes() if row["what"] == "lr"] == [0.5]


def test_a_loss_that_turns_nan_at_epoch_seven_keeps_the_six_before() -> None:
    run = finished(tiny(schedule="constant"))
    best = run.predictions().epoch
    controls.change(run, lr=1e30)
    requeue(run, 4)
    assert train_run(str(run.path)) == "failed"
    assert "in epoch 7" in run.status().why and "learning rate" in run.status().hint
    assert len(run.history()) == 6 and run.predictions().epoch == best
    state = checkpoints.load(run, "last.pt")
    assert state and state["epoch"] == 6
    controls.change(run, lr=0.001)  # the failed run can go on, gentler
    requeue(run)
    assert train_run(str(run.path)) == "finished" and len(run.history()) == 10


def test_a_clock_that_jumps_back_changes_no_duration_and_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [2e9]

    def backwards() -> float:
        now[0] -= 3600
        return now[0]

    first = store.create(tiny(max_epochs=2))
    monkeypatch.setattr(time, "time", backwards)
    assert train_run(str(first.path)) == "finished"
    assert all(row["duration_s"] > 0 and row["images_per_s"] > 0 for row in first.history())
    assert figures(first) == figures(finished(tiny(max_epochs=2)))


def test_scoring_alone_is_a_run_and_can_then_train() -> None:
    run = finished(tiny(max_epochs=0))
    assert [row["epoch"] for row in run.history()] == [0] and run.predictions().logits.shape == (50, 10)
    requeue(run, 6)
    assert train_run(str(run.path)) == "finished"
    assert [row["epoch"] for row in run.history()] == [1, 2, 3, 4, 5, 6]


def test_snapshots_show_the_kernels_and_a_dozen_images() -> None:
    run = finished(tiny(max_epochs=2))
    first, second = (snapshots.read(run, epoch) for epoch in (1, 2))
    assert first.kernels is not None and first.kernels.shape == (4, 1, 5, 5)
    assert (first.indices == second.indices).all() and len(first.indices) == len(set(first.indices)) == 12
    assert (load("mnist-5k").labels[first.indices] == first.targets).all()
    state, last = checkpoints.load(run, "last.pt"), snapshots.read_model(run, 2)
    assert state and last
    assert all(torch.equal(last[name], values.half()) for name, values in state["model"].items() if name != "x")
    assert abs(second.probs.sum(1) - 1).max() < 1e-2
    with pytest.raises(RunError, match="no snapshot of epoch 9"):
        snapshots.read(run, 9)
    (run.path / "epochs" / "0001.pt").write_bytes(b"")
    with pytest.raises(RunError, match="can't be used"):
        snapshots.read(run, 1)


def test_a_long_run_keeps_few_snapshots() -> None:
    epochs = [epoch for epoch in range(1, 10_001) if snapshots.is_kept(epoch)]
    assert epochs[:100] == list(range(1, 101)) and len(epochs) < 500
    assert max(b - a for a, b in pairwise(epochs)) == 128


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_up_mid_run_costs_nothing_once_there_is_room(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = finished(tiny())
    monkeypatch.setenv("CNNVIZ_RUNS", str(small_disk))
    run = store.create(tiny())
    append = RunFolder.append_epoch

    def fills(run: RunFolder, row: dict[str, Any]) -> None:
        append(run, row)
        if row["epoch"] == 3:
            with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
                while True:
                    filler.write(bytes(512))

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "append_epoch", fills)
        assert train_run(str(run.path)) == "failed"
    assert "Make room" in run.status().hint
    assert figures(run) == figures(whole)[: len(run.history())]
    state = checkpoints.load(run, "last.pt")
    assert state and state["epoch"] == 2 and run.predictions()
    (small_disk / "filler").unlink()
    requeue(run)
    assert train_run(str(run.path)) == "finished"
    assert figures(run) == figures(whole)


# In real worker processes -----------------------------------------------------------------------------------

Small = Callable[..., TrainSpec]


def test_pause_continue_stop_and_resume_in_a_worker(pool_env: None, jobs: Jobs) -> None:
    spec = tiny(max_epochs=4000, schedule="constant", augment={})
    run = jobs.submit(spec)
    wait_until(run, lambda run: len(run.history()) > 2)
    for _ in range(2):  # pausing twice is pausing
        controls.pause(run)
    wait_until(run, lambda run: run.status().state == "paused")
    stands = len(run.history())
    with pytest.raises(RunError, match="Stop it first"):
        from cnnviz.runs.labels import delete

        delete(run)
    assert requeue(run) is False  # it has its process
    time.sleep(0.5)
    assert len(run.history()) == stands and run.status().is_active
    controls.go_on(run)
    controls.go_on(run)
    wait_until(run, lambda run: len(run.history()) > stands)
    assert run.status().state == "running"
    controls.pause(run)
    wait_until(run, lambda run: run.status().state == "paused")
    threads = [threading.Thread(target=run.request_stop) for _ in range(2)]  # two people at once
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(run, over)
    assert run.status().state == "stopped"
    assert [row["what"] for row in run.changes()] == ["pause", "continue", "pause"]
    kept = len(run.history())
    jobs.resume(run)
    jobs.resume(run)
    wait_until(run, lambda run: len(run.history()) > kept + 2)
    run.request_stop()
    wait_until(run, over)
    assert [row["epoch"] for row in run.history()] == list(range(1, len(run.history()) + 1))


def test_a_queued_run_that_is_resumed_after_its_owner_went_is_trained(pool_env: None, jobs: Jobs) -> None:
    run = store.create(tiny(max_epochs=2), owner=".owner-of-nobody.lock")
    assert run.status().state == "interrupted"
    jobs.resume(run)
    wait_until(run, over)
    assert run.status().state == "finished" and len(run.history()) == 2
    assert json.loads((run.path / "status.json").read_text())["state"] == "finished"


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_run_gives_the_gpu_s_memory_back() -> None:
    finished(tiny(device="cuda"))
    assert torch.cuda.memory_allocated() == 0
