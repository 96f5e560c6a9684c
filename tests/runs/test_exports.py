"""What is taken along from a run reads back as what the run holds."""

import csv
import io
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load

from cnnviz.data.image_set import ImageSet
from cnnviz.errors import DataError, RunError
from cnnviz.models import registry
from cnnviz.recipes import get
from cnnviz.runs import exports, store
from cnnviz.runs.worker import train_run
from cnnviz.specs import TrainSpec
from cnnviz.training.trainer import split_for

SMALL = {"max_epochs": 1, "train_size": 100, "valid_size": 50, "num_threads": 1}


def test_everything_of_a_trained_run(digits: ImageSet) -> None:
    settings = {**SMALL, "model": "cifar_res_deep", "num_blocks": 2, "augment.rotation": 5, "recipe": 'a "b"'}
    run = store.create(get("lenet-digits").spec.changed(settings))
    assert train_run(str(run.path)) == "finished"
    rows = list(csv.DictReader(io.StringIO(exports.history_csv(run).decode())))
    assert [float(row["valid_loss"]) for row in rows] == [row["valid_loss"] for row in run.history()]
    as_pt = torch.load(io.BytesIO(exports.weights_pt(run)), weights_only=True)
    as_safetensors = load(exports.weights_safetensors(run))
    assert set(as_pt) == set(as_safetensors)  # the blocks share their weights, and every name is there
    assert all(torch.equal(values, as_safetensors[name]) for name, values in as_pt.items())
    spec = run.spec()
    registry.build(spec.model, spec.model_options, num_classes=10, input_shape=(1, 28, 28)).load_state_dict(
        as_safetensors
    )
    assert TrainSpec.from_dict(json.loads(exports.spec_json(run))) == spec
    assert TrainSpec.from_dict(tomllib.loads(exports.spec_toml(run).decode())) == spec
    parts = split_for(spec, digits)
    with np.load(io.BytesIO(exports.data_npz(run)), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["train_images"], digits.images[parts.train])
        assert np.array_equal(arrays["valid_labels"], digits.labels[parts.valid])


def test_what_is_not_there_yet_is_said() -> None:
    run = store.create(get("lenet-digits").spec.changed(SMALL))
    for export in (exports.history_csv, exports.weights_pt, exports.weights_safetensors):
        with pytest.raises(RunError, match="yet"):
            export(run)
    (run.path / "best.pt").write_bytes(b"no weights")
    with pytest.raises(RunError, match="can't be used"):
        exports.weights_safetensors(run)


def test_images_that_are_not_at_hand_are_not_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    run = store.create(get("lenet-mnist").spec)
    for export in (exports.data_npz, exports.script_py):
        with pytest.raises(DataError, match="not in"):
            export(run)
