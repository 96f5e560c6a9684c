"""Specs: what they refuse, and that they survive a trip through JSON."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz import recipes
from cnnviz.errors import SpecError
from cnnviz.specs import TrainSpec

BASE = {"model": "lenet", "data": "mnist-5k"}
good = st.fixed_dictionaries(
    {
        "optimizer": st.sampled_from(["adam", "sgd"]),
        "lr": st.floats(1e-9, 1e9),
        "momentum": st.floats(0, 0.999),
        "weight_decay": st.floats(0, 1e6),
        "batch_size": st.integers(1, 65_536),
        "max_epochs": st.integers(1, 10_000),
        "seed": st.integers(0, 2**63 - 1),
        "valid_fraction": st.floats(1e-6, 0.9),
        "mean": st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(tuple),
        "std": st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(tuple),
        "shuffle": st.booleans(),
    }
)


@given(good)
def test_survives_json(settings: dict[str, object]) -> None:
    spec = TrainSpec(**BASE, **settings)  # type: ignore[arg-type]
    assert TrainSpec.from_dict(json.loads(json.dumps(spec.as_dict()))) == spec


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("batch_size", 0), ("batch_size", 1.5), ("batch_size", True), ("max_epochs", 0), ("max_epochs", -3),
        ("lr", 0.0), ("lr", -1.0), ("lr", math.nan), ("lr", math.inf), ("lr", "fast"), ("momentum", 1.0),
        ("weight_decay", -0.1), ("valid_fraction", 0.0), ("valid_fraction", 0.95), ("optimizer", "lion"),
        ("device", "tpu"), ("best_by", "luck"), ("seed", -1), ("std", (0.0,)), ("mean", (0.5, 0.5)),
        ("mean", (math.nan,)), ("train_size", -1), ("num_threads", -1),
    ],
)  # fmt: skip
def test_refuses_with_the_field_and_a_hint(field: str, value: object) -> None:
    with pytest.raises(SpecError) as refused:
        TrainSpec(**{**BASE, field: value})  # type: ignore[arg-type]
    assert refused.value.field == field
    assert refused.value.hint


def test_unknown_settings_are_named() -> None:
    with pytest.raises(SpecError, match="lrr"):
        TrainSpec.from_dict({**BASE, "lrr": 1})


def test_changed_sends_other_names_to_the_model() -> None:
    spec = TrainSpec(**BASE).changed({"lr": 0.1, "dropout": 0.2})
    assert (spec.lr, spec.model_options) == (0.1, {"dropout": 0.2})


def test_recipes_are_found_or_nearly() -> None:
    assert recipes.get("lenet-mnist").spec.lr == 1e-4
    with pytest.raises(SpecError, match="Did you mean lenet-digits"):
        recipes.get("lenet-digit")
