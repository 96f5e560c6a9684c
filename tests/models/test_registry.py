"""The networks: counted to the digit, options checked."""

import json
from pathlib import Path

import pytest
import torch

from cnnviz.errors import ModelError, SpecError
from cnnviz.introspection.layer_table import layer_table
from cnnviz.models import registry

LENET_ROWS = [
    ("Conv2d-1", (20, 24, 24), 520),
    ("ReLU-2", (20, 24, 24), 0),
    ("MaxPool2d-3", (20, 12, 12), 0),
    ("Conv2d-4", (50, 8, 8), 25_050),
    ("ReLU-5", (50, 8, 8), 0),
    ("MaxPool2d-6", (50, 4, 4), 0),
    ("Linear-7", (500,), 400_500),
    ("ReLU-8", (500,), 0),
    ("Dropout-9", (500,), 0),
    ("Linear-10", (10,), 5_010),
]
REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "layer_tables.json"


@pytest.mark.parametrize("name", registry.MODELS)
def test_takes_its_input_and_gives_a_logit_a_class(name: str) -> None:
    entry = registry.get(name)
    model = registry.build(name, num_classes=7)
    assert model(torch.zeros(2, *entry.input_shape)).shape == (2, 7)


def test_lenet_to_the_digit() -> None:
    table = layer_table(registry.build("lenet"), (1, 28, 28))
    assert [(row.layer, row.output_shape, row.num_params) for row in table.rows] == LENET_ROWS
    assert table.num_params == sum(row.num_params for row in table.rows) == 431_080


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference tables are not beside the project")
def test_lenet_as_in_the_reference() -> None:
    assert json.loads(REFERENCE.read_text())["parameters"]["lenet"] == 431_080


def test_dropout_reaches_the_network() -> None:
    model = registry.build("lenet", {"dropout": 0.25})
    assert [part.p for part in model.modules() if isinstance(part, torch.nn.Dropout)] == [0.25]


@pytest.mark.parametrize("options", [{"dropout": 1.5}, {"dropout": True}, {"dropout": float("nan")}, {"width": 3}])
def test_refuses_options(options: dict[str, float]) -> None:
    with pytest.raises(SpecError) as refused:
        registry.check_options("lenet", options)
    assert refused.value.field in options


def test_an_unknown_model_is_nearly_known() -> None:
    with pytest.raises(ModelError, match="Did you mean lenet"):
        registry.get("lennet")
