"""A run as it is now: where it stands, its figures, its curves. Reads the run folder and nothing else."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz import recipes
from cnnviz.charts.curves import Measure, curves_chart, curves_table, y_domain
from cnnviz.errors import CnnvizError
from cnnviz.runs import store
from cnnviz.runs.best import best_row
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.progress import RunProgress, duration_text, run_progress
from cnnviz.runs.status import Status
from cnnviz.specs import TrainSpec
from cnnviz.ui import guard
from cnnviz.ui.look import colours
from cnnviz.ui.run_picker import run_title

POLL_S = 0.5
STEPS_AT_ONCE = 5  # about a second's: redrawing takes a core's time, which a training on this machine wants too
MEASURES: tuple[Measure, ...] = ("accuracy", "loss")
METRIC_PX = 160  # two fit side by side on a phone


def show_run(run: RunFolder) -> None:
    """Show a run, and keep showing it as it moves until it is over."""
    active = run.status().is_active

    @st.fragment(run_every=POLL_S if active else None)
    def live() -> None:
        with guard.calm():
            _show(run)
        if active and not run.status().is_active:
            st.rerun()  # the page's list of runs and its buttons change, and polling ends

    live()


def _show(run: RunFolder) -> None:
    try:
        spec = run.spec()
    except CnnvizError as error:
        guard.show(error)
        return
    status, history = run.status(), run.history()
    progress = run_progress(history, status.at, spec.max_epochs)
    _show_state(run, status, progress)
    _show_figures(history, spec, status, progress)
    steps = run.steps()
    if status.is_active:
        steps = steps[: len(steps) // STEPS_AT_ONCE * STEPS_AT_ONCE]
    for column, measure in zip(st.columns(2), MEASURES, strict=True):
        domain = y_domain(measure, history, steps)
        chart = curves_chart(measure, spec.max_epochs, domain, colours())
        column.vega_lite_chart(curves_table(history, steps, measure), chart, key=f"{measure}-{run.id}")
    _show_reported(spec)


def _show_state(run: RunFolder, status: Status, progress: RunProgress) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        with st.container():
            if status.state == "running":
                batch = f"batch {status.at['batch']} of {status.at['num_batches']}" if status.at else "starting"
                doing = f"Epoch {progress.epoch} of {progress.max_epochs}, {batch}"
                st.progress(progress.share, text=status.why or doing)
            else:
                _say(run, status)
        if status.is_active:
            asked = run.is_stop_requested()
            st.button(
                "Stopping …" if asked else "Stop",
                key=f"stop-{run.id}",
                disabled=asked,
                on_click=run.request_stop,
                icon=":material/stop:",
                help="Ends the run after the batch it is at; what it has learnt is kept.",
            )


def _say(run: RunFolder, status: Status) -> None:
    why = guard.plain(f"{status.why} {status.hint}".strip())
    if status.state == "queued":
        _say_what_it_waits_for(run)
    elif status.state == "failed":
        st.error(f"This run failed. {why}", icon=":material/error:")
    elif status.state == "interrupted":
        st.warning(f"This run was interrupted. {why}", icon=":material/warning:")
    elif status.state == "stopped":
        st.info(f"This run was stopped. {why}", icon=":material/stop_circle:")
    elif run.path == store.EXAMPLE:
        st.info("A recorded run that comes with the app. Press Start to train your own.", icon=":material/info:")
    else:
        st.success("This run is finished.", icon=":material/check:")


def _say_what_it_waits_for(run: RunFolder) -> None:
    ahead = store.ahead_of(run)
    if not ahead:
        st.info("Waiting for the training process to be ready.", icon=":material/hourglass_top:")
        return
    more = f" and {len(ahead) - 1} more behind it" if len(ahead) > 1 else ""
    first = guard.plain(run_title(ahead[0]))
    st.info(f"Queued. It starts after {first}{more}.", icon=":material/hourglass_top:")


def _show_figures(history: list[dict[str, Any]], spec: TrainSpec, status: Status, progress: RunProgress) -> None:
    best = best_row(history, spec.best_by)
    last = history[-1] if history else {}
    running = status.state == "running"
    speed = progress.images_per_s if running else last.get("images_per_s")
    figures = {
        "Validation accuracy": _percent(best.get("valid_accuracy")),
        "Best epoch": f"{best.get('epoch', '–')} of {spec.max_epochs}",
        "Images per second": f"{speed:,.0f}" if speed else "–",
        "Time left" if running else "Training time": (
            duration_text(progress.seconds_left) if running else _trained_for(history)
        ),
    }
    with st.container(horizontal=True):
        for label, value in figures.items():
            st.metric(label, value, width=METRIC_PX)


def _trained_for(history: list[dict[str, Any]]) -> str:
    return duration_text(sum(row.get("duration_s") or 0.0 for row in history)) if history else "–"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.2%}"


def _show_reported(spec: TrainSpec) -> None:
    recipe = recipes.RECIPES.get(spec.recipe)
    reported: Mapping[str, float] = recipe.reported if recipe else {}
    if reported:
        st.caption(
            f"Reported by the tutorial after its last epoch, not measured here: training loss "
            f"{reported['train_loss']:.4f}, accuracy {reported['train_accuracy']:.2%}; validation loss "
            f"{reported['valid_loss']:.4f}, accuracy {reported['valid_accuracy']:.2%}."
        )
