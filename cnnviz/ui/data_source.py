"""Choosing a data set; one that is not on this machine is offered for download."""

import streamlit as st

from cnnviz.data import registry
from cnnviz.data.background import Job
from cnnviz.data.image_set import ImageSet
from cnnviz.data.registry import DataEntry
from cnnviz.errors import CnnvizError
from cnnviz.settings import data_dir
from cnnviz.ui import cache, data_jobs, guard, state
from cnnviz.ui.linked import linked_selectbox


def pick_set() -> tuple[DataEntry, ImageSet | None]:
    """The chosen set, and its images when they are at hand; else says what a download would bring."""
    entries = registry.all_entries()
    name = linked_selectbox(
        "Data set", list(entries), key=state.DATA, optional=False, format_func=lambda name: entries[name].title
    )
    entry = entries[name or next(iter(entries))]
    st.caption(guard.plain(f"{entry.about} Licence: {entry.licence}."))
    if entry.at_hand():
        try:
            with st.spinner("Reading the images", show_time=False):
                return entry, cache.image_set(entry.name)
        except CnnvizError as error:
            guard.show(error)
            return entry, None
    _offer(entry)
    return entry, None


def _offer(entry: DataEntry) -> None:
    job = cache.background().find(_key(entry))
    if job and job.state == "running":
        data_jobs.show(job)
        return
    if not entry.download_mb:
        st.info(
            guard.plain(f"Put its file into {data_dir()}; it can't be downloaded from here."), icon=":material/folder:"
        )
        return
    st.info(f"Not on this machine yet. The download is {entry.download_mb:,.0f} MB.", icon=":material/download:")
    if job and job.state == "failed" and job.error:
        guard.show(job.error)
    if job and job.state == "cancelled":
        st.caption("The download was stopped; files that were complete are kept.")
    label = "Try again" if job else f"Download {entry.title}"
    if st.button(label, type="primary", icon=":material/download:", width="stretch"):
        cache.background().start(_key(entry), f"Downloading {entry.title}", lambda job: _download(entry.name, job))
        st.rerun()


def _download(name: str, job: Job) -> None:
    registry.load(name, job.tell)


def _key(entry: DataEntry) -> str:
    return f"download:{entry.name}"
