"""``data`` and its commands, as a person types them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cnnviz.__main__ import main
from tests.data.collections import laid_out, packed, picture, two_classes


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    return tmp_path


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["data", *arguments], catch_exceptions=False)


def last_line(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.strip().splitlines()[-1])


def test_import_list_and_remove(tmp_path: Path) -> None:
    (tmp_path / "My Pets.zip").write_bytes(packed({**two_classes(5), "cats/x.txt": b""}).getvalue())
    size = ["--size", "8x6", "--mode", "grey", "--json"]
    summary = last_line(invoke("import", str(tmp_path / "My Pets.zip"), *size))
    assert (summary["name"], summary["images"], summary["classes"], summary["shape"]) == ("my-pets", 10, 2, [1, 8, 6])
    assert summary["skipped"] == 1
    (row,) = (row for row in last_line(invoke("--json"))["data"] if row["name"] == "my-pets")
    assert row == {"name": "my-pets", "classes": 2, "train": 8, "valid": 2, "shape": [1, 8, 6], "at_hand": True}
    assert last_line(invoke("download", "my-pets", "--json"))["images"] == 10
    assert last_line(invoke("remove", "my-pets", "--json")) == {"removed": "my-pets"}
    assert "my-pets" not in invoke().output


def test_a_folder_and_an_npz(tmp_path: Path) -> None:
    folder = laid_out(
        tmp_path / "set", {f"{part}/{at % 2}/{at}.png": picture(at) for part in ("train", "test") for at in range(4)}
    )
    assert last_line(invoke("import", str(folder), "--name", "f", "--json"))["train"] == 4
    np.savez(tmp_path / "a.npz", images=np.zeros((3, 5, 5)), labels=["x", "y", "x"])
    assert last_line(invoke("import", str(tmp_path / "a.npz"), "--json"))["classes"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "nowhere"], "no folder"),
        (["import", "SET", "--size", "big"], "HEIGHTxWIDTH"),
        (["import", "SET", "--size", "9999x1"], "height"),
        (["import", "SET", "--name", "../x"], "can't be called"),
        (["import", "SET", "--name", "mnist"], "comes with"),
        (["import", "EMPTY"], "No picture"),
        (["download", "nothing"], "no data set"),
        (["remove", "mnist-5k"], "no set of your own"),
        (["remove", "../.."], "can't be called"),
    ],
)
def test_what_can_not_be_is_one_clear_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    laid_out(tmp_path / "set", two_classes(2))
    (tmp_path / "empty").mkdir()
    places = {"SET": str(tmp_path / "set"), "EMPTY": str(tmp_path / "empty")}
    result = invoke(*(places.get(argument, argument) for argument in arguments))
    assert result.exit_code == 2 and said in result.stderr.splitlines()[-1]
