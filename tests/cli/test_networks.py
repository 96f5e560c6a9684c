"""``models`` and ``summary``: the contract of --json, one's own files, clear words."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cnnviz.__main__ import main
from cnnviz.cli.networks import parse_shape
from cnnviz.errors import SpecError
from cnnviz.models import registry

OWN = """
from torch import nn


class Tiny(nn.Module):
    def __init__(self, num_classes=10, width=4):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(1, width, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(width, num_classes)

    def forward(self, x):
        return self.head(self.net(x))
"""


@pytest.fixture(autouse=True)
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_MODELS", "")


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "tiny_models.py"
    path.write_text(OWN)
    return str(path)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def last_line(output: str) -> dict[str, Any]:
    return json.loads(output.strip().splitlines()[-1])


def test_models_are_the_zoo_and_ones_own(own: str) -> None:
    rows = last_line(invoke("models", "--json").stdout)["models"]
    assert [row["name"] for row in rows] == list(registry.MODELS)
    rows = last_line(invoke("models", "--models", own, "--json").stdout)["models"]
    assert [row["name"] for row in rows] == [*registry.MODELS, "own:Tiny"]
    assert {"name", "system", "input", "num_params", "rows"} <= set(rows[-1])
    assert rows[-1]["num_params"] == sum(row["params"] for row in rows[-1]["rows"]) == 4 * 9 + 4 + 4 * 10 + 10


def test_a_broken_file_is_said_and_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("class :\n")
    done = invoke("models", "--models", str(tmp_path / "broken.py"), "--json")
    assert len(last_line(done.stdout)["models"]) == len(registry.MODELS)
    assert "broken.py, line 1: a syntax error" in done.stderr.replace("\n", "")


def test_summary_as_json() -> None:
    row = last_line(invoke("summary", "cifar_res_deep", "--set", "num_blocks=3", "--json").stdout)
    (listed,) = (each for each in last_line(invoke("models", "--json").stdout)["models"] if each["name"] == row["name"])
    assert set(listed) <= set(row)
    assert (row["num_params"], row["listed_params"], row["input"]) == (75_810, 75_810 + 2 * 9_280, [3, 32, 32])
    assert row["flops"] == 2 * row["macs"] and row["param_bytes"] == 4 * row["num_params"]
    assert sum(op["macs"] for op in row["ops"]) == row["macs"] and len(row["skips"]) == 3


def test_summary_for_a_person(own: str) -> None:
    out = invoke("summary", "wafer_cnn").stdout
    assert (
        "parameters: 94,857;" in out
        and "never called: dropout (Dropout)" in out
        and "AdaptiveMaxPool2d" not in out[:20]
    )
    assert "75,810; torchsummary says 159,330" in invoke("summary", "cifar_res_deep").stdout
    tiny = last_line(
        invoke("summary", "own:Tiny", "--models", own, "--input", "1,9,9", "--set", "width=2", "--json").stdout
    )
    assert tiny["macs"] == 7 * 7 * 2 * 9 + 2 * 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lennet"], "Did you mean lenet?"),
        (["lenet", "--input", "1,8,8"], "at least 16×16 pixels, and those of --input are 8×8"),
        (["lenet", "--input", "28"], "Write channels, height and width"),
        (["lenet", "--set", "width=3"], "Options of lenet: dropout"),
        (["torchvision:resnet18", "--input", "1,28,28"], "takes images of 3 channels"),
        (["own:Nothing"], "Start cnnviz with --models"),
    ],
)
def test_what_can_not_be_is_one_clear_line(arguments: list[str], said: str) -> None:
    done = invoke("summary", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1 and not done.stdout


def test_shapes_as_people_write_them() -> None:
    assert parse_shape("3,32,48") == parse_shape("3x32x48") == parse_shape("3×32×48") == (3, 32, 48)
    for text in ("3,32", "3,32,32,32", "a,b,c", "0,3,3", "3,99999,3", "3,-2,3"):
        with pytest.raises(SpecError):
            parse_shape(text)
