"""The panels of the home page."""

import platform
from importlib.metadata import version

import streamlit as st

from cnnviz.data.registry import all_entries
from cnnviz.errors import CnnvizError
from cnnviz.runs import store
from cnnviz.runs.best import best_row
from cnnviz.ui import cache, guard, warmup
from cnnviz.ui.mistake_tiles import show_mistakes
from cnnviz.ui.run_picker import run_title

TEASER = 10


def show_teaser() -> None:
    """A strip of digits that the latest run, or the bundled one, got most confidently wrong."""
    if not warmup.is_ready():
        st.caption("Getting ready: reading the digits and starting the training process.")
        return
    runs = [run for run in store.list_runs(20) if run.predictions_path.exists()]
    run = runs[0] if runs else store.example()
    try:
        mistakes, total, _ = cache.mistakes(run)
        images = cache.run_images(run)
    except CnnvizError as error:
        guard.show(error)
        return
    st.markdown(
        f"**What it is → what the network says.** {len(mistakes)} of {total:,} digits are wrong in this run "
        f"({guard.plain(run_title(run))}); these it is surest of."
    )
    show_mistakes(mistakes[:TEASER], images)


def show_machine() -> None:
    """The device, its memory, cores and versions."""
    st.markdown("##### This machine")
    device = warmup.device()
    rows = {
        "Device": device.title if device else "looking …",
        "Memory": f"{device.memory_bytes / 2**30:.0f} GiB" if device and device.memory_bytes else "not known yet",
        "PyTorch": version("torch"),
        "Python": platform.python_version(),
    }
    st.markdown("\n".join(f"- {name}: {value}" for name, value in rows.items()))


def show_data_sets() -> None:
    """The data sets and whether they are at hand."""
    st.markdown("##### Data sets")
    entries = all_entries().values()
    at_hand = [f"- {guard.plain(entry.title)}: {entry.num_images:,} images" for entry in entries if entry.at_hand()]
    others = ", ".join(guard.plain(entry.title) for entry in entries if not entry.at_hand())
    st.markdown("\n".join(at_hand))
    if others:
        st.caption(f"To be had as well: {others}.")


def show_latest_runs() -> None:
    """The latest runs with their best validation accuracy; each a link to its curves."""
    st.markdown("##### Latest runs")
    runs = store.list_runs(4)
    for run in runs or [store.example()]:
        best = best_row(run.history(), "valid_accuracy").get("valid_accuracy")
        label = f"{run_title(run)}: {run.status().state}" + (f", {best:.1%}" if best is not None else "")
        st.page_link("pages/train.py", label=guard.plain(label), query_params={"run": run.id})
