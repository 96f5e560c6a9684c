"""What the kernels page is made of: the link, PyTorch's confirmation, and what can be carried away."""

import io
from typing import Any

import streamlit as st
from PIL import Image

from cnnviz.charts.pictures import reach_of, to_picture
from cnnviz.errors import CnnvizError, SpecError
from cnnviz.images import Picture
from cnnviz.kernel_links import from_json, from_params, to_json, to_params
from cnnviz.kernel_specs import KernelLab
from cnnviz.ui import guard, kernel_lab, picture_controls, state, warmup


def read_link() -> None:
    """Take the link's kernel, settings and picture, once a visit; what it gets wrong is kept for
    ``show_problems``."""
    if state.KERNEL_LAB in st.session_state:
        return
    params = st.query_params.to_dict()
    lab, problems = from_params(params)
    found: list[CnnvizError] = list(problems)
    try:
        picture_controls.set_from_link(params)
    except CnnvizError as error:
        found.append(error)
    st.session_state[state.KERNEL_LAB] = lab
    st.session_state[state.KERNEL_PROBLEMS] = found


def show_problems() -> None:
    """Say what could not be read in the link."""
    for error in st.session_state.get(state.KERNEL_PROBLEMS, []):
        guard.show(error)


def laboratory(picture: Picture) -> None:
    """The component, and under it what PyTorch says to the same; only this part runs when the hand lets
    go."""
    ready = warmup.is_ready()
    st.fragment(_laboratory, run_every=None if ready else 0.7)(picture, ready)


def _laboratory(picture: Picture, ready: bool) -> None:
    if warmup.is_ready() and not ready:
        st.rerun()  # PyTorch has come up: stop looking every moment
    with guard.calm():  # a fragment runs without the page around it
        _follow(picture)


def _follow(picture: Picture) -> None:
    told = kernel_lab.mount(picture, st.session_state[state.KERNEL_LAB])
    lab = _told_lab(told, st.session_state[state.KERNEL_LAB])
    if lab != st.session_state[state.KERNEL_LAB]:
        st.session_state[state.KERNEL_PROBLEMS] = []  # the visitor has moved on from the link
    st.session_state[state.KERNEL_LAB] = lab
    _write_link(lab)
    if told and told.get("picture") == picture.key:
        _confirmed(picture, lab, told)
    else:
        st.caption("PyTorch confirms once the browser has drawn the picture.")


def _told_lab(told: dict[str, Any] | None, before: KernelLab) -> KernelLab:
    if not told:
        return before
    try:
        return KernelLab.from_dict(told.get("lab"))
    except SpecError as error:
        guard.show(error)
        return before


def _write_link(lab: KernelLab) -> None:
    params = {"picture": picture_controls.link_name(), **to_params(lab)}
    if st.query_params.to_dict() != params:
        st.query_params.from_dict(params)


def _confirmed(picture: Picture, lab: KernelLab, told: dict[str, Any]) -> None:
    if not warmup.is_ready():
        warmup.begin()  # the browser's first word can cut the app's own run short, before its last line
        st.caption("PyTorch is starting; it confirms the numbers in a moment.")
        return
    from cnnviz.ops.confirm import confirm

    try:
        result = confirm(picture, lab, told.get("values") or [])
    except CnnvizError as error:
        guard.show(error)
        return
    if result.agrees:
        st.caption(f"PyTorch agrees: largest difference {result.difference:.1e} over {result.count} values.")
    else:
        st.warning(f"PyTorch differs by up to {result.difference:.2e} over {result.count} values.")
    drawer = st.expander("Take it away: PyTorch code, picture, kernel, link",
                         key=state.KERNEL_DRAWER, on_change="rerun")  # fmt: skip
    if drawer.open:  # code and files are made only for who looks at them
        with drawer:
            _take_away(picture, lab, result.values)


def _take_away(picture: Picture, lab: KernelLab, values: Any) -> None:  # noqa: ANN401 - (C, H, W) float32
    from cnnviz.ops.code import python_code

    code, files = st.columns([3, 2], gap="medium")
    with code:
        st.caption("This gives exactly the output above, for the input picture saved beside it.")
        st.code(python_code(lab, picture.pixels.shape[2]), language="python")
    with files:
        st.caption("The address of this page holds kernel and settings: opened elsewhere, it shows the same.")
        st.download_button("Output, PNG", output_png(lab, values), "output.png", "image/png",
                           on_click="ignore", icon=":material/image:")  # fmt: skip
        st.download_button("Input picture, PNG", _png(picture.pixels), "picture.png", "image/png",
                           on_click="ignore", icon=":material/image:")  # fmt: skip
        st.download_button("Kernel and settings, JSON", to_json(lab), "kernel.json", "application/json",
                           on_click="ignore", icon=":material/data_object:")  # fmt: skip
        _json_upload(lab)


def _json_upload(lab: KernelLab) -> None:
    file = st.file_uploader("Open a kernel, JSON", ["json"], key=state.KERNEL_JSON)
    if not file:
        return
    try:
        found = from_json(file.getvalue(), lab)
    except CnnvizError as error:
        guard.show(error)
        return
    if st.session_state.get(state.KERNEL_JSON_SEEN) != file.file_id:
        st.session_state[state.KERNEL_JSON_SEEN] = file.file_id
        kernel_lab.put(found)
        st.rerun()


def output_png(lab: KernelLab, values: Any) -> bytes:  # noqa: ANN401 - (C, H, W) float32
    """The output as the page shows it, a pixel a value."""
    return _png(to_picture(values, lab.resolved_show(reach_of(values))))


def _png(pixels: Any) -> bytes:  # noqa: ANN401 - (H, W, C) uint8
    file = io.BytesIO()
    Image.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels).save(file, "PNG")
    return file.getvalue()
