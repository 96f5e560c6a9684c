"""A network's files: tables, weights, ONNX. Each is made when its button is pressed."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

import streamlit as st

from cnnviz.introspection.network_facts import Summary
from cnnviz.introspection.table_text import graph_text, layer_text
from cnnviz.models import registry, weight_store
from cnnviz.ui import arch_rows, guard, state
from cnnviz.ui.arch_picker import Chosen, Size

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
        make = st.button("Network as ONNX", key=f"onnx-{stem}-{which}", icon=":material/build:")
    if make:
        _make_onnx(chosen, which)
    _offer_onnx(chosen, which, f"{stem}-{which}.onnx")
    st.caption("Each file is made when you press its button; ONNX takes some seconds.")


def _make_onnx(chosen: Chosen, which: str) -> None:
    """The exporter takes seconds and may not follow a network: so it works here, where it can say so."""
    st.session_state.pop(state.ONNX, None)
    with guard.calm(), st.spinner("Exporting …", show_time=True):
        from cnnviz.models.onnx_file import to_onnx

        content = to_onnx(built(chosen, which), _made_for(chosen, which)[0])
        st.session_state[state.ONNX] = ((chosen, which), content)


def _offer_onnx(chosen: Chosen, which: str, name: str) -> None:
    """The file that was made last, as long as it is the one that is asked for."""
    known, content = st.session_state.get(state.ONNX, (None, b""))
    if known == (chosen, which):
        st.download_button(guard.plain(f"Save {name}, {arch_rows.memory(len(content))}"), content, file_name=name,
                           key=f"file-{name}", on_click="ignore", type="primary", icon=":material/download:",
                           )  # fmt: skip


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

    shape, num_classes = _made_for(chosen, weights)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = registry.build(chosen.name, dict(chosen.options), num_classes=num_classes, input_shape=shape)
    if weights != FRESH:
        load_state(network, weight_store.read_weights(weights))
    return network


def _made_for(chosen: Chosen, weights: str) -> tuple[Size, int]:
    """(C, H, W) and the number of classes: stored weights may be of a network built for other data."""
    if weights == FRESH:
        return chosen.built_for, chosen.entry.num_classes
    stored = weight_store.stored_weights(weights)
    channels, height, width = stored.input_shape
    return (channels, height, width), stored.num_classes


def _weights(chosen: Chosen, which: str, form: WeightForm) -> bytes:
    from cnnviz.models.weights import save_state

    return save_state(built(chosen, which), form, {"model": chosen.name, "options": str(dict(chosen.options))})
