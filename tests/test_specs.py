"""Specs: what they refuse, and that they survive a trip through JSON."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz import recipes
from cnnviz.augment_spec import AugmentSpec
from cnnviz.errors import SpecError
from cnnviz.spec_notes import notes
from cnnviz.specs import INITS, OPTIMIZERS, SCHEDULES, TrainSpec

BASE = {"model": "lenet", "data": "mnist-5k"}
good = st.fixed_dictionaries(
    {
        "optimizer": st.sampled_from(OPTIMIZERS),
        "schedule": st.sampled_from(SCHEDULES),
        "schedule_factor": st.floats(0.01, 0.99),
        "l1_penalty": st.floats(0, 10),
        "l2_penalty": st.floats(0, 10),
        "patience": st.integers(0, 100),
        "init": st.sampled_from(INITS),
        "num_folds": st.just(5),
        "fold": st.integers(1, 5),
        "class_weights": st.sampled_from(["", "balanced"]) | st.lists(st.floats(0.01, 100), min_size=1),
        "lr": st.floats(1e-9, 1e9),
        "momentum": st.floats(0, 0.999),
        "weight_decay": st.floats(0, 1e6),
        "batch_size": st.integers(1, 65_536),
        "max_epochs": st.integers(0, 10_000),
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
        ("batch_size", 0), ("batch_size", 1.5), ("batch_size", True), ("max_epochs", -3),
        ("lr", 0.0), ("lr", -1.0), ("lr", math.nan), ("lr", math.inf), ("lr", "fast"), ("momentum", 1.0),
        ("weight_decay", -0.1), ("valid_fraction", 0.0), ("valid_fraction", 0.95), ("optimizer", "lion"),
        ("device", "tpu"), ("best_by", "luck"), ("seed", -1), ("std", (0.0,)), ("mean", (0.5, 0.5)),
        ("mean", (math.nan,)), ("mean", "dark"), ("train_size", -1), ("num_threads", -1), ("l1_penalty", -1.0),
        ("l2_penalty", math.nan), ("schedule", "luck"), ("schedule_factor", 1.0), ("schedule_factor", 0.0),
        ("schedule_patience", -1), ("schedule_epochs", 0.5), ("patience", -1), ("min_delta", -0.1),
        ("stop_by", "train_loss"), ("class_weights", "heavy"), ("class_weights", "1, -1"), ("class_weights", "0, 0"),
        ("class_weights", "1, nan"), ("init", "luck"), ("restore_best", 1), ("shuffle", "no"), ("num_folds", 1),
        ("fold", 2), ("fold", 0), ("weights", 3),
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


def test_a_spec_of_an_older_version_takes_the_defaults() -> None:
    old = {**BASE, "optimizer": "sgd", "lr": 0.1, "best_by": "valid_loss"}
    assert TrainSpec.from_dict(old) == TrainSpec(**BASE, optimizer="sgd", lr=0.1, best_by="valid_loss")


@pytest.mark.parametrize(
    ("given", "kept"), [("1,2 , .5", "1, 2, 0.5"), ([1, 2.5], "1, 2.5"), (3, "3"), ("balanced", "balanced")]
)
def test_class_weights_are_read_from_text_and_lists(given: object, kept: str) -> None:
    assert TrainSpec(**BASE, class_weights=given).class_weights == kept  # type: ignore[arg-type]


def test_schedules_take_their_length_from_the_run() -> None:
    spec = TrainSpec(**BASE, schedule="cosine", max_epochs=9)
    assert (spec.schedule_period, spec.changed({"schedule": "step"}).schedule_period) == (9, 3)
    assert spec.changed({"schedule_epochs": 4}).schedule_period == 4


def test_one_augmentation_changes_and_the_others_stay() -> None:
    spec = TrainSpec(**BASE, augment=AugmentSpec(shift=0.1)).changed({"augment.rotation": 15})
    assert spec.augment == AugmentSpec(shift=0.1, rotation=15)
    assert TrainSpec.from_dict(json.loads(json.dumps(spec.as_dict()))) == spec
    with pytest.raises(SpecError, match="rotatoin"):
        spec.changed({"augment.rotatoin": 1})
    with pytest.raises(SpecError, match=r"augment\.rotation=15"):
        spec.changed({"augment": "much"})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, ""),
        ({"weight_decay": 0.1, "l2_penalty": 0.01, "optimizer": "sgd"}, "decay of 0.12"),
        ({"weight_decay": 0.1, "l1_penalty": 0.01}, "twice"),
        ({"l1_penalty": 0.1, "l2_penalty": 0.01}, "elastic net"),
        ({"patience": 4, "schedule": "plateau", "schedule_patience": 4}, "before the learning rate"),
        ({"patience": 12}, "can't stop"),
        ({"shuffle": False}, "same batches"),
        ({"init": "zeros"}, "neighbours"),
        ({"init": "zeros", "weights": "mine"}, "replace"),
        ({"score_in_training_mode": True}, "as the tutorials did"),
    ],
)
def test_notes_say_what_does_not_go_together(settings: dict[str, object], said: str) -> None:
    told = notes(TrainSpec(**BASE, **settings))  # type: ignore[arg-type]
    assert said in " ".join(told) and len(told) == bool(settings)
