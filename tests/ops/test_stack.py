"""Stacks: the tutorials' networks, what fails where and what mends it, typed text and code."""

import random
from contextlib import suppress

import pytest
import torch
from torch import nn

from cnnviz.errors import CnnvizError, ShapeError, SpecError
from cnnviz.layer_specs import (
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Tanh,
    ZeroPad2d,
)
from cnnviz.models.stack import build_stack
from cnnviz.ops.stack import mended, trace
from cnnviz.ops.stack_code import layer_code, stack_code
from cnnviz.ops.stack_text import join, parse, split
from cnnviz.ops.systems import SYSTEMS

PARAMETERS = {
    "lenet": 431_080, "baseline": 18_090, "width": 38_386, "dropout": 38_386, "batch_norm": 38_482,
    "depth": 16_130, "res_deep": 159_330, "fc": 80_758, "gap": 3_958, "overfit": 80_806, "wafer": 94_857,
    "vgg": 1_251_658,
}  # fmt: skip
WORKING = [name for name in SYSTEMS if name != "no_flatten"]


def followed(name):
    system = SYSTEMS[name]
    specs = parse(system.text, system.input_shape)
    return specs, trace(specs, system.input_shape)


@pytest.mark.parametrize("name", WORKING)
def test_systems_have_the_tutorials_parameters(name):
    specs, steps = followed(name)
    assert steps.failure is None
    assert steps.total("num_params") == PARAMETERS[name]
    model = build_stack(specs, SYSTEMS[name].input_shape)
    assert sum(p.numel() for p in model.parameters()) == PARAMETERS[name]
    assert tuple(model(torch.zeros(2, *SYSTEMS[name].input_shape)).shape[1:]) == steps.output_shape


@pytest.mark.parametrize("name", WORKING)
def test_every_step_agrees_with_torch(name):
    specs, steps = followed(name)
    values = torch.zeros(2, *SYSTEMS[name].input_shape)
    for layer, step in zip(build_stack(specs, SYSTEMS[name].input_shape).layers, steps.steps, strict=True):
        values = layer(values)
        assert tuple(values.shape[1:]) == step.out_shape
        assert values[0].numel() * values.element_size() == step.activation_bytes


def test_vgg_shrinks_as_told():
    sizes = [step.out_shape[1] for step in followed("vgg")[1].steps if isinstance(step.spec, MaxPool2d)]
    assert sizes == [12, 4, 1]


def test_lenet_multiply_adds_by_hand():
    expected = 24 * 24 * 20 * 25 + 8 * 8 * 50 * 20 * 25 + 800 * 500 + 500 * 10
    assert followed("lenet")[1].total("macs") == expected


def test_the_forgotten_flatten():
    specs, steps = followed("no_flatten")
    assert steps.failure.index == 6
    assert steps.failure.error.hint == "Add Flatten; it would give 512."
    whole = (*specs[:6], *mended(steps.failure), *specs[7:])
    assert trace(whole, (3, 32, 32)).total("num_params") == 18_090


@pytest.mark.parametrize(
    ("specs", "index", "hint"),
    [
        ([Conv2d(3, 8, 3), Conv2d(4, 8, 3)], 1, "Set in_channels to 8."),
        ([Flatten(), Linear(5, 2)], 1, "Set in_features to 192."),
        ([Linear(100, 2)], 0, "Add Flatten; it would give 192, so set in_features to 192 as well."),
        ([BatchNorm2d(4)], 0, "Set num_features to 3."),
        ([BatchNorm1d(3)], 0, "Use BatchNorm2d here, or add Flatten before it."),
        ([Flatten(), MaxPool2d(2)], 1, "Move it before the Flatten."),
        ([Conv2d(3, 8, 9)], 0, "It lacks 1: pad more, take a smaller kernel, or hand it a larger input."),
    ],
)
def test_failures_say_where_and_what_mends_them(specs, index, hint):
    failure = trace(specs, (3, 8, 8)).failure
    assert (failure.index, failure.error.hint) == (index, hint)
    with pytest.raises(ShapeError, match=f"Layer {index + 1}"):
        build_stack(specs, (3, 8, 8))
    replacement = mended(failure)
    if replacement:
        whole = [*specs[:index], *replacement, *specs[index + 1 :]]
        assert trace(whole, (3, 8, 8)).failure is None


def random_specs(rng, count):
    """Layers that may or may not fit one another."""
    makers = [
        lambda: Conv2d(rng.choice([3, 4]), rng.choice([3, 4]), rng.randint(1, 4), padding=rng.randint(0, 1)),
        lambda: MaxPool2d(rng.randint(1, 3)),
        lambda: Linear(rng.choice([3, 4, 8, 48, 64]), rng.choice([3, 4, 8])),
        lambda: BatchNorm2d(rng.choice([3, 4])), lambda: BatchNorm1d(rng.choice([3, 4, 8])),
        Flatten, ReLU, Tanh, Dropout, lambda: ZeroPad2d(1),
    ]  # fmt: skip
    return [rng.choice(makers)() for _ in range(count)]


def test_random_stacks_fail_where_torch_does():
    rng = random.Random(5)
    failures = 0
    for _ in range(1500):
        specs, shape = random_specs(rng, rng.randint(1, 5)), (rng.choice([3, 4]), 8, rng.choice([4, 8]))
        failure = trace(specs, shape).failure
        values, reached = torch.zeros(2, *shape), 0
        try:
            for reached, spec in enumerate(specs):  # noqa: B007 - read after the layer that raises
                if isinstance(spec, ZeroPad2d) and values.ndim == 2:
                    raise ValueError("torch would pad the batch; we don't")
                layer = eval(layer_code(spec), {"nn": nn})
                values = layer(values)
        except (RuntimeError, ValueError):
            assert failure is not None and failure.index == reached, specs
            failures += 1
        else:
            assert failure is None, (specs, failure)
            assert trace(specs, shape).output_shape == tuple(values.shape[1:])
    assert 300 < failures < 1400


def test_code_runs_and_reads_back():
    for name in WORKING:
        specs, steps = followed(name)
        code = stack_code(specs, SYSTEMS[name].input_shape)
        scope = {"print": lambda _: None}
        exec(code, scope)
        assert tuple(scope["model"](scope["x"]).shape[1:]) == steps.output_shape
        assert parse(code, SYSTEMS[name].input_shape) == specs


def test_code_of_a_stack_that_fails_says_so():
    specs, _ = followed("no_flatten")
    code = stack_code(specs, (3, 32, 32))
    assert "fails" in code and "not reached" in code
    with pytest.raises(RuntimeError):
        exec(code, {})


def test_chunks_join_to_the_same_stack():
    text = SYSTEMS["lenet"].text
    assert join(split(text)) == text
    assert parse(text.replace(" / ", "\n"), (1, 28, 28)) == parse(text.upper().replace(" / ", " → "), (1, 28, 28))


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("conv 16", Conv2d(3, 16, 3)),
        ("conv 16 k5x3 s2 p1 d2 nobias", Conv2d(3, 16, (5, 3), 2, 1, 2, bias=False)),
        ("conv 4>16 k1", Conv2d(4, 16, 1)),
        ("conv 16 same circular", Conv2d(3, 16, 3, padding="same", padding_mode="circular")),
        ("pool 3 s2 ceil", MaxPool2d(3, 2, ceil_mode=True)),
        ("linear 10", Linear(192, 10)),
        ("bn", BatchNorm2d(3)),
        ("pad 1,0,1,0", ZeroPad2d((1, 0, 1, 0))),
        ("nn.Conv2d(3, 16, kernel_size=(5, 3), bias=False)", Conv2d(3, 16, (5, 3), bias=False)),
        ("torch.nn.ReLU(inplace=True)", ReLU()),
    ],
)
def test_words_mean_layers(text, spec):
    assert parse(text, (3, 8, 8)) == (spec,)


@pytest.mark.parametrize(
    ("text", "word", "guess"),
    [
        ("conv 16 / rlu", "Layer 2, “rlu”", "relu"),
        ("cnov 16", "cnov", "conv"),
        ("conv 16 kernal3", "kernal3", "kernel3"),
        ("conv 16 smae", "smae", "same"),
        ("flaten", "flaten", "flatten"),
        ("relu 3", "the number 3", "takes none"),
        ("conv 16 op1", "output_padding", "It takes"),
        ("linear", "out_features is missing", "linear 8"),
        ("conv 16 k0", "kernel_size is 0", "at least 1"),
        ("nn.Conv2d(3, n, 3)", "n is no plain value", "plain numbers"),
        ("nn.Cnov2d(3, 8, 3)", "Cnov2d", "Conv2d"),
        ("nn.Sequential(nn.ReLU()", "never closed", "bracket"),
        ("nn.Conv2d(3)", "lacks an argument", "kernel_size"),
    ],
)
def test_a_mistake_names_the_word_and_what_it_may_have_meant(text, word, guess):
    with pytest.raises(SpecError) as caught:
        parse(text, (3, 8, 8))
    assert word in caught.value.message and guess in caught.value.hint


def test_nothing_typed_escapes_as_another_error():
    rng = random.Random(9)
    pieces = [
        "conv",
        "16",
        "k3",
        "/",
        ">",
        "x",
        "-1",
        "nn.",
        "(",
        ")",
        ",",
        "pool",
        "1,2",
        "99999999",
        "é",
        "linear",
        "=",
    ]
    for _ in range(3000):
        text = rng.choice(["", " "]).join(rng.choice(pieces) for _ in range(rng.randint(1, 7)))
        with suppress(CnnvizError):
            trace(parse(text, (3, 8, 8)), (3, 8, 8))


def test_two_hundred_layers():
    specs = parse(" / ".join(["conv 8 k3 p1", "relu"] * 100), (3, 32, 32))
    steps = trace(specs, (3, 32, 32))
    assert len(steps.steps) == 200 and steps.failure is None
    assert steps.steps[-1].seen.size(0) == 201


def test_a_model_says_what_it_takes():
    model = build_stack([Conv2d(3, 8, 3)], (3, 8, 8))
    with pytest.raises(ShapeError, match="takes 3×8×8"):
        model(torch.zeros(1, 3, 9, 9))
