"""The folder of runs: making one, finding one, listing them, newest first."""

import re
import secrets
import time
from importlib.metadata import version
from pathlib import Path

from cnnviz.errors import RunError
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.status import Status
from cnnviz.settings import model_files, runs_dir
from cnnviz.specs import TrainSpec

EXAMPLE = Path(__file__).parent / "example"
# FC against GAP, recorded by cnnviz.bench.example_heads.
HEADS = {name: Path(__file__).parent / f"example-{name.lower()}" for name in ("FC", "GAP")}
LIBRARIES = ("torch", "torchvision", "numpy")


def create(spec: TrainSpec, owner: str = "") -> RunFolder:
    """A new run folder, queued. Raises RunError when the runs folder can't be written."""
    now = time.time()
    stamp = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{int(now % 1 * 1000):03d}"  # sorts by age
    name = re.sub(r"[^\w-]+", "-", spec.recipe) or "run"
    run = RunFolder(runs_dir() / f"{stamp}-{name}-{secrets.token_hex(2)}")
    try:
        run.path.mkdir(parents=True)
        run.write_asked(
            {
                "spec": spec.as_dict(),
                "created": now,
                "versions": {name: version(name) for name in LIBRARIES},
                "model_files": [str(path) for path in model_files()],  # where a worker finds networks of one's own
            }
        )
        run.write_status(Status("queued", owner=owner))
    except OSError as error:
        raise cannot_write(error) from error
    return run


def cannot_write(error: OSError) -> RunError:
    """What to tell a person when the runs folder takes no more."""
    return RunError(
        f"The runs folder {runs_dir()} can't be written: {error.strerror or error}.",
        "Make room there, or choose another folder with CNNVIZ_RUNS.",
    )


def find(run_id: str) -> RunFolder:
    """The run of that name, the bundled example among them. Raises RunError."""
    for path in (EXAMPLE, *HEADS.values()):
        if run_id == path.name:
            return RunFolder(path)
    path = runs_dir() / run_id
    if not run_id or Path(run_id).name != run_id or run_id.startswith(".") or not path.is_dir():
        raise RunError(f"There is no run called {run_id!r}.", "Choose one from the list.")
    return RunFolder(path)


LATEST = 200  # runs on a list that nobody shortened


def list_runs(limit: int | None = LATEST) -> list[RunFolder]:
    """The latest runs, or all of them, newest first; the bundled example is not among them."""
    try:
        paths = [path for path in runs_dir().iterdir() if path.is_dir() and not path.name.startswith(".")]
    except OSError:
        return []
    return [RunFolder(path) for path in sorted(paths, key=lambda path: path.name, reverse=True)[:limit]]


def example() -> RunFolder:
    """A real run of the default recipe that comes with the app, so that there is something to see at once."""
    return RunFolder(EXAMPLE)


def is_example(run: RunFolder) -> bool:
    """Whether a run comes with the app; nobody changes, continues or deletes such a one."""
    return run.path in (EXAMPLE, *HEADS.values())


def ahead_of(run: RunFolder) -> list[RunFolder]:
    """The runs that a queued run waits for, the one that trains first."""
    own = _queued(run)
    before = [other for other in list_runs() if other.status().is_active and _queued(other) < own]
    return sorted(before, key=_queued)


def _queued(run: RunFolder) -> tuple[float, str]:
    asked = run.asked()
    since = asked.get("queued", asked.get("created"))  # a resumed run waits behind those that came before its resume
    return (float(since) if isinstance(since, int | float) else 0.0, run.id)
