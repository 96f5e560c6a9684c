"""What can be done with a run: go on, copy, name, take its files, delete."""

import streamlit as st

from cnnviz.errors import CnnvizError
from cnnviz.runs import labels, resume, store
from cnnviz.runs.folder import RunFolder
from cnnviz.ui import cache, guard, state
from cnnviz.ui.recipe_picker import copy_settings
from cnnviz.ui.run_files import show_files
from cnnviz.ui.run_picker import run_title

MORE = 5  # epochs offered


def show_actions(run: RunFolder) -> None:
    """A row of buttons under a run's pictures; the example can only be copied."""
    example, status = store.is_example(run), run.status()
    with st.container(horizontal=True):
        if resume.can_resume(run) and st.button("Resume", key=f"resume-{run.id}", icon=":material/resume:",
                                                help="Goes on from its last whole epoch."):  # fmt: skip
            _go_on(run, 0)
        if not example and not status.is_active and run.history():
            _continue_for_more(run)
        if st.button("Copy its settings", key=f"copy-{run.id}", icon=":material/content_copy:",
                     help="Into the controls: change one thing and start it."):  # fmt: skip
            copy_settings(run)
            st.rerun()
        if not example:
            with st.popover("Name and note", icon=":material/edit:"):
                _label_form(run)
            with st.popover("Files", icon=":material/download:"):
                show_files(run)
            if st.button("Delete", key=f"delete-{run.id}", icon=":material/delete:", disabled=status.is_active,
                         help="Stop it first." if status.is_active else "Asks before it deletes."):  # fmt: skip
                _ask_and_delete(run)
    if note := labels.labels_of(run).note:
        st.caption(guard.plain(note))


def _go_on(run: RunFolder, more_epochs: int) -> None:
    try:
        cache.jobs().resume(run, more_epochs)
    except CnnvizError as error:
        guard.show(error)
        return
    st.rerun()


def _continue_for_more(run: RunFolder) -> None:
    with st.popover("Train longer", icon=":material/fast_forward:"), st.form(f"more-{run.id}", border=False):
        epochs = st.number_input("More epochs", value=MORE, step=1, key=state.run_view(run.id, "more"))
        if st.form_submit_button("Continue training"):
            if epochs < 1:
                st.error("Give a whole number of at least 1.", icon=":material/error:")
            else:
                _go_on(run, int(epochs))


def _label_form(run: RunFolder) -> None:
    own = labels.labels_of(run)
    with st.form(f"labels-{run.id}", border=False):
        name = st.text_input("Name", own.name, max_chars=labels.MAX_NAME, key=state.run_view(run.id, "name"))
        note = st.text_area("Note", own.note, max_chars=labels.MAX_NOTE, key=state.run_view(run.id, "note"))
        pinned = st.toggle("Pin to the top of the list", own.pinned, key=state.run_view(run.id, "pinned"))
        if st.form_submit_button("Save"):
            try:
                labels.label(run, name=" ".join(name.split()), note=note, pinned=pinned)
            except CnnvizError as error:
                guard.show(error)
                return
            st.rerun()


@st.dialog("Delete this run?")
def _ask_and_delete(run: RunFolder) -> None:
    st.markdown(f"{guard.plain(run_title(run))}: its curves, weights and predictions. This can't be undone.")
    with st.container(horizontal=True):
        if st.button("Delete it", type="primary", key=f"really-{run.id}"):
            try:
                labels.delete(run)
            except CnnvizError as error:
                guard.show(error)
                return
            if st.query_params.get(state.RUN) == run.id:
                del st.query_params[state.RUN]
            st.rerun()
        if st.button("Keep it", key=f"keep-{run.id}"):
            st.rerun()
