"""Where things are kept. Every setting comes from the environment, read when it is needed."""

import os
from collections.abc import Iterable
from pathlib import Path

MAX_WORKERS = 6  # the lanes of a race; each process holds torch in memory


def runs_dir() -> Path:
    """The folder of run folders: ``CNNVIZ_RUNS``, or ``runs/`` in the working directory."""
    return Path(os.environ.get("CNNVIZ_RUNS", "runs")).expanduser().resolve()


def data_dir() -> Path:
    """The folder of data sets: ``CNNVIZ_DATA``, or ``data/`` in the working directory."""
    return Path(os.environ.get("CNNVIZ_DATA", "data")).expanduser().resolve()


def scheduler_address() -> str:
    """The address of a Dask scheduler to train on (``CNNVIZ_SCHEDULER``), or "" for one of our own."""
    return os.environ.get("CNNVIZ_SCHEDULER", "")


def usable_cores() -> int:
    """The cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def num_workers() -> int:
    """Worker processes of our own, so how many runs can train side by side: ``CNNVIZ_WORKERS``, or one a core."""
    return int(os.environ.get("CNNVIZ_WORKERS") or min(usable_cores(), MAX_WORKERS))


def model_files() -> tuple[Path, ...]:
    """The files of people's own networks: ``CNNVIZ_MODELS``, several with the system's path separator between."""
    named = os.environ.get("CNNVIZ_MODELS", "").split(os.pathsep)
    return tuple(dict.fromkeys(Path(each.strip()).expanduser().resolve() for each in named if each.strip()))


def use_model_files(paths: Iterable[str]) -> None:
    """Name the files of people's own networks for this process, if there are any."""
    if named := os.pathsep.join(paths):
        os.environ["CNNVIZ_MODELS"] = named
