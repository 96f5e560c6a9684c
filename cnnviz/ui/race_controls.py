"""Choosing a race: a lesson, one of the visitor's own, or runs that there are already."""

import json
import time
from typing import Any

import streamlit as st

from cnnviz import recipes
from cnnviz.data.registry import all_entries
from cnnviz.errors import CnnvizError
from cnnviz.models import registry
from cnnviz.race_sets import MOST, RACES, Lane, own_lanes
from cnnviz.runs import race, store
from cnnviz.runs.race import Race
from cnnviz.spec_words import label, settings_of, value_text
from cnnviz.ui import cache, guard, state
from cnnviz.ui.recipe_picker import offered_recipes, recipe_label
from cnnviz.ui.run_picker import pinned_first, run_title

SOURCES = ("A lesson", "Your own", "Runs you have")
FIELDS = (
    "lr", "weight_decay", "l1_penalty", "l2_penalty", "batch_size", "max_epochs", "optimizer", "momentum",
    "schedule", "patience", "init", "model", "train_size", "shuffle", "seed", "score_in_training_mode",
)  # fmt: skip


def race_controls() -> None:
    """The controls; what they start or pick is in the URL."""
    source = st.segmented_control(
        "What races", SOURCES, default=SOURCES[0], key=state.RACE_SOURCE, required=True, persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    {SOURCES[0]: _lesson, SOURCES[1]: _own, SOURCES[2]: _existing}[source or SOURCES[0]]()


def chosen_race() -> Race:
    """What the URL asks for, else the latest race, else the recorded one; says so when the URL leads nowhere."""
    if runs := st.query_params.get(state.RACE_RUNS):
        return _of_runs(runs.split(","))
    if asked := st.query_params.get(state.RACE):
        try:
            return race.find(asked)
        except CnnvizError:
            st.warning("The link asks for a race that is not here.", icon=":material/warning:")
    return next(iter(race.list_races()), None) or race.example()


def _lesson() -> None:
    name = st.radio(
        "Lesson", list(RACES), key=state.RACE_LESSON, format_func=_lesson_title, persist_state="session"
    )  # fmt: skip
    chosen = RACES[name]
    _start_button(chosen.lanes(), chosen.title, chosen.look)
    st.caption(chosen.look)
    data = recipes.get(chosen.recipe).spec.data
    title = all_entries()[data].title if data in all_entries() else data
    st.caption(guard.plain(f"On {title}: {', '.join(chosen.variants)}."))


def _lesson_title(name: str) -> str:
    return f"{RACES[name].system} · {RACES[name].title}"


def _own() -> None:
    offered = offered_recipes("all")
    name = st.selectbox(
        "Recipe, or the settings that you copied",
        list(offered),
        key=state.RACE_BASE,
        format_func=lambda name: recipe_label(offered[name]),
        persist_state="session",
    )
    base = offered[name].spec
    names = [*FIELDS, *registry.get(base.model).options]
    field = st.selectbox(
        "What differs", names, key=state.RACE_FIELD, format_func=label, persist_state="session"
    )  # fmt: skip
    settings = {**registry.check_options(base.model, base.model_options), **settings_of(base)}
    current = settings[field]
    typed = st.text_input(
        "Values, with commas between",
        placeholder=_example(current),
        key=f"{state.RACE_VALUES}.{field}",
        max_chars=500,
        persist_state="session",
        help=f"Two to {MOST}. The recipe has {value_text(current)}.",
    )
    place = st.container()
    lanes: list[Lane] = []
    if typed.strip():
        try:
            lanes = own_lanes(base, field, [_read(part, current) for part in typed.split(",") if part.strip()])
            for lane in lanes:
                registry.get(lane.spec.model)
                registry.check_options(lane.spec.model, lane.spec.model_options)
        except CnnvizError as error:
            lanes = []
            with place:
                guard.show(error)
    _start_button(lanes, label(field), "")


def _example(value: object) -> str:
    if isinstance(value, bool):
        return "true, false"
    if isinstance(value, int | float):
        return f"{value * 2:g}, {value:g}" if value else "0, 0.001"
    return f"{value}, …"


def _read(part: str, like: object) -> Any:  # noqa: ANN401 - a setting's value
    """A typed value: JSON where it is, a float where the setting is one, else text."""
    try:
        value = json.loads(part.strip())
    except ValueError:
        return part.strip()
    return float(value) if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool) else value


def _start_button(lanes: list[Lane], title: str, look: str) -> None:
    words = f"Race {len(lanes)}" if lanes else "Race"
    if not st.button(words, type="primary", width="stretch", icon=":material/flag:", disabled=not lanes):
        return
    try:
        started = race.start(cache.jobs().submit, lanes, title, look)
    except CnnvizError as error:
        guard.show(error)
        return
    st.query_params.pop(state.RACE_RUNS, None)
    st.query_params[state.RACE] = started.id


def _existing() -> None:
    races = race.list_races()
    if races:
        st.selectbox(
            "A race", [found.id for found in races], index=None, key=state.RACE_PICK, on_change=_race_to_url,
            format_func=lambda race_id: _race_title(race_id, races), placeholder="The latest",
        )  # fmt: skip
    runs = {run.id: run for run in [*pinned_first(store.list_runs()), store.example()]}
    asked = [run_id for run_id in st.query_params.get(state.RACE_RUNS, "").split(",") if run_id in runs]
    st.multiselect(
        "Or any runs", list(runs), default=asked[:MOST], key=state.RACE_CHOICE, max_selections=MOST,
        format_func=lambda run_id: run_title(runs[run_id]), on_change=_runs_to_url,
        help="Type to find: names, recipes, times.",
    )  # fmt: skip


def _race_title(race_id: str, races: list[Race]) -> str:
    found = next((found for found in races if found.id == race_id), None)
    return f"{found.title}{_when(race_id)}, #{race_id[-4:]}" if found else race_id


def _when(race_id: str) -> str:
    try:
        return time.strftime(", %d %b %H:%M", time.strptime(race_id[:15], "%Y%m%d-%H%M%S"))
    except ValueError:
        return ""  # a hand has been in the folder


def _race_to_url() -> None:
    st.query_params.pop(state.RACE_RUNS, None)
    if picked := st.session_state.get(state.RACE_PICK):
        st.query_params[state.RACE] = picked
    else:
        st.query_params.pop(state.RACE, None)


def _runs_to_url() -> None:
    picked = st.session_state.get(state.RACE_CHOICE)
    if picked:
        st.query_params[state.RACE_RUNS] = ",".join(picked)
    else:
        st.query_params.pop(state.RACE_RUNS, None)


def _of_runs(run_ids: list[str]) -> Race:
    runs, missing = {}, 0
    for run_id in dict.fromkeys(run_ids[:MOST]):
        try:
            run = store.find(run_id)
        except CnnvizError:
            missing += 1
            continue
        runs[run_title(run)] = run
    if missing:
        st.warning(
            f"The link asks for {missing} run{'s' * (missing > 1)} that can't be found.", icon=":material/warning:"
        )
    return race.of_runs(runs) if runs else race.example()
