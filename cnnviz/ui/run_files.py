"""A run's files to take away."""

import csv
import io
import json

import streamlit as st

from cnnviz.runs.folder import Row, RunFolder


def show_files(run: RunFolder) -> None:
    """Download buttons; what is not there yet is left out."""
    history = run.history()
    if history:
        _offer(run, "History as CSV", "history.csv", lambda: history_csv(history).encode())
    for name, title in (("best.pt", "Best weights"), ("last.pt", "Last state, with the optimiser's")):
        path = run.path / name
        if path.exists():
            _offer(run, f"{title} ({name})", name, path.read_bytes)
    _offer(run, "Settings as JSON", "spec.json", lambda: json.dumps(run.asked(), indent=1).encode())


def _offer(run: RunFolder, label: str, name: str, make: object) -> None:
    """The file is read when the button is pressed, not each time that it is drawn."""
    st.download_button(
        label,
        make,  # type: ignore[arg-type]
        file_name=f"{run.id}-{name}",
        key=f"file-{name}-{run.id}",
        on_click="ignore",
        width="stretch",
    )


def history_csv(history: list[Row]) -> str:
    """The epochs as a table: a line each, a column for every figure."""
    names = list(dict.fromkeys(name for row in history for name in row))
    out = io.StringIO()
    table = csv.DictWriter(out, names)
    table.writeheader()
    table.writerows(history)
    return out.getvalue()
