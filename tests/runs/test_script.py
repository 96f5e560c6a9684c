"""The standalone script, executed: it needs nothing of cnnviz and gives the run's figures."""

import csv
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch

from cnnviz.data.image_set import ImageSet
from cnnviz.errors import RunError
from cnnviz.recipes import get
from cnnviz.runs import controls, exports, store
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.script import ScriptFacts, script
from cnnviz.runs.worker import train_run
from cnnviz.settings import data_dir
from cnnviz.specs import TrainSpec

SMALL = {"max_epochs": 2, "train_size": 200, "valid_size": 100, "num_threads": 1, "device": "cpu"}
FIGURES = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "lr")
STACK = "stack:1x28x28:conv 6 k5 s2 / batchnorm / relu / maxpool 2 / dropout 0.2 / flatten / linear 10"
CASES: dict[str, dict[str, object]] = {
    "as it comes": {},
    "sgd, cosine, no shuffling": {"optimizer": "sgd", "lr": 0.02, "schedule": "cosine", "shuffle": False},
    "penalties, kaiming, a short batch left out": {
        "model": "overfit_cnn", "l1_penalty": 1e-4, "l2_penalty": 1e-3, "init": "kaiming", "batch_size": 64,
        "drop_last": True,
    },
    "weights by hand, adamw, steps": {
        "model": "gap_cnn", "class_weights": "1, 1, 2, 1, 1, 1, 1, 1, 1, 3", "optimizer": "adamw",
        "weight_decay": 0.1, "schedule": "step", "schedule_epochs": 1,
    },
    "balanced, early stopping, plateau": {
        "model": "fc_cnn", "class_weights": "balanced", "lr": 0.5, "patience": 1, "schedule": "plateau",
        "schedule_patience": 0, "max_epochs": 6, "best_by": "valid_loss",
    },
    "augmented": {"model": "fc_cnn", "augment.rotation": 15, "augment.shift": 0.1, "augment.erase": 0.2,
                  "augment.noise": 0.05, "augment.blur": 1},
    "scored in training mode": {"model": "overfit_cnn", "score_in_training_mode": True, "batch_size": 50},
    "shared residual blocks, a fold": {"model": "cifar_res_deep", "num_blocks": 2, "num_folds": 5, "fold": 2},
    "a stack": {"model": STACK},
    "only scored": {"max_epochs": 0},
}  # fmt: skip


def small(**settings: object) -> TrainSpec:
    return get("lenet-digits").spec.changed({**SMALL, **settings})


def trained(spec: TrainSpec) -> RunFolder:
    run = store.create(spec)
    assert train_run(str(run.path)) == "finished", run.status()
    return run


def executed(run: RunFolder, folder: Path) -> list[dict[str, float]]:
    """The history of the script, run where cnnviz can't be imported."""
    with zipfile.ZipFile(io.BytesIO(exports.script_zip(run))) as archive:
        archive.extractall(folder)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    script = str(folder / "train.py")
    code = f"import sys, runpy; sys.modules['cnnviz'] = None; runpy.run_path({script!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with (folder / "history.csv").open(newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def check_same(run: RunFolder, rows: list[dict[str, float]]) -> None:
    history = run.history()
    assert [row["epoch"] for row in rows] == [row["epoch"] for row in history]
    for ours, theirs in zip(history, rows, strict=True):
        assert {name: theirs[name] for name in FIGURES} == pytest.approx({n: ours[n] for n in FIGURES}, abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_gives_the_same_figures(case: str, digits: ImageSet, tmp_path: Path) -> None:
    run = trained(small(**CASES[case]))
    check_same(run, executed(run, tmp_path / "script"))
    theirs = torch.load(tmp_path / "script" / "best.pt", weights_only=True)
    ours = torch.load(run.path / "best.pt", weights_only=True)
    assert list(ours) == list(theirs)
    for name, values in ours.items():
        torch.testing.assert_close(theirs[name], values, atol=1e-5, rtol=1e-5)


def test_repeats_what_was_changed_while_it_trained_and_the_epochs_added_later(tmp_path: Path) -> None:
    from cnnviz.runs.resume import requeue

    run = store.create(small(max_epochs=3, patience=1, min_delta=10.0))
    controls.change(run, lr=0.004, weight_decay=0.01)
    assert train_run(str(run.path)) == "finished"
    assert len(run.history()) == 2  # stopped early
    requeue(run, more_epochs=2)
    assert train_run(str(run.path)) == "finished"
    assert run.history()[0]["lr"] == 0.004
    check_same(run, executed(run, tmp_path))


OWN = '''"""A network of somebody's own."""
from __future__ import annotations

import torch.nn as nn

WIDTH = 4


class ScriptedNet(nn.Module):
    def __init__(self, num_classes=10, dropout=0.2):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, WIDTH, 5, 4), nn.ReLU(), nn.Dropout(dropout), nn.Flatten(),
                                    nn.Linear(WIDTH * 36, num_classes))

    def forward(self, x):
        return self.layers(x)


if __name__ == "__main__":
    raise SystemExit("not to be run")
'''


def test_brings_a_network_of_ones_own_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scripted_net.py").write_text(OWN)
    monkeypatch.setenv("CNNVIZ_MODELS", str(tmp_path / "scripted_net.py"))
    run = trained(small(model="own:ScriptedNet", dropout=0.3))
    check_same(run, executed(run, tmp_path / "script"))


def test_names_a_network_of_torchvisions() -> None:
    from cnnviz.models.registry import build

    spec = small(model="torchvision:resnet18")
    code = script(spec, ScriptFacts(input_shape=(3, 28, 28), num_classes=10))
    names: dict[str, object] = {"__name__": "read"}
    exec(compile(code, "train.py", "exec"), names)
    torch.manual_seed(0)
    ours = build(spec.model, num_classes=10).state_dict()
    torch.manual_seed(0)
    theirs = names["build_network"]().state_dict()
    assert list(ours) == list(theirs) and all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_starts_from_stored_weights(tmp_path: Path) -> None:
    first = trained(small(max_epochs=1))
    stored = data_dir() / "weights" / "script-test.safetensors"
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_bytes(exports.weights_safetensors(first))
    run = trained(small(max_epochs=1, weights="script-test"))
    check_same(run, executed(run, tmp_path))
    stored.unlink()
    with pytest.raises(RunError, match="gone"):
        exports.script_zip(run)


@pytest.mark.parametrize("case", CASES)
def test_is_well_written(case: str, digits: ImageSet, tmp_path: Path) -> None:
    """No unknown, unused or repeated name, no long line; and nothing of ours is imported."""
    code = exports.script_py(store.create(small(**CASES[case])))
    assert b"import cnnviz" not in code and b"from cnnviz" not in code
    (tmp_path / "train.py").write_bytes(code)
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=120", "--select=E,F,I,W,B"]
    done = subprocess.run([*ruff, str(tmp_path / "train.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
