"""The details of a network, one opened at a time: where the parameters sit, ops, layer table, source, files."""

import pandas as pd
import streamlit as st

from cnnviz.charts.param_bars import largest_layers, param_bars_chart
from cnnviz.introspection.network_facts import Summary
from cnnviz.ui import arch_rows, state
from cnnviz.ui.arch_export import show_files
from cnnviz.ui.arch_picker import Chosen
from cnnviz.ui.arch_source import show_source
from cnnviz.ui.look import colours

_NUMBERS = {
    "params": st.column_config.NumberColumn("params", format="localized"),
    "macs": st.column_config.NumberColumn("multiply-adds", format="localized"),
    "memory": st.column_config.NumberColumn("KiB", format="%.1f", help="Memory of the output of one image, float32"),
    "sees": st.column_config.TextColumn("sees", help="Receptive field in input pixels, rows × columns"),
    "Param #": st.column_config.NumberColumn(format="localized"),
}


def show_details(chosen: Chosen, summary: Summary) -> None:
    """Only what is opened is computed."""
    parts = {
        "Parameters": lambda: param_chart(arch_rows.param_rows(summary.graph), "arch-params"),
        "All operations": lambda: _ops(summary),
        "Layer table": lambda: _table(summary),
        "Source": lambda: show_source(chosen),
        "Files": lambda: show_files(chosen, summary),
    }
    part = st.segmented_control("Details", list(parts), default="Parameters", key=state.ARCH_DETAIL, required=True,
                                label_visibility="collapsed", bind="query-params")  # fmt: skip
    parts[part or "Parameters"]()


def param_chart(rows: pd.DataFrame, key: str, most: float | None = None) -> None:
    """Where the parameters sit."""
    if rows.empty:
        st.caption("This network has no parameters.")
        return
    st.altair_chart(param_bars_chart(largest_layers(rows), colours(), most), key=key,
                    alt="Bars: the parameters of each layer")  # fmt: skip


def _ops(summary: Summary) -> None:
    graph, facts = summary.graph, summary.facts
    hidden = len(graph.hidden_from_tables)
    st.caption(
        f"{facts.num_ops} operations, {hidden} of them function calls that a table of modules does not show. "
        f"Held at once when scoring one image: {arch_rows.memory(facts.peak_bytes)}; "
        f"a training step of 100 images takes about {arch_rows.memory(facts.training_bytes_for(100))}."
    )
    st.dataframe(arch_rows.op_rows(graph), hide_index=True, column_config=_NUMBERS)


def _table(summary: Summary) -> None:
    table = summary.table
    st.dataframe(arch_rows.table_rows(summary), hide_index=True, column_config=_NUMBERS)
    st.markdown(
        f"Total params {table.listed_params:,}, of them trainable {table.listed_trainable:,}. "
        f"Input {table.input_mb:.2f} MB, forward and backward {table.forward_backward_mb:.2f} MB, "
        f"params {table.params_mb:.2f} MB, in all {table.total_mb:.2f} MB."
    )
    if table.listed_params != table.num_params:
        st.caption(
            f"torchsummary adds up its rows, so it counts a module at each call: the network has "
            f"{table.num_params:,} parameters."
        )
    st.caption("As torchsummary prints it: modules alone, so functional calls are missing.")
