"""Races on their page: lessons, one's own, runs that there are."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.race_sets import RACES
from cnnviz.recipes import get
from cnnviz.runs import race, store
from cnnviz.runs.status import Status

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def not_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnviz.runs.jobs import Jobs

    monkeypatch.setattr(Jobs, "submit", lambda self, spec: store.create(spec))


def texts(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.error, *app.info, *app.warning]
    return "\n".join(part.value for part in parts)


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception and "Something went wrong" not in texts(app)
    return app


def test_a_recorded_race_is_on_screen_before_anything_is_run(open_page: Open) -> None:
    app = open_page("compare")
    assert "A recorded race" in texts(app) and app.dataframe[0].value.name.tolist() == list(RACES["remedies"].variants)
    assert len(app.get("vega_lite_chart")) == 2
    app.segmented_control(key="race-view").set_value("Loss, one by one").run()
    assert len(app.get("vega_lite_chart")) == 6 and not app.exception


@pytest.mark.parametrize("name", RACES)
def test_every_lesson_starts_with_one_click_and_is_in_the_address(open_page: Open, name: str) -> None:
    app = open_page("compare")
    app.radio(key="lesson").set_value(name).run()
    lanes = RACES[name].lanes()
    press(app, f"Race {len(lanes)}")
    (found,) = race.list_races()
    assert list(found.names) == [lane.name for lane in lanes] and found.look == RACES[name].look
    assert app.query_params["race"] in ([found.id], found.id)
    assert app.dataframe[0].value.state.tolist() == ["interrupted"] * len(lanes) or "queued" in texts(app) + str(
        app.dataframe[0].value.state.tolist()
    )


def test_a_race_of_ones_own(open_page: Open) -> None:
    app = open_page("compare")
    app.segmented_control(key="race-source").set_value("Your own").run()
    app.selectbox(key="race-field").set_value("batch_size").run()
    values = app.text_input(key="race-values.batch_size")
    for typed, said in (("5", "1 different values"), ("5, five", "batch\\_size is"), ("1,2,3,4,5,6,7", "7 different")):
        values.set_value(typed).run()
        assert said in app.error[0].value and not app.exception
    values.set_value("5, 50").run()
    press(app, "Race 2")
    assert [entry.spec.batch_size for entry in race.list_races()[0].entries()] == [5, 50]


def test_any_runs_are_laid_side_by_side_and_the_address_holds_them(open_page: Open) -> None:
    runs = [store.create(get("lenet-digits").spec) for _ in range(2)]
    for run in runs:
        run.write_status(Status("finished"))
    app = open_page("compare", runs=",".join([*(run.id for run in runs), "example", "gone"]))
    assert len(app.dataframe[0].value) == 3 and "1 run that can't be found" in texts(app)
    app.segmented_control(key="race-source").set_value("Runs you have").run()
    app.multiselect(key="race-choice").set_value([runs[1].id]).run()
    assert app.query_params["runs"] in ([runs[1].id], runs[1].id) and len(app.dataframe[0].value) == 1


def test_stop_all_stops_what_still_runs(open_page: Open) -> None:
    from filelock import FileLock

    lock = FileLock(store.runs_dir() / "owner.lock")
    store.runs_dir().mkdir(parents=True, exist_ok=True)
    with lock:
        started = race.start(lambda spec: store.create(spec, owner="owner.lock"), RACES["heads"].lanes(), "Heads")
        app = press(open_page("compare", race=started.id), "Stop all")
        assert {run.recorded_status().state for run in started.names.values()} == {"stopped"}
        assert not app.exception


def test_a_link_to_no_race_is_said(open_page: Open) -> None:
    app = open_page("compare", race="<b>nothing</b>")
    assert "asks for a race that is not here" in app.warning[0].value and "A recorded race" in texts(app)
