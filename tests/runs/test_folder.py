"""The run folder: what a crash leaves in it is read without a word of complaint."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.errors import RunError
from cnnviz.evaluation.mistakes import find_mistakes
from cnnviz.runs import store
from cnnviz.runs.best import best_row
from cnnviz.runs.folder import Predictions, RunFolder
from cnnviz.runs.status import Status
from cnnviz.runs.worker import train_run
from cnnviz.specs import TrainSpec


@pytest.fixture
def run(small: Callable[..., TrainSpec]) -> RunFolder:
    return store.create(small())


def test_a_new_run_is_queued_with_its_spec(run: RunFolder, small: Callable[..., TrainSpec]) -> None:
    assert run.spec() == small()
    assert run.status().state == "queued"
    assert run.asked()["versions"]["torch"]
    assert store.find(run.id) == run and store.list_runs() == [run]


@pytest.mark.parametrize("content", [b"", b'{"state": "run', b"[1, 2]", b'{"state": "dancing"}', b"\xff\xfe", b"null"])
def test_a_broken_status_reads_as_interrupted(run: RunFolder, content: bytes) -> None:
    (run.path / "status.json").write_bytes(content)
    assert (run.status().state, run.status().why) == ("interrupted", "status.json can't be read.")


@given(st.binary(max_size=200))
def test_any_bytes_are_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    run = RunFolder(tmp_path_factory.mktemp("run"))
    for name in ("status.json", "spec.json", "history.jsonl", "steps.jsonl"):
        (run.path / name).write_bytes(content)
    assert run.status().state
    assert all("epoch" in row for row in [*run.history(), *run.steps()])
    with pytest.raises(RunError):
        run.spec()


def test_a_half_written_line_is_left_out(run: RunFolder) -> None:
    run.append_epoch({"epoch": 1, "train_loss": 0.5})
    with (run.path / "history.jsonl").open("ab") as file:
        file.write(b'{"epoch": 2, "train_lo')
    assert run.history() == [{"epoch": 1, "train_loss": 0.5}]


def test_what_is_not_finite_is_written_as_null(run: RunFolder) -> None:
    run.append_epoch({"epoch": 1, "train_loss": float("nan"), "valid_loss": float("inf")})
    assert run.history() == [{"epoch": 1, "train_loss": None, "valid_loss": None}]
    json.loads((run.path / "history.jsonl").read_text(), parse_constant=pytest.fail)


def test_alive_while_the_lock_is_held(run: RunFolder) -> None:
    run.write_status(Status("running"))
    with run.held():
        assert run.status().state == "running"
    assert run.status().state == "interrupted"


def test_a_run_that_ends_between_two_looks_is_not_called_interrupted(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status is read, then the lock; here the worker writes its end and lets go just in between."""
    run.write_status(Status("running"))

    def ends_meanwhile(lock: Path) -> bool:
        run.write_status(Status("finished"))
        return False

    monkeypatch.setattr("cnnviz.runs.status.is_held", ends_meanwhile)
    assert run.status().state == "finished"


def test_a_queued_run_dies_with_who_submitted_it(small: Callable[..., TrainSpec]) -> None:
    lock = FileLock(store.runs_dir() / ".owner-1.lock")
    store.runs_dir().mkdir(parents=True)
    with lock:
        run = store.create(small(), owner=".owner-1.lock")
        assert run.status().state == "queued"
    assert run.status().state == "interrupted"


def test_predictions_come_back(run: RunFolder) -> None:
    with pytest.raises(RunError, match="no predictions yet"):
        run.predictions()
    some = Predictions(np.ones((3, 2), np.float32), np.arange(3), np.arange(3), 7)
    run.write_predictions(some)
    assert run.predictions().epoch == 7
    run.predictions_path.write_bytes(run.predictions_path.read_bytes()[:-30])
    with pytest.raises(RunError, match="can't be read"):
        run.predictions()


def test_runs_are_listed_newest_first_however_fast_they_come(small: Callable[..., TrainSpec]) -> None:
    runs = [
        store.create(small(recipe=name)) for name in ("b", "../../a", "", "c") for _ in range(5) if not sleep(0.002)
    ]
    assert [run.id for run in store.list_runs()] == [run.id for run in reversed(runs)]
    assert all(run.path.parent == store.runs_dir() for run in runs)


@pytest.mark.parametrize("name", ["../etc", "", ".", "no-such-run", "a/b"])
def test_only_runs_are_found(name: str) -> None:
    with pytest.raises(RunError):
        store.find(name)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_said_and_the_status_still_changes(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, small: Callable[..., TrainSpec]
) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(small_disk))
    run = store.create(small())
    with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(1024))
    with pytest.raises(RunError, match="Make room there"):
        store.create(small())
    run.write_status(Status("failed", why="no room"))
    assert run.status() == Status("failed", run.status().since, "no room")


def test_a_run_on_a_full_disk_fails_and_says_so(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, small: Callable[..., TrainSpec]
) -> None:
    """The first checkpoint takes megabytes."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(small_disk))
    run = store.create(small())
    assert train_run(str(run.path)) == "failed"
    assert "Make room" in run.status().hint


def test_a_runs_folder_that_is_no_folder_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Callable[..., TrainSpec]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "file"))
    with pytest.raises(RunError, match="CNNVIZ_RUNS"):
        store.create(small())
    assert store.list_runs() == []


def test_the_bundled_example_is_a_real_run(digits: object) -> None:
    run = store.example()
    history, predictions = run.history(), run.predictions()
    best = best_row(history, run.spec().best_by)
    assert (run.status().state, len(history), best["epoch"]) == ("finished", 12, predictions.epoch)
    from cnnviz.training.trainer import split_for

    parts = split_for(run.spec(), digits)
    assert np.array_equal(parts.valid, predictions.indices)
    assert np.array_equal(digits.labels[parts.valid], predictions.targets)
    wrong = len(find_mistakes(predictions.logits, predictions.targets, predictions.indices))
    assert 1 - wrong / 1000 == pytest.approx(best["valid_accuracy"])


def test_what_killed_writers_left_half_written_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    (run.path / "epochs").mkdir(parents=True)
    halves = [".last.pt.0123abcd", "epochs/.0003.pt.0123abcd", ".predictions.npz.0123abcd"]
    others = ["last.pt", "epochs/0003.pt", "predictions.npz", ".labels.json.0123abcd", "events.out.tfevents.1.pt"]
    for name in (*halves, *others):
        (run.path / name).write_bytes(b"?")
    run.sweep()
    assert {str(path.relative_to(run.path)) for path in run.path.rglob("*") if path.is_file()} == set(others)
