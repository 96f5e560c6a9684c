"""Bring your own: choose pictures, see what an import will make of them, import, look at the report."""

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import streamlit as st

from cnnviz.data.background import Job
from cnnviz.data.import_spec import MAX_CLASSES, ImportSpec, limits_text, suggest_name
from cnnviz.data.importer import import_set, open_source
from cnnviz.data.npz_source import NpzSource
from cnnviz.data.own import OwnMeta
from cnnviz.data.sources import FilesSource, Source, ZipSource
from cnnviz.errors import CnnvizError
from cnnviz.ui import cache, data_jobs, data_own_list, data_own_preview, guard, state
from cnnviz.ui.data_own_options import own_options

MAX_UPLOAD_MB = 1_000
LOCAL = {"127.0.0.1", "localhost", "::1"}
FROM_ARCHIVE, FROM_FILES, FROM_FOLDER = "Zip or npz", "Files", "Folder"


@dataclass(frozen=True)
class Chosen:
    """What was chosen: a key that says which bytes they are, a name to suggest, and how to open it."""

    key: str
    suggested: str
    open: Callable[[str], Source]


def section() -> None:
    """Choices on the left, what they give on the right; own sets and work under way below."""
    left, right = st.columns([3, 8], gap="medium")
    with left:
        chosen = _choose()
        spec = own_options(chosen.suggested if chosen else "")
    with right, guard.calm():
        jobs = [job for job in cache.background().jobs() if job.key.startswith("import:")]
        first = [job for job in jobs if job.state == "running" or not chosen or job.key.endswith(_mark(chosen))]
        _show_jobs(first)
        _preview(chosen, spec)
        _show_jobs([job for job in jobs if job not in first])  # of other pictures: what is wrong with these comes first
        data_own_list.show()


def _choose() -> Chosen | None:
    ways = [FROM_ARCHIVE, FROM_FILES, *([FROM_FOLDER] if is_local() else [])]
    way = st.segmented_control(
        "From", ways, default=FROM_ARCHIVE, key=state.OWN_FROM, required=True, persist_state="session"
    )
    if way == FROM_FILES:
        return _from_files()
    return _from_folder() if way == FROM_FOLDER else _from_archive()


def is_local() -> bool:
    """True when only this machine reaches the app, so that its visitor may read this machine's folders."""
    return str(st.get_option("server.address")) in LOCAL


def _from_archive() -> Chosen | None:
    file = st.file_uploader("A zip of class folders, or an npz of images and labels", type=["zip", "npz"],
                            key=state.OWN_ARCHIVE, max_upload_size=MAX_UPLOAD_MB)  # fmt: skip
    if file is None:
        return None
    data, npz = file.getvalue(), file.name.lower().endswith(".npz")

    def opened(rule: str) -> Source:
        return NpzSource(io.BytesIO(data)) if npz else ZipSource(io.BytesIO(data), rule)

    return Chosen(file.file_id, suggest_name(file.name), opened)


def _from_files() -> Chosen | None:
    files = st.file_uploader("Pictures; their names say the class: cat_001.png, 7-12.jpg", key=state.OWN_FILES,
                             accept_multiple_files=True, max_upload_size=MAX_UPLOAD_MB)  # fmt: skip
    if not files:
        return None
    return Chosen(
        ",".join(file.file_id for file in files),
        "my-pictures",
        lambda rule: FilesSource([(file.name, file.getvalue()) for file in files], rule),
    )


def _from_folder() -> Chosen | None:
    typed = st.text_input("A folder of class folders, a zip or an npz", key=state.OWN_PATH, max_chars=1000,
                          placeholder="/home/me/pictures", persist_state="session",
                          help="Read from this machine's disk: only this machine reaches the app.")  # fmt: skip
    if not typed.strip():
        return None
    path = Path(typed.strip()).expanduser()
    return Chosen(f"path:{path}:{_changed_at(path)}", suggest_name(str(path)), lambda rule: open_source(path, rule))


def _changed_at(path: Path) -> int:
    """When a file or folder last changed, as far as its folders of parts and classes tell."""
    found = [0]
    with suppress(OSError):
        folders = (islice(path.glob(pattern), MAX_CLASSES) for pattern in ("*/", "*/*/"))
        found += [each.stat().st_mtime_ns for each in chain([path], *folders)]
    return max(found)


def _preview(chosen: Chosen | None, spec: ImportSpec | None) -> None:
    if chosen is None:
        data_own_preview.explain()
        st.caption(limits_text())
        return
    try:
        rule = spec.label_rule if spec else "number"
        with st.spinner("Looking at the pictures"):
            found = cache.inspection((chosen.key, rule), lambda: chosen.open(rule))
    except CnnvizError as error:
        guard.show(error)
        return
    data_own_preview.show(found, spec)
    icon = ":material/download_done:"
    disabled = spec is None or not found.counts
    if st.button("Import", type="primary", icon=icon, disabled=disabled) and spec:
        _start(chosen, spec)


def _start(chosen: Chosen, spec: ImportSpec) -> None:
    def work(job: Job) -> OwnMeta:
        source = chosen.open(spec.label_rule)
        try:
            return import_set(source, spec, lambda done, total: job.tell(f"{done:,} of {total:,}", done / total))
        finally:
            source.close()

    # The same pictures twice are a second click; others of that name are another import, which is told who is first.
    cache.background().start(f"import:{spec.name}:{_mark(chosen)}", f"Importing {spec.name}", work)
    st.rerun()


def _mark(chosen: Chosen) -> str:
    return hashlib.blake2b(chosen.key.encode(), digest_size=6).hexdigest()


def _show_jobs(jobs: list[Job]) -> None:
    for job in jobs:
        if job.state == "running":
            data_jobs.show(job)
        else:
            data_own_list.report(job)
