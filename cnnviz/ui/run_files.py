"""A run's files to take away."""

from collections.abc import Callable

import streamlit as st

from cnnviz.data.registry import all_entries
from cnnviz.errors import CnnvizError
from cnnviz.runs import exports
from cnnviz.runs.folder import RunFolder
from cnnviz.ui import guard

Make = Callable[[RunFolder], bytes]


def show_files(run: RunFolder) -> None:
    """Download buttons; what is not there yet is left out. A file is made when its button is pressed."""
    if run.history():
        _offer(run, "History (.csv)", "history.csv", exports.history_csv)
    if (run.path / "best.pt").exists():
        _offer(run, "Best weights (.pt)", "best.pt", exports.weights_pt)
        _offer(run, "Best weights (.safetensors)", "best.safetensors", exports.weights_safetensors)
    _offer(run, "Settings (.json)", "spec.json", exports.spec_json)
    _offer_script(run)


def _offer_script(run: RunFolder) -> None:
    """The standalone script with its images, for sets that are at hand."""
    try:
        entry = all_entries().get(run.spec().data)
    except CnnvizError as error:
        guard.show(error)
        return
    if entry is not None and entry.at_hand():
        _offer(run, "Script in plain PyTorch, with its images (.zip)", "script.zip", exports.script_zip)


def _offer(run: RunFolder, label: str, name: str, make: Make) -> None:
    st.download_button(
        label,
        lambda: make(run),
        file_name=f"{run.id}-{name}",
        key=f"file-{name}-{run.id}",
        on_click="ignore",
        width="stretch",
    )
