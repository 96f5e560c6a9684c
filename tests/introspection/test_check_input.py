"""Another input size: what it says breaks, breaks in torch too."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnviz.introspection.check_input import InputCheck, check_input
from cnnviz.models import registry


def check(name: str, shape: tuple[int, int, int], **options: bool | int) -> InputCheck:
    return check_input(registry.build(name), shape, **options)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from([*registry.MODELS, "stack:1x28x28:conv 20 k5 / relu / pool 2 / flatten / linear 10"]),
    channels=st.integers(1, 4),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    batch_size=st.integers(1, 2),
    training=st.booleans(),
)
def test_breaks_where_torch_breaks(
    name: str, channels: int, height: int, width: int, batch_size: int, training: bool
) -> None:
    model = registry.build(name).train(training)
    found = check_input(model, (channels, height, width), batch_size=batch_size, training=training)
    try:
        result = model(torch.zeros(batch_size, channels, height, width))
    except Exception:  # noqa: BLE001 - whatever torch raises
        assert not found.works and found.output_shape is None
        assert found.failure.why and found.failure.hint and found.failure.said
    else:
        assert found.works and found.output_shape == tuple(result.shape[1:])


def test_the_head_counts() -> None:
    failure = check("fc_cnn", (1, 56, 56)).failure
    assert (failure.path, failure.label) == ("classifier.0", "Linear")
    assert (failure.got, failure.wanted) == ("3,136 numbers", "784 numbers")
    assert failure.input_shapes == ((3136,),)
    assert check("gap_cnn", (1, 56, 56)).works
    assert [step.output_shape for step in check("fc_cnn", (1, 56, 56)).steps][-1] == (3136,)


@pytest.mark.parametrize(
    ("name", "shape", "options", "path", "got", "why"),
    [
        ("lenet", (3, 28, 28), {}, "features.0", "3 channels", "kernels have 1 channels"),
        ("lenet", (1, 3, 28), {}, "features.0", "3×28", "spans 5×5 pixels"),
        ("gap_cnn", (1, 2, 2), {}, "features.5", "1×1", "does not fit into a map of 1×1"),
        ("colour_vgg", (3, 28, 28), {"batch_size": 1, "training": True}, "classifier.1", "1 value a channel", "spread"),
        ("cifar_res", (3, 40, 40), {}, "fc1", "400 numbers", "256 numbers"),
    ],
)
def test_says_why(
    name: str, shape: tuple[int, int, int], options: dict[str, bool], path: str, got: str, why: str
) -> None:
    failure = check(name, shape, **options).failure
    assert (failure.path, failure.got) == (path, got)
    assert why in failure.why


def test_a_flatten_that_is_missing() -> None:
    model = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.MaxPool2d(2), nn.Linear(512, 32))
    failure = check_input(model, (3, 32, 32)).failure
    assert "a flatten is missing" in failure.why and failure.path == "2"


class Paths(nn.Module):
    """A short way with a stride of 2 beside a long one with a pool: they meet for even sides alone."""

    def __init__(self) -> None:
        super().__init__()
        self.short, self.long = nn.Conv2d(1, 4, 1, stride=2), nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        return self.short(images) + torch.max_pool2d(self.long(images), 2)


def test_paths_that_do_not_meet() -> None:
    assert check_input(Paths(), (1, 8, 8)).works
    failure = check_input(Paths(), (1, 7, 7)).failure
    assert failure.label == "+" and failure.got == "4×4×4 and 4×3×3"


class Looks(nn.Module):
    """Looks at values, so it can't run without."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(16, 2)

    def forward(self, images: Tensor) -> Tensor:
        flat = images.flatten(1)
        return self.head(flat if float(flat.sum()) < 1 else -flat)


def test_values_that_are_looked_at() -> None:
    model = Looks()
    assert check_input(model, (1, 4, 4)).output_shape == (2,)
    failure = check_input(model, (1, 5, 5)).failure
    assert (failure.path, failure.got) == ("head", "25 numbers")
    assert not model.head._forward_hooks


def test_a_stack_says_what_it_takes() -> None:
    failure = check("stack:1x28x28:conv 20 k5 / flatten / linear 10", (1, 20, 20)).failure
    assert "takes 1×28×28, not 1×20×20" in failure.why
