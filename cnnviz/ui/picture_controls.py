"""Choose a picture: a photograph, a test pattern, a data set's sample, an upload, the camera or a drawing."""

from collections.abc import Mapping

import streamlit as st

from cnnviz import pictures
from cnnviz.errors import CnnvizError
from cnnviz.images import Picture, open_picture
from cnnviz.ui import cache, guard, state
from cnnviz.ui.draw import drawing
from cnnviz.ui.samples import dataset_samples, sample_picture

PHOTOGRAPH, PATTERN, SAMPLE, UPLOAD, CAMERA, DRAW = (
    "Photograph",
    "Test pattern",
    "Data set",
    "Upload",
    "Camera",
    "Draw",
)
DEFAULT = "astronaut"


def picture_controls() -> Picture:
    """The picture chosen, or the last good one when that can't be opened; what is wrong stands beside it."""
    sources = [PHOTOGRAPH, PATTERN, *([SAMPLE] if dataset_samples() else []), UPLOAD, CAMERA, DRAW]
    left, right = st.columns([5, 4], vertical_alignment="top", gap="medium")
    with left:
        source = st.segmented_control(
            "Picture", sources, key=state.KERNEL_SOURCE, required=True, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
    with right:
        _take(source or PHOTOGRAPH)
        picture = _shown()[0]
        if picture.notes:
            st.caption(guard.plain(" ".join(picture.notes)))
    return picture


def _take(source: str) -> None:
    """Draw a source's controls; what they give is shown from now on, else what was on screen stays."""
    kept = st.session_state.get(state.KERNEL_PICTURES, {})
    try:
        if found := _SOURCES[source]():
            kept = {**kept, source: (found, _name(source))}
    except CnnvizError as error:
        guard.show(error)
    st.session_state[state.KERNEL_PICTURES] = kept
    if source in kept:
        st.session_state[state.KERNEL_SHOWN] = source


def _shown() -> tuple[Picture, str]:
    """The picture on screen and its name in a link."""
    kept = st.session_state.get(state.KERNEL_PICTURES, {})
    found: tuple[Picture, str] | None = kept.get(st.session_state.get(state.KERNEL_SHOWN))
    return found or (cache.bundled_picture(DEFAULT), DEFAULT)


def _photograph() -> Picture | None:
    return _bundled(pictures.photographs(), "Photograph", state.KERNEL_PHOTOGRAPH)


def _pattern() -> Picture | None:
    return _bundled(pictures.patterns(), "Test pattern", state.KERNEL_PATTERN)


def _bundled(names: dict[str, str], label: str, key: str) -> Picture | None:
    name = st.selectbox(
        label, list(names), format_func=lambda one: names.get(one, one), key=key, persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    return cache.bundled_picture(name) if name else None


def _sample() -> Picture | None:
    left, right = st.columns(2)
    name = left.selectbox(
        "Data set",
        dataset_samples(),
        key=state.KERNEL_DATASET,
        persist_state="session",
        label_visibility="collapsed",
    )
    index = right.number_input(
        "Sample",
        0,
        None,
        0,
        1,
        key=state.KERNEL_SAMPLE,
        persist_state="session",
        label_visibility="collapsed",
    )
    return sample_picture(name, int(index))[0] if name else None


def _upload() -> Picture | None:
    file = st.file_uploader(
        "A picture of your own", ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif"],
        key=state.KERNEL_UPLOAD, label_visibility="collapsed",
    )  # fmt: skip
    return open_picture(file.getvalue(), file.name) if file else None


def _camera() -> Picture | None:
    shot = st.camera_input("A picture from the camera", key=state.KERNEL_CAMERA, label_visibility="collapsed")
    return open_picture(shot.getvalue(), "Camera") if shot else None


def _draw() -> Picture | None:
    last: tuple[Picture, str] | None = st.session_state.get(state.KERNEL_PICTURES, {}).get(DRAW)
    return drawing(last[0] if last else None)


_SOURCES = {
    PHOTOGRAPH: _photograph, PATTERN: _pattern, SAMPLE: _sample,
    UPLOAD: _upload, CAMERA: _camera, DRAW: _draw,
}  # fmt: skip


def set_from_link(params: Mapping[str, str]) -> None:
    """Choose the picture a link names before the controls are drawn; raises CnnvizError for an unknown
    one."""
    st.session_state.setdefault(state.KERNEL_SOURCE, PHOTOGRAPH)
    name = params.get("picture", DEFAULT)
    if name in pictures.patterns():
        st.session_state[state.KERNEL_SOURCE] = PATTERN
        st.session_state[state.KERNEL_PATTERN] = name
    elif name in pictures.photographs():
        st.session_state[state.KERNEL_PHOTOGRAPH] = name
    elif ":" in name and name.partition(":")[0] in dataset_samples():
        dataset, _, index = name.partition(":")
        st.session_state[state.KERNEL_SOURCE] = SAMPLE
        st.session_state[state.KERNEL_DATASET] = dataset
        st.session_state[state.KERNEL_SAMPLE] = int(index) if index.isdecimal() and len(index) < 9 else 0
    elif name != "own":
        cache.bundled_picture(name)
    else:
        raise CnnvizError("The link was made with a picture that only its sender has.", "Upload it to see the same.")


def link_name() -> str:
    """The name in a link of the picture on screen; ``own`` for what only this visitor has."""
    return _shown()[1]


def _name(source: str) -> str:
    if source == PATTERN:
        return str(st.session_state.get(state.KERNEL_PATTERN))
    if source == SAMPLE:
        return f"{st.session_state.get(state.KERNEL_DATASET)}:{st.session_state.get(state.KERNEL_SAMPLE, 0)}"
    return str(st.session_state.get(state.KERNEL_PHOTOGRAPH)) if source == PHOTOGRAPH else "own"
