"""What every test may use: folders of its own, and the digits parsed once."""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from cnnviz.data.image_set import ImageSet
from cnnviz.data.registry import load


@pytest.fixture(scope="session")
def digits_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the parsed digits; shared, so that they are parsed once."""
    return tmp_path_factory.getbasetemp() / "data"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, digits_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test reads or writes the runs and data of whoever runs it, nor weights that another test has kept."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_DATA", str(digits_folder))
    monkeypatch.delenv("CNNVIZ_SCHEDULER", raising=False)
    yield
    rmtree(digits_folder / "weights", ignore_errors=True)


@pytest.fixture
def digits() -> ImageSet:
    """The 5,000 embedded digits."""
    return load("mnist-5k")
