"""A network's files: tables, weights, ONNX. Each is made when its button is pressed."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

import streamlit as st

from cnnviz.introspection.network_facts import Summary
from cnnviz.introspection.table_text import graph_text, layer_text
from cnnviz.models import registry, weight_store
from cnnviz.ui import guard
from cnnviz.ui.arch_picker import Chosen

if TYPE_CHECKING:
    from torch import nn

FRESH = "fresh"
TextForm = Literal["csv", "markdown"]
WeightForm = Literal["pt", "safetensors"]
TABLES: tuple[tuple[TextForm, str], ...] = (("csv", "csv"), ("markdown", "md"))
PRINTED_BYTES = 2**30  # torchsummary runs two images for real
WEIGHTS: tuple[WeightForm, ...] = ("pt", "safetensors")


def show_files(chosen: Chosen, summary: Summary) -> None:
    """Download buttons."""
    stem = chosen.name.partition(":")[0] if chosen.name.startswith("stack:") else chosen.name.replace(":", "-")
    with st.container(horizontal=True):
        for form, end in TABLES:
            _offer(f"Layer table .{end}", f"{stem}-layers.{end}", partial(_layers, summary, form))
            _offer(f"Operations .{end}", f"{stem}-ops.{end}", partial(_ops, summary, form))
        if summary.facts.forward_bytes < PRINTED_BYTES:
            _offer("As torchsummary prints it .txt", f"{stem}-torchsummary.txt", partial(_printed, chosen))
    kept = [each.name for each in weight_store.list_weights(chosen.name) if each.options == dict(chosen.options)]
    which = st.selectbox("Weights", [FRESH, *kept], format_func=lambda name: "fresh, from seed 0" if name == FRESH
                         else name, key=f"files-{chosen.name}")  # fmt: skip
    with st.container(horizontal=True):
        for kind in WEIGHTS:
            _offer(f"Weights .{kind}", f"{stem}-{which}.{kind}", partial(_weights, chosen, which, kind))
        _offer("Network as ONNX", f"{stem}-{which}.onnx", lambda: _onnx(chosen, which))
    st.caption("Each file is made when you press its button; ONNX takes some seconds.")


def _layers(summary: Summary, form: TextForm) -> bytes:
    return layer_text(summary.table, form).encode()


def _ops(summary: Summary, form: TextForm) -> bytes:
    return graph_text(summary.graph, form).encode()


def _printed(chosen: Chosen) -> bytes:
    from cnnviz.introspection.printed import as_printed

    return as_printed(built(chosen), chosen.built_for).encode()


def _offer(label: str, name: str, make: Callable[[], bytes]) -> None:
    st.download_button(guard.plain(label), make, file_name=name, key=f"file-{name}", on_click="ignore",
                       icon=":material/download:")  # fmt: skip


def built(chosen: Chosen, weights: str = FRESH) -> "nn.Module":
    """The network with values: fresh from seed 0, or stored ones. Torch's random state stays as it was."""
    import torch

    from cnnviz.models.weights import load_state

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = registry.build(
            chosen.name, dict(chosen.options), num_classes=chosen.entry.num_classes, input_shape=chosen.built_for
        )
    if weights != FRESH:
        load_state(network, weight_store.read_weights(weights))
    return network


def _weights(chosen: Chosen, which: str, form: WeightForm) -> bytes:
    from cnnviz.models.weights import save_state

    return save_state(built(chosen, which), form, {"model": chosen.name, "options": str(dict(chosen.options))})


def _onnx(chosen: Chosen, which: str) -> bytes:
    from cnnviz.models.onnx_file import to_onnx

    return to_onnx(built(chosen, which), chosen.built_for)
