"""The split that a run keeps, and what becomes of a run whose set is replaced or removed."""

from pathlib import Path

import numpy as np
import pytest

from cnnviz.data import own
from cnnviz.data.import_spec import ImportSpec
from cnnviz.data.importer import import_set
from cnnviz.data.registry import load
from cnnviz.data.sources import ZipSource
from cnnviz.errors import RunError
from cnnviz.recipes import get
from cnnviz.runs import store
from cnnviz.runs.split_file import check_images, keep_split, read_split
from cnnviz.runs.worker import train_run
from cnnviz.training.trainer import split_for
from tests.data.collections import packed, two_classes

SPEC = get("lenet-digits").spec.changed({"data": "mine", "max_epochs": 1, "batch_size": 8})


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    bring_in()


def bring_in() -> None:
    import_set(ZipSource(packed(two_classes(20))), ImportSpec(name="mine", channels=1, replace=True))


def test_a_run_on_an_own_set_keeps_its_split() -> None:
    run = store.create(SPEC)
    assert train_run(str(run.path)) == "finished", run.status()
    kept, expected = read_split(run), split_for(SPEC, load("mine"))
    assert kept is not None
    np.testing.assert_array_equal(kept.train, expected.train)
    np.testing.assert_array_equal(kept.valid, expected.valid)
    assert run.predictions().logits.shape == (8, 2)


def test_a_set_removed_before_the_run_begins_fails_it_calmly() -> None:
    run = store.create(SPEC)
    own.remove("mine")
    assert train_run(str(run.path)) == "failed"
    assert "mine" in run.status().why and "importing it again" in run.status().hint


def test_a_replaced_set_is_not_taken_for_the_run_s_own() -> None:
    run = store.create(SPEC)
    keep_split(run, split_for(SPEC, load("mine")), "mine")
    check_images(run, "mine")
    bring_in()
    with pytest.raises(RunError, match="replaced"):
        check_images(run, "mine")
    assert train_run(str(run.path)) == "failed" and "replaced" in run.status().why


def test_a_run_without_the_file_says_nothing() -> None:
    run = store.create(SPEC)
    assert read_split(run) is None
    check_images(run, "mine")
    (run.path / "split.npz").write_bytes(b"broken")
    assert read_split(run) is None
    check_images(run, "mine")
