"""Networks followed op by op: torch counts, runs and differentiates beside it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from cnnviz.errors import ModelError
from cnnviz.introspection.joins import find_skips
from cnnviz.introspection.network_facts import summarise
from cnnviz.introspection.trace import trace
from cnnviz.layer_specs import LAYERS, AvgPool2d, BatchNorm2d, Conv2d, Flatten, LayerSpec, Linear, MaxPool2d, ReLU
from cnnviz.models import registry
from cnnviz.models.stack import build_stack
from cnnviz.ops import stack

ZOO = {name: {} for name in registry.MODELS} | {"cifar_res_deep": {"num_blocks": 3}}
FORTY = (  # noqa: SIM905 - forty names read better so
    "alexnet convnext_tiny densenet121 efficientnet_b0 efficientnet_b1 efficientnet_v2_s googlenet inception_v3 "
    "maxvit_t mnasnet0_5 mnasnet0_75 mnasnet1_0 mnasnet1_3 mobilenet_v2 mobilenet_v3_large mobilenet_v3_small "
    "regnet_x_400mf regnet_x_800mf regnet_y_16gf resnet18 resnet34 resnet50 resnet152 resnext50_32x4d "
    "shufflenet_v2_x0_5 shufflenet_v2_x2_0 squeezenet1_0 squeezenet1_1 swin_t swin_v2_t vgg11 vgg11_bn vgg13 vgg13_bn "
    "vgg16 vgg16_bn vgg19 vit_b_16 vit_b_32 wide_resnet50_2"
).split()


def numel(model: nn.Module) -> int:
    return sum(part.numel() for part in model.parameters())


def counted_macs(model: nn.Module, images: Tensor) -> int:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model.eval()(images)
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    return flops // 2


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo_adds_up(name: str) -> None:
    model, shape = registry.build(name, ZOO[name]), registry.get(name).input_shape
    found = summarise(model, shape)
    assert found.graph.traced
    assert sum(op.new_params for op in found.graph.ops) == numel(model) == found.facts.num_params
    assert sum(op.macs for op in found.graph.ops) == found.graph.macs == counted_macs(model, torch.rand(1, *shape))
    assert found.graph.output_shape == tuple(model(torch.rand(3, *shape)).shape[1:])
    assert all(source < op.index for op in found.graph.ops for source in op.inputs)
    assert [op.index for op in found.graph.ops] == list(range(len(found.graph.ops)))


def test_forty_models_of_torchvision() -> None:
    """Their totals are the sums of numel, their multiply-adds half of PyTorch's own count of operations."""
    assert len(FORTY) == len(set(FORTY)) == 40
    for name in FORTY:
        model = registry.sketch(f"torchvision:{name}")
        found = summarise(model, (3, 224, 224))
        assert found.graph.traced, name
        assert found.facts.num_params == numel(model) == sum(op.new_params for op in found.graph.ops), name
        macs = counted_macs(model, torch.empty(1, 3, 224, 224, device="meta"))
        assert found.facts.macs == macs == sum(op.macs for op in found.graph.ops), name
        assert found.graph.output_shape == (1000,), name


@st.composite
def stacks(draw: st.DrawFn) -> tuple[list[LayerSpec], tuple[int, int, int]]:
    channels, side = draw(st.integers(1, 4)), draw(st.integers(4, 20))
    shape = (channels, side, draw(st.integers(4, 20)))
    layers: list[LayerSpec] = []
    for _ in range(draw(st.integers(1, 6))):
        out = draw(st.integers(1, 6))
        kernel, padding = draw(st.integers(1, 4)), draw(st.integers(0, 2))
        stride, dilation, bias = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.booleans())
        conv = Conv2d(channels, out, kernel, stride, padding, dilation, bias=bias)
        pool = draw(st.sampled_from([MaxPool2d, AvgPool2d]))(kernel, stride, min(padding, kernel // 2))
        layer = draw(st.sampled_from([conv, pool, ReLU(), BatchNorm2d(channels)]))
        channels = out if layer is conv else channels
        layers.append(layer)
    followed = stack.trace(layers, shape)
    if followed.failure:
        layers = layers[: followed.failure.index]
    ends = stack.trace(layers, shape).output_shape
    return [*layers, Flatten(), Linear(ends[0] * ends[1] * ends[2], 3)], shape


@settings(max_examples=60, deadline=None)
@given(stacks())
def test_stacks_cost_what_torch_counts(drawn: tuple[list[LayerSpec], tuple[int, int, int]]) -> None:
    """Against PyTorch's counter, and against the formulas and fields of the shape laboratory."""
    layers, shape = drawn
    model, formulas = build_stack(layers, shape), stack.trace(layers, shape)
    graph = trace(model, shape)
    assert graph.macs == counted_macs(model, torch.rand(1, *shape)) == formulas.total("macs")
    assert sum(op.new_params for op in graph.ops) == numel(model) == formulas.total("num_params")
    for op, step in zip(graph.ops[1:], formulas.steps, strict=True):
        assert (op.macs, op.num_params, op.output_bytes) == (step.macs, step.num_params, step.activation_bytes)
        assert op.output_shape == step.out_shape
        assert op.receptive_field == (step.seen.size(0), step.seen.size(1))


def test_functional_calls_are_the_same_as_modules() -> None:
    """The networks of S1 call their pools and activations; the field and the sizes are those of modules."""
    model = registry.build("cifar_depth")
    layers = [
        *(
            part
            for size in ((3, 32), (32, 16), (16, 16))
            for part in (Conv2d(*size, 3, padding=1), ReLU(), MaxPool2d(2))
        ),
        *(Flatten(), Linear(256, 32), ReLU(), Linear(32, 2)),
    ]
    graph, steps = trace(model, (3, 32, 32)), stack.trace(layers, (3, 32, 32)).steps
    assert [op.output_shape for op in graph.ops[1:]] == [step.out_shape for step in steps]
    assert [op.receptive_field for op in graph.ops[1:]] == [(step.seen.size(0), step.seen.size(1)) for step in steps]
    labels = [op.label for op in graph.ops if op.kind == "function"]
    assert labels == ["relu", "max_pool2d"] * 3 + ["flatten", "relu"]


def test_the_skip_of_res() -> None:
    graph = trace(registry.build("cifar_res"), (3, 32, 32))
    ((source, target),) = graph.skips
    assert graph.ops[target].label == "+" and graph.ops[source].label == "max_pool2d"
    assert graph.ops[source + 1].path == "conv3" and target == source + 3


def test_shared_blocks_are_called_again_and_counted_once() -> None:
    graph = trace(registry.build("cifar_res_deep", {"num_blocks": 4}), (3, 32, 32))
    calls = [op for op in graph.ops if op.path == "resblocks.0.conv"]
    assert [op.call for op in calls] == [1, 2, 3, 4]
    assert [op.shared for op in calls] == [False, True, True, True]
    assert [op.new_params for op in calls] == [32 * 32 * 9, 0, 0, 0]
    assert len(graph.skips) == 4
    apart = trace(registry.build("cifar_res_deep", {"num_blocks": 4, "shared": False}), (3, 32, 32))
    assert not any(op.shared for op in apart.ops) and len(apart.ops) == len(graph.ops)


def test_the_dropout_that_never_runs() -> None:
    (dropout,) = trace(registry.build("wafer_cnn"), (3, 53, 52)).unused
    assert (dropout.path, dropout.label) == ("dropout", "Dropout")
    assert trace(registry.build("wafer_cnn", {"dropout_runs": True}), (3, 53, 52)).unused == ()


def test_resnets_skips() -> None:
    graph = trace(registry.sketch("torchvision:resnet18"), (3, 224, 224))
    sums = [op.index for op in graph.ops if op.label == "+"]
    assert [target for _, target in graph.skips] == sums and len(sums) == 8
    for source, target in graph.skips:  # each starts where its block does
        assert graph.ops[source + 1].path.endswith("conv1")
        assert graph.ops[source].output_shape[1] in {graph.ops[target].output_shape[1] * step for step in (1, 2)}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sets(st.integers(0, 7), min_size=1, max_size=3), min_size=1, max_size=7))
def test_skips_by_their_definition(drawn: list[set[int]]) -> None:
    """Every path is written out: an arc comes past ops, or starts at the last op that all paths share."""
    inputs = [(), *(tuple(sorted({each % (index + 1) for each in some})) for index, some in enumerate(drawn))]
    wanted = []
    for index, sources in enumerate(inputs):
        if len(sources) < 2:
            continue
        ways = {source: paths(inputs, source) for source in sources}
        past = [a for a in sources if any(a in way for b in sources if b != a for way in ways[b])]
        shared = set.intersection(*(set(way) for each in ways.values() for way in each))
        wanted += [(source, index) for source in past or [max(shared)]]
    assert list(find_skips(inputs)) == wanted


def paths(inputs: list[tuple[int, ...]], end: int) -> list[list[int]]:
    if end == 0:
        return [[0]]
    return [[*way, end] for source in inputs[end] for way in paths(inputs, source)]


class Branches(nn.Module):
    """Control flow that torch.fx can't follow."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two, self.idle = nn.Conv2d(1, 2, 3), nn.Linear(2, 4), nn.ReLU()

    def forward(self, images: Tensor) -> Tensor:
        maps = self.one(images)
        if maps.mean() > 1e9:
            maps = self.idle(maps)
        return self.two(functional.adaptive_avg_pool2d(maps, 1).flatten(1))


def test_control_flow_is_listed_by_modules_and_said() -> None:
    model = Branches().train()
    model.idle.eval()
    graph = trace(model, (1, 8, 8))
    assert not graph.traced and "control flow" in graph.note
    assert [op.path for op in graph.ops] == ["", "one", "two"]
    assert graph.macs == counted_macs(model, torch.rand(1, 1, 8, 8)) == 36 * 2 * 9 + 2 * 4
    assert [each.path for each in graph.unused] == ["idle"]
    model.train()
    model.idle.eval()
    trace(model, (1, 8, 8))
    assert model.training and model.one.training and not model.idle.training
    assert not model.one._forward_hooks and not model.one._forward_pre_hooks


class Squeezes(nn.Module):
    """Loses the batch when there is one image."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(4, 3)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(functional.adaptive_avg_pool2d(images, 1).squeeze())


def test_a_squeezed_batch() -> None:
    graph = trace(Squeezes(), (4, 8, 8))
    assert (graph.output_shape, graph.macs) == ((3,), 12)


class Functional(nn.Module):
    """Parameters without modules, a constant made on the CPU, and a batch laid out anew."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(4, 1, 3, 3))
        self.scale = nn.Parameter(torch.ones(4, 1, 1))
        self.unasked = nn.Parameter(torch.ones(7))

    def forward(self, images: Tensor) -> Tensor:
        maps = functional.conv2d(images, self.weight, padding=1) * self.scale
        return (maps + maps).mean([2, 3])


def test_parameters_without_modules() -> None:
    found = summarise(Functional(), (1, 6, 6))
    assert (found.facts.num_params, found.facts.num_unused) == (36 + 4 + 7, 7)
    assert found.facts.macs == 36 * 4 * 9
    assert found.table.listed_params == 0  # no modules, no rows
    assert found.graph.skips == ()


def test_the_network_is_not_touched() -> None:
    model = registry.build("overfit_cnn").train()
    before = {name: part.clone() for name, part in model.state_dict().items()}
    summarise(model, (1, 28, 28))
    assert model.training and all(torch.equal(part, before[name]) for name, part in model.state_dict().items())


def test_what_can_not_be_copied_is_said(tmp_path: Path) -> None:
    lazy, holding = nn.Sequential(nn.LazyLinear(3)), nn.Sequential(nn.Linear(3, 3))
    with pytest.raises(ModelError, match="have met no image"):
        trace(lazy, (3,))
    with (tmp_path / "log").open("w") as holding.log, pytest.raises(ModelError, match="can't be copied"):
        trace(holding, (3,))


def test_a_wrong_size_says_where() -> None:
    with pytest.raises(ModelError, match=r"does not take images of 1×32×32.*classifier\.0"):
        trace(registry.build("lenet"), (1, 32, 32))


def test_the_field_is_what_gradients_reach() -> None:
    """A cell in the middle of ResNet-18's second stage: the gradient of the input spans its receptive field."""
    model = torchvision.models.resnet18(weights=None).eval()
    graph = trace(model, (3, 224, 224))
    op = next(op for op in graph.ops if op.path == "layer2.0.conv1")
    for part in model.parameters():
        nn.init.uniform_(part, 0.1, 1.0)
    images = torch.rand(1, 3, 224, 224, requires_grad=True)
    maps = model.layer2[0].conv1(
        model.layer1(functional.avg_pool2d(model.relu(model.bn1(model.conv1(images))), 3, 2, 1))
    )
    (gradient,) = torch.autograd.grad(maps[0, 0, 14, 14], images)
    reached = gradient[0].abs().sum(0) > 0
    rows, columns = reached.any(1).nonzero(), reached.any(0).nonzero()
    spans = (int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1)
    assert op.receptive_field == spans


def test_visitors_do_not_meet() -> None:
    """While one thread traces, others trace and run networks as ever, and torch is as it was afterwards."""
    call, running = nn.Module.__call__, registry.build("cifar_res").eval()
    images = torch.rand(2, 3, 32, 32)
    wanted, stop = running(images), threading.Event()

    def run() -> int:
        turns = 0
        while not stop.is_set() or not turns:
            with torch.no_grad():
                assert torch.equal(running(images), wanted)
            turns += 1
        return turns

    with ThreadPoolExecutor(4) as pool:
        runner = pool.submit(run)
        traced = [pool.submit(trace, registry.build(name), (3, 32, 32)) for name in ("cifar_res", "cifar_depth") * 4]
        labels = [[op.label for op in each.result().ops] for each in traced]
        stop.set()
        assert runner.result() >= 1
    assert nn.Module.__call__ is call
    assert labels == labels[:2] * 4 and "Conv2d" in labels[0]


class Waits(nn.Module):
    """Takes its time, so that two that are traced at once would be in it at once."""

    def __init__(self, first: float, then: float) -> None:
        super().__init__()
        self.waits, self.conv, self.then = (first, then), nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1)

    def forward(self, images: Tensor) -> Tensor:
        time.sleep(self.waits[0])
        maps = self.conv(images)
        time.sleep(self.waits[1])
        return self.then(maps)


def test_two_are_not_traced_at_once() -> None:
    call = nn.Module.__call__
    with ThreadPoolExecutor(2) as pool:
        graphs = list(pool.map(lambda model: trace(model, (1, 4, 4)), (Waits(0.1, 0.2), Waits(0.2, 0.4))))
    assert [[op.label for op in graph.ops] for graph in graphs] == [["Input", "Conv2d", "Conv2d"]] * 2
    assert nn.Module.__call__ is call


def test_peaks_by_hand() -> None:
    """conv → ReLU → conv with a skip: the input to the skip is held until the sum."""

    class Small(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3, padding=1)

        def forward(self, images: Tensor) -> Tensor:
            return (torch.relu(self.conv(images)) + images).flatten(1)

    facts = summarise(Small(), (1, 10, 10)).facts
    assert facts.forward_bytes == 4 * 400
    assert facts.peak_bytes == 3 * 400  # image, conv's and ReLU's output; then image, ReLU's and the sum
    assert facts.training_bytes_for(8) == 4 * 10 * 4 + 2 * 8 * 1600


def test_ops_are_plain() -> None:
    import json

    for op in trace(registry.build("cifar_res"), (3, 32, 32)).ops:
        assert json.loads(json.dumps(op.as_dict()))["index"] == op.index


def test_specs_that_the_tracer_knows_are_layers() -> None:
    from cnnviz.introspection.receptive import FUNCTIONS

    assert set(FUNCTIONS.values()) <= set(LAYERS)
    assert all(hasattr(functional, name) for name in FUNCTIONS)
