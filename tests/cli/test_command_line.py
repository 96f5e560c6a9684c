"""The command line: one JSON object on the last line, clear words for what can't be."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cnnviz.__main__ import main, parse_settings
from cnnviz.errors import SpecError

ROOT = Path(__file__).parents[2]
SMALL = ["--set", "max_epochs=1", "--set", "train_size=200", "--set", "valid_size=100"]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def last_line(output: str) -> dict[str, Any]:
    return json.loads(output.strip().splitlines()[-1])


def test_train_and_runs(tmp_path: Path, digits: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, as a person would."""
    command = [sys.executable, "-m", "cnnviz", "train", "lenet-digits", *SMALL, "--runs", str(tmp_path), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    summary = last_line(done.stdout)
    assert len(done.stdout.strip().splitlines()) == 1
    assert (summary["status"], summary["epochs"], summary["best_epoch"]) == ("finished", 1, 1)
    assert summary["best"] == summary["last"] and summary["images_per_s"] > 0
    assert Path(summary["folder"]).joinpath("best.pt").exists()
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    assert [run["run"] for run in last_line(invoke("runs", "--json").stdout)["runs"]] == [summary["run"]]


def test_ctrl_c_stops_and_keeps(tmp_path: Path, digits: object) -> None:
    command = [sys.executable, "-m", "cnnviz", "train", "lenet-digits", "--set", "max_epochs=500", *SMALL[2:]]
    process = subprocess.Popen(
        [*command, "--runs", str(tmp_path), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    end = time.monotonic() + 120
    while not list(tmp_path.glob("*/history.jsonl")):
        assert time.monotonic() < end
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    summary = last_line(out)
    assert summary["status"] == "stopped" and summary["epochs"] >= 1


def test_models_recipes_and_data() -> None:
    models = {model["name"]: model for model in last_line(invoke("models", "--json").stdout)["models"]}
    lenet = models["lenet"]
    assert (lenet["name"], lenet["input"], lenet["num_params"], len(lenet["rows"])) == (
        "lenet",
        [1, 28, 28],
        431_080,
        10,
    )
    names = {recipe["name"]: recipe["system"] for recipe in last_line(invoke("recipes", "--json").stdout)["recipes"]}
    assert names["lenet-mnist"] == "S2" and set(names.values()) == {"S1", "S2", "S3", "S4", "S5"}
    sets = {entry["name"]: entry for entry in last_line(invoke("data", "--json").stdout)["data"]}
    assert sets["mnist-5k"] == {
        "name": "mnist-5k", "classes": 10, "train": 4000, "valid": 1000, "shape": [1, 28, 28], "at_hand": True,
    }  # fmt: skip
    for command in ("models", "recipes", "data", "runs"):
        assert invoke(command).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "lenet-digit"], "Did you mean lenet-digits?"),
        (["train", "lenet-digits", "--set", "batch_size=0"], "batch_size is 0. Give a whole number from 1"),
        (["train", "lenet-digits", "--set", "dropuot=0.1"], "Options of lenet: dropout"),
        (["train", "lenet-digits", "--set", "lr"], "Write KEY=VALUE"),
        (["train", "lenet-digits", "--device", "tpu"], "Choose one of auto, cpu, cuda, mps"),
        (["bench", "nothing"], "There is no benchmark called 'nothing'."),
    ],
)
def test_what_can_not_be_is_one_clear_line(arguments: list[str], said: str) -> None:
    done = invoke(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1 and not done.stdout


def test_settings_are_read_as_json_or_text() -> None:
    parsed = parse_settings(["lr=1e-3", "shuffle=false", "mean=[0.1]", "optimizer=sgd", "a=b=c"])
    assert parsed == {"lr": 1e-3, "shuffle": False, "mean": [0.1], "optimizer": "sgd", "a": "b=c"}
    with pytest.raises(SpecError):
        parse_settings(["=3"])


def test_a_port_in_use_is_one_clear_line() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = invoke("serve", "--port", str(taken.getsockname()[1]))
    assert done.exit_code == 2 and "make run PORT=" in done.stderr
