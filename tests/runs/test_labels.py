"""Names, notes, pins; finding and deleting."""

import threading
from collections.abc import Callable

import pytest
from filelock import FileLock

from cnnviz.errors import RunError, SpecError
from cnnviz.runs import store
from cnnviz.runs.folder import LOOK_S
from cnnviz.runs.labels import Labels, delete, find, label, labels_of
from cnnviz.runs.resume import requeue
from cnnviz.runs.worker import train_run
from cnnviz.specs import TrainSpec

Small = Callable[..., TrainSpec]


def test_labels_come_back_one_by_one(small: Small) -> None:
    run = store.create(small())
    assert labels_of(run) == Labels()
    label(run, name="First <b>try</b>")
    label(run, pinned=True)
    assert labels_of(run) == Labels(name="First <b>try</b>", pinned=True)
    for content in (b"", b"[1]", b'{"name": 3, "note": "", "pinned": true}', b"\xff"):
        (run.path / "labels.json").write_bytes(content)
        assert labels_of(run) == Labels()


@pytest.mark.parametrize(("field", "text"), [("name", "x" * 81), ("name", "two\nlines"), ("note", "x" * 4001)])
def test_what_is_too_long_is_said_beside_its_field(small: Small, field: str, text: str) -> None:
    run = store.create(small())
    with pytest.raises(SpecError) as refused:
        label(run, **{field: text})
    assert refused.value.field == field and labels_of(run) == Labels()


def test_runs_are_found_by_any_of_their_words(small: Small) -> None:
    first, second = store.create(small()), store.create(small(recipe="mine", data="digits"))
    label(first, name="Über-fit", note="too small a set")
    assert find("über SMALL") == [first]
    assert find("lenet") == [second, first] and find("") == [second, first]
    assert find("digits mine") == [second] and find("5,000") == [first] and find("nothing of it") == []
    (second.path / "spec.json").write_bytes(b"?")
    assert find(second.id) == [second]
    assert find("lenet", [first]) == [first]


def test_a_deleted_run_is_gone_and_stays_gone(small: Small) -> None:
    run, other = store.create(small()), store.create(small())
    delete(run)
    delete(run)
    run.request_stop()
    assert store.list_runs() == [other] and not run.path.exists()
    assert train_run(str(run.path)) == "deleted" and not run.path.exists()
    with pytest.raises(RunError, match="gone"):
        label(run, name="ghost")
    assert [path.name for path in store.runs_dir().iterdir()] == [other.id]


def test_a_run_that_somebody_deleted_is_not_brought_back_by_resuming_it(small: Small) -> None:
    run = store.create(small())
    delete(run)
    with pytest.raises(RunError, match="gone"):
        requeue(run)
    assert not run.path.exists()


def test_runs_too_old_for_the_list_are_found(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.list_runs, "__defaults__", (1,))
    first, second = store.create(small(recipe="mine")), store.create(small())
    assert store.list_runs() == [second] and find("mine") == [first]


def test_a_glance_at_the_lock_keeps_nobody_from_deleting(small: Small) -> None:
    run = store.create(small())
    lock = FileLock(run.path / "lock", thread_local=False)
    lock.acquire()
    threading.Timer(LOOK_S / 3, lock.release).start()
    delete(run)
    assert not run.path.exists()


def test_a_running_run_and_the_example_are_not_deleted(small: Small) -> None:
    run = store.create(small())
    with run.held(), pytest.raises(RunError, match="Stop it first"):
        delete(run)
    assert run.path.exists()
    with pytest.raises(RunError, match="example"):
        delete(store.example())
    with pytest.raises(RunError, match="example"):
        label(store.example(), name="mine")
    assert store.EXAMPLE.exists() and not (store.EXAMPLE / "labels.json").exists()
