"""The files of a network hold what torch would write."""

import csv
import io

import torch
from safetensors.torch import load

from cnnviz.introspection.network_facts import summarise
from cnnviz.models import registry, weight_store
from cnnviz.ui import arch_export
from cnnviz.ui.arch_picker import Chosen


def chosen() -> Chosen:
    entry = registry.get("gap_cnn")
    return Chosen(entry, (("h", 4), ("hidden", 20)), entry.input_shape)


def fresh():
    torch.manual_seed(0)
    return registry.build("gap_cnn", {"h": 4, "hidden": 20})


def test_fresh_weights_are_those_of_seed_0_and_leave_torchs_random_state():
    before = torch.get_rng_state()
    packed = arch_export._weights(chosen(), arch_export.FRESH, "pt")
    safe = load(arch_export._weights(chosen(), arch_export.FRESH, "safetensors"))
    assert torch.equal(torch.get_rng_state(), before)
    state = torch.load(io.BytesIO(packed), weights_only=True)
    for name, part in fresh().state_dict().items():
        assert torch.equal(state[name], part) and torch.equal(safe[name], part)


def test_stored_weights_come_back(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    torch.manual_seed(7)
    network = registry.build("gap_cnn", {"h": 4, "hidden": 20})
    weight_store.store_weights("mine", network.state_dict(), "gap_cnn", {"h": 4, "hidden": 20})
    state = torch.load(io.BytesIO(arch_export._weights(chosen(), "mine", "pt")), weights_only=True)
    assert all(torch.equal(state[name], part) for name, part in network.state_dict().items())


def test_tables_add_up():
    summary = summarise(fresh(), (1, 28, 28))
    rows = list(csv.DictReader(io.StringIO(arch_export._layers(summary, "csv").decode())))
    assert sum(int(row["params"]) for row in rows) == sum(part.numel() for part in fresh().parameters())
    ops = list(csv.DictReader(io.StringIO(arch_export._ops(summary, "csv").decode())))
    assert sum(int(row["macs"]) for row in ops) == summary.facts.macs
    assert arch_export._ops(summary, "markdown").decode().startswith("| op |")
