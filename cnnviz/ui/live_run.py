"""A run as it is now: where it stands, its figures, its pictures. Reads the run folder and nothing else."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.errors import CnnvizError
from cnnviz.runs import store
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.progress import RunProgress, run_progress
from cnnviz.runs.status import Status
from cnnviz.specs import TrainSpec
from cnnviz.ui import guard, state
from cnnviz.ui.run_buttons import show_buttons
from cnnviz.ui.run_curves import show_curves
from cnnviz.ui.run_figures import show_figures, show_reported, show_what_was_changed
from cnnviz.ui.run_images import show_images
from cnnviz.ui.run_kernels import show_kernels
from cnnviz.ui.run_picker import run_title
from cnnviz.ui.run_rates import show_rates

POLL_S = 1.0
History = list[dict[str, Any]]
View = Callable[[RunFolder, TrainSpec, History, bool], None]
VIEWS: dict[str, View] = {
    "Curves": lambda run, spec, history, moving: show_curves(run, spec, history, moving=moving),
    "Rates and norms": lambda run, spec, history, moving: show_rates(run, spec, history),
    "Kernels": lambda run, spec, history, moving: show_kernels(run),
    "Images": lambda run, spec, history, moving: show_images(run, spec),
}


def show_run(run: RunFolder) -> None:
    """Show a run, and keep showing it as it moves until it is over."""
    active, can_be_read = run.status().is_active, run.predictions_path.exists()

    @st.fragment(run_every=POLL_S if active else None)
    def live() -> None:
        if not run.path.is_dir():
            st.info("This run has been deleted meanwhile. Choose another one above.", icon=":material/delete:")
            return
        with guard.calm():
            _show(run)
        if active and (not run.status().is_active or run.predictions_path.exists() != can_be_read):
            st.rerun()  # it is over, or its first epoch is: the page's buttons, files and links change

    live()


def _show(run: RunFolder) -> None:
    try:
        spec = run.spec()
    except CnnvizError as error:
        guard.show(error)
        return
    status, history = run.status(), run.history()
    progress = run_progress(history, status.at, spec.max_epochs)
    _show_state(run, spec, status, progress)
    show_figures(history, spec, status, progress)
    name = st.segmented_control(
        "View", list(VIEWS), default="Curves", key=state.RUN_VIEW, label_visibility="collapsed", required=True,
        persist_state="session",
    )  # fmt: skip
    VIEWS[name or "Curves"](run, spec, history, status.state == "running")
    show_what_was_changed(spec)
    show_reported(spec, history)


def _show_state(run: RunFolder, spec: TrainSpec, status: Status, progress: RunProgress) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            if status.state in ("running", "paused"):
                st.progress(progress.share, text=_doing(status, progress))
            else:
                _say(run, status)
        if status.is_active:
            show_buttons(run, spec, status)


def _doing(status: Status, progress: RunProgress) -> str:
    if status.why and status.state == "running":
        return guard.plain(status.why)
    batch = f"batch {status.at['batch']:.0f} of {status.at['num_batches']:.0f}" if status.at else "starting"
    doing = f"Epoch {progress.epoch} of {progress.max_epochs}, {batch}"
    return f"Paused. {doing}" if status.state == "paused" else doing


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
    elif store.is_example(run):
        st.info("A recorded run that comes with the app. Press Start to train your own.", icon=":material/info:")
    else:
        st.success(f"This run is finished. {why}".strip(), icon=":material/check:")


def _say_what_it_waits_for(run: RunFolder) -> None:
    ahead = store.ahead_of(run)
    if not ahead:
        st.info("Waiting for the training process to be ready.", icon=":material/hourglass_top:")
        return
    more = f", and {len(ahead) - 1} more behind it" if len(ahead) > 1 else ""
    first = guard.plain(run_title(ahead[0]))
    paused = ", which is paused" if ahead[0].status().state == "paused" else ""
    st.info(f"Queued. It starts after {first}{paused}{more}.", icon=":material/hourglass_top:")
