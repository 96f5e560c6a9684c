"""A race is found again from its runs' folders alone."""

import pytest

from cnnviz.errors import RunError
from cnnviz.race_sets import RACES, Lane
from cnnviz.recipes import get
from cnnviz.runs import labels, race, store
from cnnviz.runs.status import Status

SPEC = get("lenet-digits").spec
LANES = [Lane(name=f"lr {lr:g}", spec=SPEC.changed({"lr": lr})) for lr in (0.1, 0.01, 0.001)]


def test_a_race_is_found_by_its_id_in_the_order_of_its_lanes() -> None:
    started = race.start(store.create, LANES, "Rates", "Look.")
    again = race.find(started.id)
    assert (again.title, again.look) == ("Rates", "Look.")
    assert list(again.names) == ["lr 0.1", "lr 0.01", "lr 0.001"]
    assert [entry.spec.lr for entry in again.entries()] == [0.1, 0.01, 0.001]
    assert {entry.spec.num_threads for entry in again.entries()} == {1}


def test_races_come_newest_first_and_survive_a_deleted_run() -> None:
    first, second = (race.start(store.create, LANES, title) for title in ("one", "two"))
    assert [found.id for found in race.list_races()] == [second.id, first.id]
    for run in list(second.names.values())[:2]:
        run.write_status(Status("stopped"))
        labels.delete(run)
    assert list(race.find(second.id).names) == ["lr 0.001"]
    assert [entry.name for entry in second.entries()] == ["lr 0.001"]  # a page that knew it before


def test_a_link_finds_a_race_whose_runs_are_too_old_for_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (race.start(store.create, LANES, title) for title in ("one", "two"))
    monkeypatch.setattr(store.list_runs, "__defaults__", (3,))
    assert [found.id for found in race.list_races()] == [second.id]
    assert list(race.find(first.id).names) == [lane.name for lane in LANES]


def test_nonsense_in_a_folder_is_no_race() -> None:
    started = race.start(store.create, LANES, "Rates")
    runs = list(started.names.values())
    (runs[0].path / "race.json").write_bytes(b"\xff")
    runs[1].write_json("race", {"race": 3})
    assert list(race.find(started.id).names) == ["lr 0.001"]
    with pytest.raises(RunError):
        race.find("nothing")


@pytest.mark.parametrize("count", [0, 7])
def test_a_race_has_one_to_six_lanes(count: int) -> None:
    with pytest.raises(RunError):
        race.start(store.create, LANES[:1] * count, "")
    assert store.list_runs() == []


def test_the_recorded_race_is_the_lesson_that_it_says_it_is() -> None:
    entries = race.find(race.EXAMPLE.stem).entries()
    assert [entry.name for entry in entries] == list(RACES["remedies"].variants)
    gaps = {e.name: e.history[-1]["train_accuracy"] - e.history[-1]["valid_accuracy"] for e in entries}
    assert gaps["none"] > 0.05 and len(entries[-1].history) < entries[-1].spec.max_epochs  # it stopped early
