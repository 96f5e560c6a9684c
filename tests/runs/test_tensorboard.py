"""TensorBoard's event files, read back as TensorBoard reads them."""

import struct
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer

from cnnviz.data.image_set import ImageSet
from cnnviz.recipes import get
from cnnviz.runs import store
from cnnviz.runs.recorder import Recorder
from cnnviz.runs.tensorboard import SCALARS, TensorBoardEvents
from cnnviz.settings import runs_dir
from cnnviz.training.history import EpochRow
from cnnviz.training.trainer import prepare, split_for


def row(epoch: int, loss: float = 0.5) -> EpochRow:
    figures = {"train_loss": loss, "train_accuracy": 0.8, "valid_loss": loss / 2, "valid_accuracy": 0.9}
    return EpochRow(epoch=epoch, **figures, lr=1e-3, duration_s=1.0, images_per_s=100.0)


def read(folder: Path) -> EventAccumulator:
    events = EventAccumulator(str(folder))
    events.Reload()
    return events


def losses(folder: Path) -> list[tuple[int, float]]:
    return [(event.step, event.value) for event in read(folder).Scalars("loss/train")]


def test_a_runs_events_are_its_history(digits: ImageSet) -> None:
    spec = get("lenet-digits").spec.changed({"max_epochs": 2, "train_size": 300, "valid_size": 100})
    run, parts = store.create(spec), split_for(spec, digits)
    prepare(spec, digits, parts).fit(Recorder(run, spec.best_by, parts.valid))
    events = EventMultiplexer().AddRunsFromDirectory(str(runs_dir())).Reload()  # what --logdir runs does
    assert list(events.Runs()) == [run.id]
    assert set(events.Runs()[run.id]["scalars"]) == set(SCALARS)
    for tag, name in SCALARS.items():
        told = [(event.step, event.value) for event in events.Scalars(run.id, tag)]
        assert told == [(line["epoch"], pytest.approx(line[name], rel=1e-6)) for line in run.history()]


def test_a_resumed_run_has_each_epoch_once(tmp_path: Path) -> None:
    first = TensorBoardEvents(tmp_path)
    for epoch in (1, 2, 3):
        first.add(row(epoch, loss=1.0))
    again = TensorBoardEvents(tmp_path, first_epoch=3)  # the third was written, but not in the history yet
    for epoch in (3, 4):
        again.add(row(epoch, loss=0.25))
    assert losses(tmp_path) == [(1, 1.0), (2, 1.0), (3, 0.25), (4, 0.25)]


def test_a_clock_that_was_put_back_keeps_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TensorBoardEvents(tmp_path).add(row(1))
    monkeypatch.setattr("cnnviz.runs.tensorboard.time.time", lambda: 1000.0)
    TensorBoardEvents(tmp_path, first_epoch=2).add(row(2))
    assert [step for step, _ in losses(tmp_path)] == [1, 2]


def test_half_a_record_hides_nothing_before_and_nothing_in_later_files(tmp_path: Path) -> None:
    first = TensorBoardEvents(tmp_path)
    first.add(row(1))
    with first.path.open("ab") as file:
        file.write(struct.pack("<Q", 100) + b"cut off")
    TensorBoardEvents(tmp_path, first_epoch=2).add(row(2))
    assert [step for step, _ in losses(tmp_path)] == [1, 2]


def test_a_full_disk_is_said_at_once(tmp_path: Path) -> None:
    events = TensorBoardEvents(tmp_path)
    events.path = Path("/dev/full")
    with pytest.raises(OSError, match="No space"):
        events.add(row(1))
