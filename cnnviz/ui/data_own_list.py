"""Own sets: what an import brought, the list of them, and removing one."""

import pandas as pd
import streamlit as st

from cnnviz.data import own
from cnnviz.data.background import Job
from cnnviz.data.own import OwnMeta
from cnnviz.errors import CnnvizError
from cnnviz.ui import cache, guard, state
from cnnviz.ui.linked import link_to
from cnnviz.ui.to_train import train_with


def report(job: Job) -> None:
    """What came of an import, until it is dismissed."""
    with st.container(border=True):
        if job.state == "done":
            _report(job.result)
        elif job.state == "failed" and job.error:
            guard.show(job.error)
        else:
            st.info(guard.plain(f"{job.title} was stopped; nothing of it was kept."), icon=":material/stop_circle:")
        if st.button("Dismiss", key=f"dismiss-{job.key}", icon=":material/close:"):
            cache.background().forget(job.key)
            st.rerun()


def _report(meta: OwnMeta) -> None:
    left_out = sum(meta.skipped_reasons.values())
    st.success(guard.plain(f"{meta.name}: {meta.num_images:,} pictures in {len(meta.classes):,} classes are here; "
                           f"{left_out:,} left out."), icon=":material/check:")  # fmt: skip
    with st.container(horizontal=True):
        st.button("Look at it", key=f"look-{meta.name}", type="primary", icon=":material/visibility:",
                  on_click=_look_at, args=(meta.name,))  # fmt: skip
        if st.button("Train on it", key=f"train-{meta.name}", icon=":material/arrow_forward:"):
            train_with(meta.name)
    for note in meta.notes:
        st.warning(guard.plain(note), icon=":material/warning:")
    show_skipped(meta)


def _look_at(name: str) -> None:
    st.session_state[state.DATA_PART] = "Look"
    link_to(state.DATA, name)


def show_skipped(meta: OwnMeta) -> None:
    """The files that were left out, with their reasons."""
    total = sum(meta.skipped_reasons.values())
    if total:
        with st.expander(f"{total:,} left out, and why"):
            st.dataframe(pd.DataFrame(meta.skipped, columns=["file", "why"]), hide_index=True, width="stretch")
            if total > len(meta.skipped):
                st.caption(f"The first {len(meta.skipped):,} are listed.")


def show() -> None:
    """The own sets with their sizes; each can be removed, after asking."""
    metas = own.metas()
    st.markdown("##### Your sets")
    if not metas:
        st.caption("None yet. They are kept in the data folder, and every page offers them.")
    for meta in metas:
        with st.container(horizontal=True, vertical_alignment="center"):
            channels, height, width = meta.shape
            mode = "colour" if channels == 3 else "grey"
            st.markdown(f"**{guard.plain(meta.name)}**: {meta.num_images:,} images in {len(meta.classes):,} classes, "
                        f"{height} × {width} {mode}, {meta.num_bytes / 1e6:,.1f} MB")  # fmt: skip
            _remove(meta.name)


def _remove(name: str) -> None:
    with st.popover("Remove", icon=":material/delete:"):
        st.markdown(f"Remove **{guard.plain(name)}** for good? Runs on it keep their figures and weights, but their "
                    "pictures can't be shown any more.")  # fmt: skip
        if st.button("Remove it", key=f"{state.OWN_REMOVE}.{name}", type="primary"):
            try:
                own.remove(name)
                st.rerun()
            except CnnvizError as error:
                guard.show(error)
