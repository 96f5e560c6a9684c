"""Imports and downloads as they go on: progress, time left, a way to end them."""

import streamlit as st

from cnnviz.data.background import Job
from cnnviz.runs.progress import duration_text
from cnnviz.ui import guard

POLL_S = 0.4


def show(job: Job) -> None:
    """Show a piece of work until it is over; then the page is drawn anew."""

    @st.fragment(run_every=POLL_S)
    def live() -> None:
        if job.state != "running":
            st.rerun()
        with guard.calm():
            _draw(job)

    live()


def _draw(job: Job) -> None:
    left = job.seconds_left
    time_left = f", about {duration_text(left)} left" if left is not None else ""
    st.progress(job.share, text=guard.plain(f"{job.title}: {job.doing}{time_left}"))
    if st.button(
        "Stopping …" if job.is_ending else "Stop", key=f"end-{job.key}", icon=":material/stop:", disabled=job.is_ending
    ):
        job.cancel()
