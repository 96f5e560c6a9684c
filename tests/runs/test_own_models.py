"""A network of one's own, trained by a worker process and loaded again."""

import os
from pathlib import Path

import pytest
import torch

from cnnviz.models import registry
from cnnviz.runs import store
from cnnviz.runs.worker import train_run
from cnnviz.specs import TrainSpec

FILE = """
from torch import nn


class Trained(nn.Module):
    def __init__(self, num_classes=10, width=4):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, width, 5, stride=3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(num_classes))

    def forward(self, x):
        return self.net(x)
"""


@pytest.fixture
def spec(tmp_path: Path, digits: object, monkeypatch: pytest.MonkeyPatch) -> TrainSpec:
    path = tmp_path / "trained_models.py"
    path.write_text(FILE.replace("nn.LazyLinear(num_classes)", "nn.Linear(64 * width, num_classes)"))
    monkeypatch.setenv("CNNVIZ_MODELS", str(path))
    return TrainSpec(
        model="own:Trained", data="mnist-5k", model_options={"width": 3}, max_epochs=1, train_size=200, valid_size=100
    )


def test_a_worker_that_knows_no_files_finds_them_with_the_run(spec: TrainSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.create(spec)
    monkeypatch.setenv("CNNVIZ_MODELS", "")  # as on another machine of a cluster
    assert train_run(str(run.path)) == "finished", run.status().why
    assert os.environ["CNNVIZ_MODELS"].endswith("trained_models.py")
    model = registry.build(spec.model, spec.model_options)
    model.load_state_dict(torch.load(run.path / "best.pt", weights_only=True))
    assert model.net[0].out_channels == 3


def test_a_file_that_broke_fails_the_run_and_says_so(spec: TrainSpec) -> None:
    run = store.create(spec)
    Path(os.environ["CNNVIZ_MODELS"]).write_text("class :\n")
    assert train_run(str(run.path)) == "failed"
    assert "line 1: a syntax error" in run.status().why
