"""Choosing a run, and saying which it is."""

import time
from contextlib import suppress

import streamlit as st

from cnnviz import recipes
from cnnviz.errors import RunError
from cnnviz.runs import store
from cnnviz.runs.folder import RunFolder
from cnnviz.ui import state
from cnnviz.ui.linked import linked_selectbox

LATEST = "The latest run"


def pick_run(runs: list[RunFolder]) -> RunFolder:
    """A control that picks one of the runs or the bundled example; the latest as long as nothing is picked."""
    by_id = {run.id: run for run in [*runs, store.example()]}
    with suppress(RunError):  # a link may name a run that is too old for the list
        asked = store.find(st.query_params.get(state.RUN, ""))
        by_id.setdefault(asked.id, asked)
    chosen = linked_selectbox(
        "Run",
        list(by_id),
        key=state.RUN,
        format_func=lambda run_id: run_title(by_id[run_id]),
        placeholder=f"{LATEST}: {run_title(next(iter(by_id.values())))}",
    )
    return by_id[chosen] if chosen else next(iter(by_id.values()))


def run_title(run: RunFolder) -> str:
    """A run in a few words that are its own and never change: its recipe, when it was started, a short name."""
    asked = run.asked()
    spec = asked.get("spec")
    recipe = str(spec.get("recipe", "")) if isinstance(spec, dict) else ""
    title = recipes.title_of(recipe) or "A run"
    if run.path == store.EXAMPLE:
        return f"Example: {title}"
    return f"{title}{_when(asked.get('created'))}, #{run.id.rpartition('-')[2]}"


def _when(created: object) -> str:
    try:
        return time.strftime(", %d %b %H:%M", time.localtime(created))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        return ""  # a hand has been in the folder
