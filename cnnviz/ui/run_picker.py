"""Choosing a run, and saying which it is."""

import time
from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from cnnviz import recipes
from cnnviz.errors import RunError
from cnnviz.runs import labels, store
from cnnviz.runs.folder import RunFolder
from cnnviz.ui import state
from cnnviz.ui.linked import linked_selectbox

LATEST = "The latest run"
MANY = 8  # runs from which on a search is worth its room


def pick_run(runs: list[RunFolder]) -> RunFolder:
    """A control that picks one of the runs or the bundled example; the latest as long as nothing is picked.

    Pinned runs come first in the list, the latest follow; a search over names, notes, recipes, networks and data
    looks through all of them.
    """
    latest = runs[0] if runs else store.example()
    by_id = {run.id: run for run in [*_found(runs), store.example()]}
    with suppress(RunError):  # a link may name a run that is too old for the list, or one the search leaves out
        asked = store.find(st.query_params.get(state.RUN, ""))
        by_id.setdefault(asked.id, asked)
    chosen = linked_selectbox(
        "Run",
        list(by_id),
        key=state.RUN,
        format_func=lambda run_id: run_title(by_id[run_id]),
        placeholder=f"{LATEST}: {run_title(latest)}",
    )
    return by_id[chosen] if chosen else latest


def _found(runs: list[RunFolder]) -> Sequence[RunFolder]:
    if len(runs) < MANY:
        return pinned_first(runs)
    text = st.text_input(
        "Find a run",
        key=state.RUN_SEARCH,
        placeholder="Find a run: name, note, recipe, network, data",
        label_visibility="collapsed",
        max_chars=200,
        persist_state="session",
    )
    found = labels.find(text, runs) if text else runs
    if text:
        st.caption(f"{len(found)} of {len(runs)} runs." if found else "No run has all these words.")
    return pinned_first(found)


def pinned_first(runs: Sequence[RunFolder]) -> list[RunFolder]:
    """Pinned runs, however old, before the latest others, both in the order they came."""
    pinned = {run: None for run in runs if labels.labels_of(run).pinned}
    others = [run for run in runs if run not in pinned]
    return [*pinned, *others[: store.LATEST]]


def run_title(run: RunFolder) -> str:
    """A run in a few words that are its own: its name or its recipe, when it was started, a short name."""
    asked = run.asked()
    spec = asked.get("spec")
    recipe = str(spec.get("recipe", "")) if isinstance(spec, dict) else ""
    title = recipes.title_of(recipe) or "A run"
    if store.is_example(run):
        return f"Example: {title}"
    own = labels.labels_of(run)
    pin = "★ " if own.pinned else ""
    return f"{pin}{own.name or title}{_when(asked.get('created'))}, #{run.id.rpartition('-')[2]}"


def _when(created: object) -> str:
    try:
        return time.strftime(", %d %b %H:%M", time.localtime(created))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        return ""  # a hand has been in the folder
