"""A typed stack as a model's name: builds what it says, says what it can't be, and trains."""

import pytest
import torch

from cnnviz.data.image_set import ImageSet
from cnnviz.errors import ModelError
from cnnviz.models import registry, stack_name
from cnnviz.recipes import for_stack
from cnnviz.training.loop import evaluate
from cnnviz.training.trainer import prepare

LENET = (
    "stack:1x28x28:conv 20 k5 / relu / pool 2 / conv 50 k5 / relu / pool 2 / flatten / linear 500 / relu / linear 10"
)


def test_builds_what_it_says() -> None:
    model = registry.build(LENET)
    assert model(torch.zeros(3, 1, 28, 28)).shape == (3, 10)
    assert sum(weights.numel() for weights in model.parameters()) == 431_080
    assert registry.get(LENET).input_shape == (1, 28, 28)
    chunks = tuple(LENET.split(":", 2)[2].split(" / "))
    assert stack_name.stack_name(chunks, (1, 28, 28)) == LENET


@pytest.mark.parametrize(
    "name",
    [
        "stack:",
        "stack:28x28:relu",
        "stack:1x28x28:",
        "stack:1x28x28:cnov 3",
        "stack:1x4x4:conv 3 k9",
        "stack:0x1x1:relu",
    ],
)
def test_says_what_makes_no_model(name: str) -> None:
    with pytest.raises(ModelError) as refused:
        registry.get(name)
    assert refused.value.hint


def test_a_stack_without_a_number_for_each_class_is_refused() -> None:
    with pytest.raises(ModelError, match="10 classes"):
        registry.build("stack:1x28x28:conv 20 k5 / relu")


def test_trains(digits: ImageSet) -> None:
    spec = for_stack("stack:1x28x28:flatten / linear 10").spec.changed({"train_size": 500, "valid_size": 100})
    trainer = prepare(spec, digits)
    before, _, _ = evaluate(trainer.model, trainer.valid)
    trainer._train_epoch(1, Nobody())
    after, _, _ = evaluate(trainer.model, trainer.valid)
    assert after < before


class Nobody:
    def on_tick(self) -> None: ...
    def on_step(self, row: object) -> None: ...
    def on_epoch(self, row: object, logits: object, trainer: object) -> None: ...
