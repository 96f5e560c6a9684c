"""One network: drawn op by op, with its figures, its tables and what an image of another size does to it."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.charts.network_drawing import Block, Scale, legend_html, network_html
from cnnviz.errors import CnnvizError
from cnnviz.introspection.network_facts import Summary
from cnnviz.ui import arch_rows, cache, guard, state
from cnnviz.ui.arch_details import show_details
from cnnviz.ui.arch_links import train_button
from cnnviz.ui.arch_picker import Chosen, Size, pick_network, pick_size
from cnnviz.ui.layout import beside_picture
from cnnviz.ui.look import colours


def section() -> None:
    """Controls on the left, the drawing on the right."""
    head, settings, picture = beside_picture()
    with head:
        chosen = pick_network()
    with settings:
        fed, place = _size(chosen)
        if chosen:
            train_button(chosen)
    with picture:
        _answer(chosen, fed, place)


def _size(chosen: Chosen | None) -> tuple[Size | None, DeltaGenerator]:
    fed = None
    if chosen:
        fed, rebuild = pick_size(chosen.entry)
        if rebuild:
            st.session_state[state.ARCH_BUILT] = fed
        else:
            st.session_state.pop(state.ARCH_BUILT, None)
    return fed, st.empty()


def _answer(chosen: Chosen | None, fed: Size | None, place: DeltaGenerator) -> None:
    if chosen is None or fed is None:
        _last_good()
        return
    if built := st.session_state.get(state.ARCH_BUILT):
        chosen = replace(chosen, built_for=built)
    try:
        summary = summary_of(chosen, fed)
    except CnnvizError as error:
        _broken(chosen, fed, place, error)
        return
    st.session_state[state.ARCH_LAST_GOOD] = (chosen, fed)
    show_network(chosen, summary)


def summary_of(chosen: Chosen, fed: Size) -> Summary:
    """The network's summary, from the cache. Raises CnnvizError."""
    return cache.network_summary(chosen.name, chosen.options, chosen.entry.num_classes, chosen.built_for, fed)


def _last_good() -> None:
    """The network as it was before the control that can't be."""
    if good := st.session_state.get(state.ARCH_LAST_GOOD):
        st.caption("Still showing the last settings that worked.")
        show_network(good[0], summary_of(*good))


def _broken(chosen: Chosen, fed: Size, place: DeltaGenerator, error: CnnvizError) -> None:
    """How far an image of the asked size gets, the op that fails marked."""
    try:
        check = cache.input_check(chosen.name, chosen.options, chosen.entry.num_classes, chosen.built_for, fed)
        failure = check.failure
    except CnnvizError:
        failure = None
    if failure is None:  # it can't even be built for this size
        with place:
            guard.show(error)
        _last_good()
        return
    name = " ".join(part for part in (failure.label, failure.path) if part)
    st.error(
        f"**{guard.plain(arch_rows.times(fed))} breaks at {guard.plain(name)}.** {guard.plain(failure.why)}  \n"
        + guard.plain(failure.hint), icon=":material/error:",
    )  # fmt: skip
    _draw(arch_rows.blocks_until(check), [], f"{chosen.entry.title} fails at {name}")
    st.caption(f"Drawn up to the op that fails. PyTorch says: {guard.plain(failure.said)}")


def show_network(chosen: Chosen, summary: Summary) -> None:
    """Figures, the drawing, and the details that are opened."""
    show_figures(summary)
    long = len(summary.graph.ops) > arch_rows.MOST_BLOCKS
    whole = long and st.toggle(f"Draw all {len(summary.graph.ops)} ops", key=state.ARCH_WHOLE, bind="query-params",
                               help="Off: activations, norms and dropout are drawn with the op before.")  # fmt: skip
    blocks, skips = arch_rows.blocks_of(summary.graph, bool(whole))
    _draw(blocks, skips, f"{chosen.entry.title}: {len(blocks)} blocks, {len(skips)} skip connections")
    _notes(summary)
    show_details(chosen, summary)


def show_figures(summary: Summary) -> None:
    """Parameters, multiply-adds, memory, receptive field."""
    with st.container(horizontal=True):
        for label, (value, help_) in arch_rows.figures(summary.facts, summary.graph).items():
            st.metric(label, value, help=help_, width=150)


def _draw(blocks: list[Block], skips: list[tuple[int, int]], alt: str, scale: Scale | None = None) -> None:
    st.html(network_html(blocks, skips, colours(), alt, scale) + legend_html(blocks, colours()))


def _notes(summary: Summary) -> None:
    graph = summary.graph
    scale = "Height: rows of the map. Width: square root of its channels. Point at a block for its numbers."
    notes = [scale]
    if graph.unused:
        unused = ", ".join(f"{each.path} ({each.label})" for each in graph.unused)
        notes.append(f"{'Declared and never used' if graph.traced else 'Not called with a blank image'}: {unused}.")
    if any(op.shared for op in graph.ops):
        notes.append("Some ops share their weights with an earlier call.")
    if graph.note:
        notes.append(graph.note)
    st.caption(guard.plain(" ".join(notes)))
