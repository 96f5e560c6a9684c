"""Choosing a data set; one that is not on this machine says what it holds and how it gets here."""

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
    """The chosen set, and its images when they can be shown at once."""
    entries = registry.all_entries()
    name = linked_selectbox(
        "Data set", list(entries), key=state.DATA, optional=False, format_func=lambda name: entries[name].title
    )
    entry = entries[name or next(iter(entries))]
    st.caption(guard.plain(f"{entry.about} Licence: {entry.licence}."))
    if entry.is_ready():
        try:
            with st.spinner("Reading the images", show_time=False):
                return entry, cache.image_set(entry.name)
        except CnnvizError as error:
            guard.show(error)
    return entry, None


def absent(entry: DataEntry) -> None:
    """In place of the picture: what the set holds, and how it gets here."""
    if not entry.at_hand():
        st.markdown(f"##### {guard.plain(entry.title)} is not on this machine yet")
    elif not entry.is_ready():
        st.markdown(f"##### {guard.plain(entry.title)} is here and has to be read once")
    _facts(entry)
    if not entry.is_ready():
        _offer(entry)
        _other_ways(entry)


def _facts(entry: DataEntry) -> None:
    train, valid = entry.sizes(0.2)
    channels, height, width = entry.shape
    parts = f"{train:,} for training and {valid:,} for validation"
    rows = {
        "Images": f"{entry.num_images:,}, {parts if entry.num_train else 'split by a seed'}",
        "Size": f"{height} × {width} pixels, {'colour' if channels == 3 else 'grey'}",
        "Classes": ", ".join(entry.classes) or f"{entry.num_classes:,}",
    }
    st.markdown("\n".join(f"- {name}: **{guard.plain(value)}**" for name, value in rows.items()))


def _offer(entry: DataEntry) -> None:
    job = cache.background().find(_key(entry))
    if job and job.state == "running":
        data_jobs.show(job)
        return
    if job and job.state == "failed" and job.error:
        guard.show(job.error)
    if job and job.state == "cancelled":
        st.caption("It was stopped; what has arrived is kept.")
    verb = "Read" if entry.at_hand() else "Download"
    size = "" if entry.at_hand() else f", {entry.download_mb:,.0f} MB"
    if not entry.at_hand() and not entry.download_mb:
        return
    label = "Try again" if job and job.state != "done" else f"{verb} {entry.title}{size}"
    if st.button(label, type="primary", icon=":material/download:"):
        doing = f"{verb}ing {entry.title}"
        cache.background().start(_key(entry), doing, lambda job: _load(entry.name, job))
        st.rerun()


def _other_ways(entry: DataEntry) -> None:
    if entry.at_hand():
        st.caption("Reading takes minutes and the memory of the whole file; what comes out is kept for the next time.")
        return
    if entry.download_mb:
        st.caption(f"The same in a terminal: `python -m cnnviz data download {entry.name}`")
        by_hand = f"Files that you have already are used: {entry.place} in {data_dir()}."
    else:
        by_hand = f"It can't be downloaded from here. Put its file into the data folder: {data_dir() / entry.place}."
    st.caption(guard.plain(by_hand))
    st.caption("Once it is here, this page shows its samples, class balance, values and duplicates, and every other "
               "page works with it.")  # fmt: skip


def _load(name: str, job: Job) -> None:
    registry.load(name, job.tell)


def _key(entry: DataEntry) -> str:
    return f"download:{entry.name}"
