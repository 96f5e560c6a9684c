"""Sweeps and resumed runs from the command line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnviz.cli import sweep
from cnnviz.errors import SpecError
from cnnviz.runs import store
from cnnviz.runs.labels import labels_of
from tests.cli.test_command_line import ROOT, SMALL, invoke, last_line


def in_a_process(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "cnnviz", *arguments, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip().splitlines()) == 1
    return last_line(done.stdout)


def test_a_grid_is_the_product_of_its_values() -> None:
    grid = {"lr": sweep.values("0.1, 0.01"), "optimizer": sweep.values("adam,sgd")}
    assert [sweep.point_text(point) for point in sweep.combinations(grid)] == [
        "lr=0.1, optimizer=adam", "lr=0.1, optimizer=sgd", "lr=0.01, optimizer=adam", "lr=0.01, optimizer=sgd",
    ]  # fmt: skip
    with pytest.raises(SpecError, match="1,000 combinations"):
        sweep.combinations({name: list(range(10)) for name in "abc"})


def test_a_sweep_trains_every_combination(digits: object) -> None:
    grid = ["--grid", "lr=0.001,0.01", "--grid", "augment.rotation=0,15"]
    told = in_a_process("sweep", "lenet-digits", *grid, *SMALL, "--set", "weight_decay=0.1")
    assert [run["settings"] for run in told["runs"]] == [
        {"lr": lr, "augment.rotation": turned} for lr in (0.001, 0.01) for turned in (0, 15)
    ]
    for row in told["runs"]:
        run = store.find(row["run"])
        spec = run.spec()
        assert (spec.lr, spec.augment.rotation) == tuple(row["settings"].values()) and spec.weight_decay == 0.1
        assert row["status"] == "finished" and row["valid_loss"] == run.history()[0]["valid_loss"]
        assert labels_of(run).name == sweep.point_text(row["settings"])
    assert len({row["valid_loss"] for row in told["runs"]}) == 4


def test_a_run_is_resumed_and_made_longer(digits: object) -> None:
    first = in_a_process("train", "lenet-digits", *SMALL)
    longer = in_a_process("train", "--resume", first["run"], "--more-epochs", "2")
    assert (longer["run"], longer["epochs"]) == (first["run"], 3)
    assert longer["last"]["epoch"] == 3
    assert json.loads((Path(longer["folder"]) / "spec.json").read_text())["spec"]["max_epochs"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train"], "Name a recipe"),
        (["train", "lenet-digits", "--resume", "x"], "Name a recipe"),
        (["train", "--resume", "no-such-run"], "no run called"),
        (["train", "--resume", "x", "--set", "lr=1"], "keeps its settings"),
        (["train", "lenet-digits", "--set", "augment.rotatoin=1"], "Unknown augmentations: rotatoin"),
        (["train", "lenet-digits", "--set", "class_weights=[1,-1]"], "above 0 for each class"),
        (["sweep", "lenet-digits", "--grid", "lr"], "is no setting"),
        (["sweep", "lenet-digits", "--grid", "lr=fast,slow"], "lr is 'fast'"),
    ],
)
def test_what_can_t_be_is_said_in_one_line(arguments: list[str], said: str) -> None:
    done = invoke(*arguments)
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output
    assert store.list_runs() == []
