"""Times of a pass, source code, tables to take away."""

import csv
import inspect
import io

import pytest
import torch
from torch import nn

from cnnviz.errors import ModelError, SpecError
from cnnviz.introspection.network_facts import summarise
from cnnviz.introspection.source import source_of, sources
from cnnviz.introspection.table_text import graph_text, layer_text
from cnnviz.introspection.timing import time_passes
from cnnviz.models import registry
from cnnviz.models.overfitting import GapCNN


def test_two_networks_timed_turn_by_turn() -> None:
    small, large = registry.build("gap_cnn", {"h": 1}), registry.build("overfit_cnn", {"h": 64})
    before = {name: part.clone() for name, part in large.state_dict().items()}
    large.features[1].eval()
    times = time_passes([(small, (1, 28, 28)), (large, (1, 28, 28))], batch_size=16, budget_s=0.2)
    assert times[0].repeats == times[1].repeats >= 1
    assert all(each.forward_s > 0 and each.training_s > 0 and each.batch_size == 16 for each in times)
    assert times[1].training_s > times[0].training_s  # a thousand times the work
    assert times[1].kept_bytes > times[0].kept_bytes
    assert all(torch.equal(part, before[name]) for name, part in large.state_dict().items())
    assert large.training and not large.features[1].training
    assert all(part.grad is None for part in large.parameters())


def test_what_is_kept_by_hand() -> None:
    """A convolution keeps its input, ReLU its output, a linear layer its input, which is the flattened output."""
    model = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(128, 3))
    (times,) = time_passes([(model, (1, 8, 8))], batch_size=4, budget_s=0)
    assert times.kept_bytes == 4 * (4 * 64 + 4 * 128)


def test_refuses_odd_batches_and_what_memory_does_not_hold() -> None:
    with pytest.raises(SpecError, match="batch_size is 0"):
        time_passes([], batch_size=0)
    with pytest.raises(ModelError, match=r"with 1024 images would take about \d"):
        time_passes([(registry.sketch("torchvision:densenet121"), (3, 896, 896))], batch_size=1024)


def test_source_is_the_class() -> None:
    (gap,) = sources(registry.build("gap_cnn"))
    assert gap.text == inspect.getsource(GapCNN) and (gap.file, gap.name) == ("overfitting.py", "GapCNN")
    names = [each.name for each in sources(registry.build("cifar_res_deep"))]
    assert names == ["CifarResDeep", "ResBlock"]
    assert {"ResNet", "BasicBlock"} == {each.name for each in sources(registry.sketch("torchvision:resnet18"))}


def test_source_without_a_file() -> None:
    scope: dict[str, type] = {"nn": nn}
    exec("class Typed(nn.Module): pass", scope)
    found = source_of(scope["Typed"])
    assert found.text == "" and "Typed" in found.why


def test_source_of_a_stack_runs() -> None:
    model = registry.build("stack:1x28x28:conv 4 k5 / relu / pool 2 / flatten / linear 10")
    (stack,) = sources(model)
    scope: dict[str, object] = {}
    exec(stack.text, scope)
    built = next(each for each in scope.values() if isinstance(each, nn.Sequential))
    assert sum(part.numel() for part in built.parameters()) == sum(part.numel() for part in model.parameters())


def test_tables_to_take_away() -> None:
    found = summarise(registry.build("cifar_res"), (3, 32, 32))
    rows = list(csv.DictReader(io.StringIO(graph_text(found.graph, "csv"))))
    assert len(rows) == len(found.graph.ops)
    assert sum(int(row["params"]) for row in rows) == 16_130
    assert rows[1]["detail"] == found.graph.ops[1].detail and "," in rows[1]["detail"]  # quoted, as CSV has it
    layers = list(csv.DictReader(io.StringIO(layer_text(found.table, "csv"))))
    assert [row["layer"] for row in layers] == [row.layer for row in found.table.rows]
    markdown = layer_text(found.table, "markdown").splitlines()
    assert markdown[0] == "| layer | output_shape | params |" and len(markdown) == 2 + len(layers) + 1
    assert markdown[-1] == "| listed in all |  | 16130 |"
    assert {line.count("|") for line in graph_text(found.graph, "markdown").splitlines()} == {11}
