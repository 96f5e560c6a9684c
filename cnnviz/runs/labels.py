"""What people call their runs: a name, a note, a pin; and how a run is found and deleted."""

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from filelock import FileLock, Timeout

from cnnviz import recipes
from cnnviz.errors import CnnvizError, RunError, SpecError
from cnnviz.runs import store
from cnnviz.runs.folder import LOOK_S, RunFolder

MAX_NAME, MAX_NOTE = 80, 4000


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What people wrote on a run."""

    name: str = ""
    note: str = ""
    pinned: bool = False

    def __post_init__(self) -> None:
        for field, most in (("name", MAX_NAME), ("note", MAX_NOTE)):
            text = getattr(self, field)
            if not isinstance(text, str) or len(text) > most:
                raise SpecError(f"The {field} is too long.", f"Use at most {most:,} characters.", field=field)
        if "\n" in self.name:
            raise SpecError("The name has several lines.", "Keep it to one; a note may have more.", field="name")


def labels_of(run: RunFolder) -> Labels:
    """A run's labels; empty ones where there are none or they can't be read."""
    plain: Any = run.read_json("labels")
    try:
        return Labels(**{"name": plain["name"], "note": plain["note"], "pinned": plain["pinned"] is True})
    except (TypeError, KeyError, SpecError):
        return Labels()


def label(run: RunFolder, **changed: str | bool) -> Labels:
    """Change some of a run's labels. Raises SpecError for a text that is too long, RunError when it can't be kept."""
    if store.is_example(run):
        raise RunError("The example comes with the app and keeps its name.", "Label a run of your own.")
    labels = replace(labels_of(run), **changed)  # type: ignore[arg-type]
    if not run.path.is_dir():
        raise RunError(f"Run {run.id} is gone.", "Somebody deleted it meanwhile.")
    try:
        run.write_json("labels", asdict(labels))
    except OSError as error:
        raise store.cannot_write(error) from error
    return labels


def delete(run: RunFolder) -> None:
    """Delete a run with all that is in its folder; one that is gone already stays gone.

    Raises RunError for a run that is training or paused, and for the example. One that waits is stopped first.
    """
    if store.is_example(run):
        raise RunError("The example comes with the app and can't be deleted.", "Delete a run of your own.")
    if not run.path.is_dir():
        return
    try:
        with FileLock(run.path / "lock", timeout=LOOK_S):  # no worker can take it from here on
            away = run.path.with_name(f".deleted-{run.id}-{secrets.token_hex(4)}")
            run.path.rename(away)
    except Timeout as error:
        raise RunError(f"Run {run.id} is being trained.", "Stop it first.") from error
    except FileNotFoundError:
        return
    except OSError as error:
        raise store.cannot_write(error) from error
    shutil.rmtree(away, ignore_errors=True)


def find(text: str, runs: Iterable[RunFolder] | None = None) -> list[RunFolder]:
    """The runs in whose name, note, recipe, network, data or folder name every word occurs, in the order given.

    Case does not matter. Without runs to look through, all are, newest first.
    """
    words = text.casefold().split()
    several = store.list_runs(None) if runs is None else runs
    return [run for run in several if all(word in _about(run) for word in words)]


def _about(run: RunFolder) -> str:
    labels = labels_of(run)
    texts = [run.id, labels.name, labels.note]
    try:
        spec = run.spec()
        texts += [spec.recipe, recipes.title_of(spec.recipe), spec.model, spec.data]
    except CnnvizError:
        pass  # it is still found by its name
    return "\n".join(texts).casefold()
