"""Mistakes: the images a run got wrong, most confident first."""

import streamlit as st

from cnnviz.errors import CnnvizError
from cnnviz.evaluation.mistakes import Mistake, most_confused, select
from cnnviz.runs import store
from cnnviz.runs.folder import RunFolder
from cnnviz.ui import cache, guard, state
from cnnviz.ui.linked import linked_selectbox
from cnnviz.ui.mistake_tiles import show_mistakes
from cnnviz.ui.run_picker import pick_run

PER_PAGE = 40

st.subheader("Mistakes")
st.markdown("Read the network's errors, the surest first: **choose what a digit is and what it was taken for**.")


def class_filter(label: str, key: str, mistakes: list[Mistake], classes: tuple[str, ...], side: str) -> int | None:
    """A control that picks one class, with the number of mistakes in each; None for any."""
    counts = [sum(getattr(mistake, side) == place for mistake in mistakes) for place in range(len(classes))]
    return linked_selectbox(
        label,
        range(len(classes)),
        key=key,
        placeholder=f"any ({len(mistakes)})",
        format_func=lambda place: f"{classes[place]} ({counts[place]})",
    )


def show_run(run: RunFolder) -> None:
    """A run's figures, the filters, and a page of its mistakes."""
    mistakes, total, epoch = cache.mistakes(run)
    images = cache.run_images(run)
    with st.container(horizontal=True):
        st.metric("Validation accuracy", f"{1 - len(mistakes) / total:.2%}", width=160)
        st.metric("Misclassified", f"{len(mistakes):,} of {total:,}", width=160)
        st.metric("Weights of epoch", f"{epoch}", help="The run's best epoch so far.", width=160)
    if not mistakes:
        st.success("Nothing is wrong here: every validation image was recognised.")
        return
    is_column, as_column = st.columns(2, wrap=False)
    with is_column:
        target = class_filter("True class", state.MISTAKES_TARGET, mistakes, images.classes, "target")
    with as_column:
        predicted = class_filter("Predicted class", state.MISTAKES_PREDICTED, mistakes, images.classes, "predicted")
    chosen = select(mistakes, target, predicted)
    show_page(chosen, (run.id, target, predicted), images)
    pairs = most_confused(mistakes, 5)
    names = ", ".join(f"{images.classes[a]} → {images.classes[b]} ({count})" for (a, b), count in pairs)
    st.caption(f"Most often confused (true → predicted): {guard.plain(names)}")


def show_page(chosen: list[Mistake], filters: tuple[object, ...], images: cache.ImageSet) -> None:
    """One page of the gallery, with the page numbers below when there is more than one."""
    if not chosen:
        st.info("No image was mistaken that way. Choose another pair of classes.")
        return
    pages = -(-len(chosen) // PER_PAGE)
    gallery = st.container()
    page = st.pagination(pages, key=state.mistakes_page(*filters)) if pages > 1 else 1
    with gallery:
        show_mistakes(chosen[(page - 1) * PER_PAGE : page * PER_PAGE], images)


run = pick_run([run for run in store.list_runs(None) if run.predictions_path.exists()])
try:
    show_run(run)
except CnnvizError as error:
    guard.show(error)
