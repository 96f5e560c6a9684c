"""Two networks side by side, drawn to one scale."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.charts.network_drawing import fitting_scale, legend_html, network_html
from cnnviz.errors import CnnvizError
from cnnviz.introspection.network_facts import Summary
from cnnviz.models import registry
from cnnviz.runs import store
from cnnviz.runs.best import best_row
from cnnviz.ui import arch_rows, cache, guard, state
from cnnviz.ui.arch_export import built
from cnnviz.ui.arch_picker import Chosen, pick_network
from cnnviz.ui.look import colours

if TYPE_CHECKING:
    from cnnviz.introspection.timing import PassTimes

OTHER = "cifar_res_deep"
WIDE_PX = 980
SMALL, LARGE_BATCH, SMALL_BATCH = 20_000_000, 32, 4  # multiply-adds up to which a larger batch is timed
Pair = list[tuple[Chosen, Summary]]


def section() -> None:
    """Two pickers, two drawings, one table."""
    chosen = []
    columns = st.columns(2)
    for column, key, label, default in (
        (columns[0], state.ARCH_MODEL, "First network", "cifar_depth"),
        (columns[1], state.ARCH_OTHER, "Second network", OTHER),
    ):
        with column, guard.calm():
            chosen.append((pick_network(key, label, default), column))
    pair = _summaries(chosen)
    if len(pair) == 2:
        st.session_state[state.PAIR_LAST_GOOD] = pair
    elif pair := st.session_state.get(state.PAIR_LAST_GOOD, []):
        st.caption("Still showing the last pair that worked.")
    if pair:
        _draw(pair)
        st.dataframe(table(pair, _times(pair)), width="stretch")


def _summaries(chosen: Sequence[tuple[Chosen | None, DeltaGenerator]]) -> Pair:
    """What is known of those that can be built; the reason under the controls of one that can't."""
    found = []
    for each, column in chosen:
        with column, guard.calm():
            if each:
                found.append((each, _summary(each)))
    return found


def _summary(chosen: Chosen) -> Summary:
    shape = chosen.entry.input_shape
    return cache.network_summary(chosen.name, chosen.options, chosen.entry.num_classes, shape, shape)


def _draw(pair: Pair) -> None:
    drawn = [arch_rows.blocks_of(summary.graph, False) for _, summary in pair]
    scale = fitting_scale([blocks for blocks, _ in drawn], WIDE_PX)
    for (chosen, _), (blocks, skips) in zip(pair, drawn, strict=True):
        st.markdown(f"**{guard.plain(chosen.entry.title)}**")
        st.html(network_html(blocks, skips, colours(), f"{chosen.entry.title}: {len(blocks)} blocks", scale))
    st.html(legend_html([block for blocks, _ in drawn for block in blocks], colours()))
    st.caption("Both to the same scale: height for rows of the map, width for the square root of its channels.")


def _times(pair: Pair) -> "tuple[PassTimes, ...] | None":
    """The times of both, once somebody has asked for them."""
    asked = tuple((chosen.name, chosen.options) for chosen, _ in pair)
    if st.button("Time both on this machine", icon=":material/timer:", help="Interleaved, about two seconds."):
        from cnnviz.introspection.timing import time_passes

        macs = max(summary.facts.macs for _, summary in pair)
        batch = LARGE_BATCH if macs <= SMALL else SMALL_BATCH
        try:
            with st.spinner("Running both forwards and backwards, turn by turn …", show_time=True):
                networks = [(built(chosen), chosen.built_for) for chosen, _ in pair]
                st.session_state[state.PAIR_TIMES] = (asked, time_passes(networks, batch_size=batch))
        except CnnvizError as error:
            guard.show(error)
    known, times = st.session_state.get(state.PAIR_TIMES, (None, None))
    return times if known == asked else None


def table(pair: Pair, times: "tuple[PassTimes, ...] | None") -> pd.DataFrame:
    """A column a network, a row a figure; dashes for what is not known."""
    columns = {}
    for at, (chosen, summary) in enumerate(pair):
        name = chosen.entry.title + ("" if at == 0 or chosen.entry.title != pair[0][0].entry.title else " (2)")
        columns[name] = _column(chosen, summary, times[at] if times else None)
    return pd.DataFrame(columns)


def _column(chosen: Chosen, summary: Summary, times: "PassTimes | None") -> dict[str, str]:
    facts, graph = summary.facts, summary.graph
    batch = times.batch_size if times else LARGE_BATCH
    return {
        "Input → output": f"{arch_rows.times(graph.input_shape)} → {arch_rows.times(graph.output_shape)}",
        "Parameters": f"{facts.num_params:,}",
        "Multiply-adds, one image": f"{facts.macs:,}",
        "Operations": f"{facts.num_ops:,}, {len(graph.skips)} skips",
        "Activations, one image": arch_rows.memory(facts.forward_bytes),
        "Held at once when scoring": arch_rows.memory(facts.peak_bytes) if facts.peak_bytes else "–",
        "Receptive field": arch_rows.last_field(graph),
        f"Forward pass, {batch} images": f"{times.forward_s * 1e3:,.1f} ms" if times else "–",
        f"Backward pass, {batch} images": f"{times.backward_s * 1e3:,.1f} ms" if times else "–",
        "Kept for the backward pass": arch_rows.memory(times.kept_bytes) if times else "–",
        "Best validation accuracy": best_accuracy(chosen),
    }


def best_accuracy(chosen: Chosen) -> str:
    """The best among this network's runs with these options, and on what; a dash without any."""
    found = []
    for run in store.list_runs():
        try:
            spec = run.spec()
            same = spec.model == chosen.name and (
                registry.check_options(spec.model, spec.model_options) == dict(chosen.options)
            )  # a spec leaves out what it takes at its default
        except CnnvizError:
            continue
        if same:
            best = best_row(run.history(), "valid_accuracy").get("valid_accuracy")
            if best is not None:
                found.append((best, spec.data))
    return f"{max(found)[0]:.2%} on {max(found)[1]}" if found else "–, no runs yet"
