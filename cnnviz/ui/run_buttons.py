"""What can be asked of a run while it trains: pause, go on, stop, another learning rate or weight decay."""

from functools import partial

import streamlit as st

from cnnviz.errors import CnnvizError
from cnnviz.runs import controls
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.status import Status
from cnnviz.spec_words import label, value_text
from cnnviz.specs import TrainSpec
from cnnviz.ui import guard, state


def show_buttons(run: RunFolder, spec: TrainSpec, status: Status) -> None:
    """The buttons of a run that is not over. Each leaves a note in the folder, so two people may press at once."""
    asked = run.is_stop_requested()
    if status.state != "queued" and not asked:
        _pause_button(run, status)
        _change_popover(run, spec)
    st.button(
        "Stopping …" if asked else "Stop",
        key=f"stop-{run.id}",
        disabled=asked,
        on_click=run.request_stop,
        icon=":material/stop:",
        help="Ends the run after the batch it is at; what it has learnt is kept.",
    )


def _pause_button(run: RunFolder, status: Status) -> None:
    paused = status.state == "paused" or controls.is_pause_requested(run)
    st.button(
        "Continue" if paused else "Pause",
        key=f"{'continue' if paused else 'pause'}-{run.id}",
        on_click=partial(controls.go_on if paused else controls.pause, run),
        icon=":material/play_arrow:" if paused else ":material/pause:",
        help="Goes on exactly where it is." if paused else "Waits between two batches, and keeps its training process.",
    )


def _change_popover(run: RunFolder, spec: TrainSpec) -> None:
    """A form for the rates from the next epoch on."""
    last = {**_rates_of(spec), **_last_changes(run), **controls.pending(run)}
    with st.popover("Change", icon=":material/tune:"), st.form(f"change-{run.id}", border=False):
        st.caption("From the next epoch on; the curves mark it.")
        for name in controls.CHANGEABLE:
            st.number_input(label(name), value=float(last[name]), format="%g", key=state.run_view(run.id, name))
        if st.form_submit_button("Change from the next epoch"):
            wanted = {name: float(st.session_state[state.run_view(run.id, name)]) for name in controls.CHANGEABLE}
            _change(run, {name: value for name, value in wanted.items() if value != last[name]})
        if pending := controls.pending(run):
            words = ", ".join(f"{label(name).lower()} {value_text(value)}" for name, value in pending.items())
            st.caption(f"From the next epoch: {words}.")


def _change(run: RunFolder, settings: dict[str, float]) -> None:
    try:
        if settings:
            controls.change(run, **settings)
    except CnnvizError as error:
        guard.show(error)


def _rates_of(spec: TrainSpec) -> dict[str, float]:
    return {name: getattr(spec, name) for name in controls.CHANGEABLE}


def _last_changes(run: RunFolder) -> dict[str, float]:
    rows = [row for row in run.changes() if row.get("what") in controls.CHANGEABLE]
    return {row["what"]: float(row["value"]) for row in rows if isinstance(row.get("value"), int | float)}
