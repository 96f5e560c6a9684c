"""The networks of the tutorials: their reference tables and counts, to the digit, and any other shape."""

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz.errors import ModelError, SpecError
from cnnviz.introspection.layer_table import layer_table
from cnnviz.models import registry

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "layer_tables.json"
beside = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference tables are not beside the project")
NUM_PARAMS = {
    "cifar_baseline": ("cifar_baseline", {}, 18_090),
    "cifar_width": ("cifar_width", {}, 38_386),
    "cifar_dropout": ("cifar_dropout", {}, 38_386),
    "cifar_batch_norm": ("cifar_batch_norm", {}, 38_482),
    "cifar_depth": ("cifar_depth", {}, 16_130),
    "cifar_res": ("cifar_res", {}, 16_130),
    "cifar_res_deep_shared_10": ("cifar_res_deep", {}, 75_810),
    "cifar_res_deep_shared_100": ("cifar_res_deep", {"num_blocks": 100}, 75_810),
    "cifar_res_deep_independent_10": ("cifar_res_deep", {"shared": False}, 159_330),
    "cifar_res_deep_independent_100": ("cifar_res_deep", {"shared": False, "num_blocks": 100}, 994_530),
    "lenet": ("lenet", {}, 431_080),
    "overfit_cnn_h8": ("overfit_cnn", {}, 80_806),
    "overfit_cnn_h16": ("overfit_cnn", {"h": 16}, 162_806),
    "fc_cnn": ("fc_cnn", {}, 80_758),
    "gap_cnn": ("gap_cnn", {}, 3_958),
    "wafer_cnn": ("wafer_cnn", {}, 94_857),
    "colour_vgg_total": ("colour_vgg", {}, 1_251_658),
}
TABLES = ("gap_cnn", "fc_cnn", "overfit_cnn_h8", "wafer_cnn")


def num_params(model: nn.Module) -> int:
    return sum(part.numel() for part in model.parameters())


@pytest.mark.parametrize("key", NUM_PARAMS)
def test_counts_to_the_digit(key: str) -> None:
    name, options, count = NUM_PARAMS[key]
    assert num_params(registry.build(name, options)) == count


@beside
def test_the_counts_are_the_references() -> None:
    reference = json.loads(REFERENCE.read_text())["parameters"]
    counts = {key: count for key, (_, _, count) in NUM_PARAMS.items()}
    assert {**counts, "colour_vgg_convolutions_only": 287_008} == reference


@beside
@pytest.mark.parametrize("key", TABLES)
def test_tables_as_in_the_reference(key: str) -> None:
    wanted = json.loads(REFERENCE.read_text())["tables"][key]
    table = layer_table(registry.build(NUM_PARAMS[key][0]), tuple(wanted["input"]))
    assert [row.as_dict() for row in table.rows] == wanted["rows"]
    assert table.num_params == wanted["total"]


def test_what_the_vgg_tutorial_counted() -> None:
    model = registry.build("colour_vgg")
    convolutions = [part for part in model.modules() if isinstance(part, nn.Conv2d)]
    norms = [part for part in model.modules() if isinstance(part, nn.BatchNorm2d)]
    assert sum(num_params(part) for part in convolutions) == 287_008
    assert sum(num_params(part) for part in norms) == 896


def test_shared_blocks_are_one_block() -> None:
    shared = registry.build("cifar_res_deep", {"num_blocks": 5}).resblocks
    apart = registry.build("cifar_res_deep", {"num_blocks": 5, "shared": False}).resblocks
    assert len({id(block) for block in shared}) == 1 < len({id(block) for block in apart}) == 5
    assert torch.equal(apart[0].batch_norm.weight, torch.full((32,), 0.5))


def test_the_wafer_dropout_runs_only_when_asked() -> None:
    images = torch.rand(4, 3, 53, 52)
    for runs in (False, True):
        model = registry.build("wafer_cnn", {"dropout_runs": runs, "dropout": 0.5}).train()
        assert torch.equal(model(images), model(images)) is not runs


def test_the_wafer_start() -> None:
    model = registry.build("wafer_cnn")
    convolutions = [part for part in model.modules() if isinstance(part, nn.Conv2d)]
    assert all(torch.count_nonzero(part.bias) == 0 for part in convolutions)
    for part in convolutions:
        fan_in = part.in_channels * 9
        assert part.weight.std().item() == pytest.approx((2 / fan_in) ** 0.5, rel=0.15)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(list(registry.MODELS)),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 40), st.integers(1, 40)),
    num_classes=st.integers(1, 12),
)
def test_any_shape_is_taken_or_refused_before_it_is_built(
    name: str, shape: tuple[int, int, int], num_classes: int
) -> None:
    """What the registry allows runs; what it refuses does not."""
    try:
        registry.check_data(name, "these", shape, num_classes)
    except ModelError:
        with pytest.raises((RuntimeError, ValueError, ZeroDivisionError)):
            registry.build(name, num_classes=num_classes, input_shape=shape).eval()(torch.zeros(2, *shape))
        return
    model = registry.build(name, num_classes=num_classes, input_shape=shape).eval()
    assert model(torch.zeros(2, *shape)).shape == (2, num_classes)


@settings(max_examples=30, deadline=None)
@given(name=st.sampled_from(list(registry.MODELS)), height=st.integers(24, 64), width=st.integers(24, 64))
def test_any_size_says_whether_a_built_network_takes_another(name: str, height: int, width: int) -> None:
    entry = registry.get(name)
    model = registry.build(name).eval()
    images = torch.zeros(1, entry.input_shape[0], height, width)
    if entry.any_size:
        assert model(images).shape == (1, entry.num_classes)


def test_a_switch_is_a_switch() -> None:
    for options in ({"shared": 1}, {"num_blocks": True}, {"num_blocks": 0}):
        with pytest.raises(SpecError):
            registry.check_options("cifar_res_deep", options)
