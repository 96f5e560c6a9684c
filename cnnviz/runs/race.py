"""Races: runs that were started together. Each run's folder says to which race it belongs, so any reload finds it."""

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cnnviz.errors import CnnvizError, RunError
from cnnviz.race_sets import MOST, Lane
from cnnviz.runs import store
from cnnviz.runs.folder import RunFolder
from cnnviz.specs import TrainSpec

EXAMPLE = Path(__file__).parent / "example_race.json"
FILE = "race"


@dataclass(frozen=True)
class Entry:
    """A run in a race: its name there, what it was asked, its epochs, its state; no run for a recorded one."""

    name: str
    spec: TrainSpec
    history: list[dict[str, Any]]
    state: str
    run: RunFolder | None = None

    @property
    def is_active(self) -> bool:
        """True while it waits or trains."""
        return self.state in ("queued", "running", "paused")


@dataclass(frozen=True)
class Race:
    """Runs side by side. ``look`` says what to look at."""

    id: str
    title: str
    look: str = ""
    names: Mapping[str, RunFolder] = field(default_factory=dict)

    def entries(self) -> list[Entry]:
        """Where every run stands; one that was deleted or can't be read is left out."""
        if self.id == EXAMPLE.stem:
            return _recorded()
        found = [_entry(name, run) for name, run in self.names.items()]
        return [entry for entry in found if entry is not None]


def start(submit: Callable[[TrainSpec], RunFolder], lanes: Sequence[Lane], title: str, look: str = "") -> Race:
    """Queue all lanes, each on one thread of the CPU unless it asks otherwise: that way several train side by side.

    Raises RunError when there are too few or too many, or a folder can't be made.
    """
    if not 1 <= len(lanes) <= MOST:
        raise RunError(f"A race of {len(lanes)} can't be run.", f"Give 1 to {MOST} configurations.")
    race_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    names = {}
    for at, lane in enumerate(lanes):
        run = submit(replace(lane.spec, num_threads=lane.spec.num_threads or 1))
        try:
            run.write_json(FILE, {"race": race_id, "title": title, "look": look, "lane": lane.name, "at": at})
        except OSError as error:
            raise store.cannot_write(error) from error
        names[lane.name] = run
    return Race(race_id, title, look, names)


def list_races() -> list[Race]:
    """The races among the latest runs, newest first, each with the runs that are left of it."""
    return _races(store.list_runs())


def _races(runs: Sequence[RunFolder]) -> list[Race]:
    marked = [(said, run) for run in runs if (said := _said(run))]
    ids = dict.fromkeys(said["race"] for said, _ in marked)
    return [_race(race_id, [pair for pair in marked if pair[0]["race"] == race_id]) for race_id in ids]


def find(race_id: str) -> Race:
    """The race of that name, the recorded one among them. Raises RunError."""
    if race_id == EXAMPLE.stem:
        return example()
    for race in _races(store.list_runs(None)):
        if race.id == race_id:
            return race
    raise RunError(f"There is no race called {race_id!r}.", "Its runs may have been deleted. Start one.")


def of_runs(runs: Mapping[str, RunFolder]) -> Race:
    """Any runs side by side, by the names to show."""
    return Race("", "Runs side by side", "", runs)


def example() -> Race:
    """A recorded race that comes with the app."""
    plain = json.loads(EXAMPLE.read_text())
    return Race(EXAMPLE.stem, plain["title"], plain["look"])


def _recorded() -> list[Entry]:
    lanes = json.loads(EXAMPLE.read_text())["lanes"]
    return [Entry(lane["name"], TrainSpec.from_dict(lane["spec"]), lane["history"], "finished") for lane in lanes]


def _entry(name: str, run: RunFolder) -> Entry | None:
    try:
        return Entry(name, run.spec(), run.history(), run.status().state, run)
    except CnnvizError:
        return None


def _said(run: RunFolder) -> dict[str, Any] | None:
    """What a run's folder says of its race, or None when that is nothing or nonsense."""
    plain = run.read_json(FILE)
    texts = ("race", "title", "look", "lane")
    if not isinstance(plain, dict) or not all(isinstance(plain.get(name), str) for name in texts):
        return None
    return plain if isinstance(plain.get("at"), int) and plain["race"] else None


def _race(race_id: str, marked: Sequence[tuple[dict[str, Any], RunFolder]]) -> Race:
    ordered = sorted(marked, key=lambda pair: int(pair[0]["at"]))
    said = ordered[0][0]
    return Race(race_id, said["title"], said["look"], {own["lane"]: run for own, run in ordered})
