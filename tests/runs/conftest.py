"""Training processes for a module, and small runs to give them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cnnviz.data.registry import load
from cnnviz.recipes import get
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.jobs import Jobs
from cnnviz.specs import TrainSpec

SMALL = {"max_epochs": 2, "train_size": 500, "valid_size": 200}


@pytest.fixture(scope="session")
def pool_env(tmp_path_factory: pytest.TempPathFactory, digits_folder: Path) -> Iterator[None]:
    """The pool's processes take their folders from the environment they start in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNVIZ_DATA", str(digits_folder))
        patch.setenv("CNNVIZ_RUNS", str(tmp_path_factory.mktemp("runs")))
        load("mnist-5k")
        yield


@pytest.fixture(scope="module")
def jobs(pool_env: None) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def small() -> Callable[..., TrainSpec]:
    return lambda **settings: get("lenet-digits").spec.changed({**SMALL, **settings})


def wait_until(run: RunFolder, is_so: Callable[[RunFolder], bool], timeout_s: float = 120) -> None:
    """Poll a run until something is so. A test that gives up says what the run's state was."""
    import time

    end = time.monotonic() + timeout_s
    while not is_so(run):
        assert time.monotonic() < end, f"{run.id} is {run.status()} after {timeout_s} s"
        time.sleep(0.05)


def over(run: RunFolder) -> bool:
    return not run.status().is_active
