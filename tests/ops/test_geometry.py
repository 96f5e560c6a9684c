"""Every layer's geometry against torch, on thousands of random configurations."""

import random
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnnviz import layer_specs
from cnnviz.errors import ShapeError, SpecError
from cnnviz.layer_specs import AvgPool2d, Conv2d, ConvTranspose2d, MaxPool2d, ZeroPad2d
from cnnviz.ops import costs, formula, geometry
from cnnviz.ops.geometry import after_padding, axes, divisors
from cnnviz.ops.output_shape import output_shape
from tests.ops.random_layers import KINDS

CONFIGURATIONS = 5000


@pytest.fixture(autouse=True)
def one_quiet_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # these tensors are tiny; handing them around costs more than it saves
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    torch.set_num_threads(threads)


def ask_ours(name, arguments, shape):
    """The spec, its output shape and its axes, or the error that refuses them."""
    try:
        spec = getattr(layer_specs, name)(**arguments)
        return spec, output_shape(spec, shape), axes(spec, *shape[1:])
    except SpecError as error:
        return error


def ask_torch(name, arguments, shape):
    """The module with all weights 1, its input and its output, or what torch raises.

    An output without cells counts as refused: ours says so instead of handing it back.
    """
    try:
        module = getattr(nn, name)(**arguments)
        for parameter in module.parameters():
            nn.init.ones_(parameter)
        image = torch.zeros(1, *shape, requires_grad=True)
        output = module(image)
    except (RuntimeError, ValueError, TypeError) as error:
        return error
    return (module, image, output) if output.numel() else ValueError("no cells")


def cells_by_gradient(image, output, channel, row, column):
    """The input cells, and per cell the input channels, that move one output."""
    gradient = torch.autograd.grad(output[0, channel, row, column], image)[0][0]
    return {tuple(cell) for cell in gradient.abs().sum(0).nonzero().tolist()}, gradient


def cells_by_probing(module, height, width, row, column):
    """For a maximum, whose gradient names only the winner: which single lit cells light the output."""
    probes = torch.eye(height * width).reshape(height * width, 1, height, width)
    lit = module(probes)[:, 0, row, column] > 0
    return {divmod(int(index), width) for index in lit.nonzero().flatten()}


def compare(name, arguments, shape, rng):
    """Hold one configuration against torch; returns whether it was refused."""
    ours, theirs = ask_ours(name, arguments, shape), ask_torch(name, arguments, shape)
    case = f"{name} {arguments} on {shape}: ours {ours}, torch {theirs}"
    assert isinstance(ours, SpecError) == isinstance(theirs, Exception), case
    if isinstance(ours, SpecError):
        assert ours.message and ours.hint and ours.field, case
        return True
    spec, out_shape, (rows, columns) = ours
    module, image, output = theirs
    assert out_shape == tuple(output.shape[1:]), case
    assert costs.num_params(spec) == sum(p.numel() for p in module.parameters()), case
    channel, row, column = (rng.randrange(size) for size in out_shape)
    expected = {(r, c) for r in rows.sources(row) for c in columns.sources(column)}
    if "Max" in name:
        assert cells_by_probing(module, *shape[1:], row, column) == expected, case
        return False
    cells, gradient = cells_by_gradient(image, output, channel, row, column)
    assert cells == expected, case
    if name == "AvgPool2d" and expected:
        divisor = spec.divisor_override or divisors(spec, rows)[row] * divisors(spec, columns)[column]
        assert gradient.abs().max().item() == pytest.approx(abs(1 / divisor)), case
    return False


@pytest.mark.parametrize("name", KINDS)
def test_agrees_with_torch(name):
    rng = random.Random(f"{name} 2026")
    refused = 0
    for _ in range(CONFIGURATIONS):
        arguments = KINDS[name](rng)
        shape = (arguments.get("in_channels", 1), rng.randint(1, 9), rng.randint(1, 9))
        refused += compare(name, arguments, shape, rng)
    assert CONFIGURATIONS * 0.02 < refused < CONFIGURATIONS * 0.8  # both sides of the border are well covered


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_agrees_with_torch_on_other_seeds_too(name, seed):
    rng = random.Random(seed)
    arguments = KINDS[name](rng)
    compare(name, arguments, (arguments.get("in_channels", 1), rng.randint(1, 12), rng.randint(1, 12)), rng)


@pytest.mark.parametrize("name", KINDS)
def test_inputs_and_outputs_see_each_other(name):
    rng = random.Random(7)
    for _ in range(300):
        ours = ask_ours(name, KINDS[name](rng), (1, rng.randint(1, 9), rng.randint(1, 9)))
        if isinstance(ours, SpecError):
            continue
        for line in ours[2]:
            assert all(
                (out in line.fed_by(cell)) == (cell in line.sources(out))
                for out in range(line.out_size) for cell in range(line.in_size)
            )  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(size=st.integers(1, 20), kernel=st.integers(1, 6), stride=st.integers(1, 6), padding=st.integers(0, 3))
def test_what_rounding_down_drops_is_the_remainder(size, kernel, stride, padding):
    if size + 2 * padding < kernel:
        return
    line = geometry.axis(Conv2d(1, 1, kernel, stride, padding), size, 0)
    assert len(line.dropped) == (size + 2 * padding - kernel) % stride
    unread = set(range(size)) - {cell for out in range(line.out_size) for cell in line.sources(out)}
    assert unread == set(line.skipped) | {cell for cell in line.dropped if 0 <= cell < size}


def test_a_grouped_convolution_reads_its_own_channels_only():
    for groups in (1, 2, 3, 6):
        module = nn.Conv2d(6, 6, 1, groups=groups)
        nn.init.ones_(module.weight)
        image = torch.zeros(1, 6, 2, 2, requires_grad=True)
        gradient = torch.autograd.grad(module(image)[0, 0, 0, 0], image)[0]
        assert int((gradient[0, :, 0, 0] != 0).sum()) == 6 // groups
        assert costs.num_params(Conv2d(6, 6, 1, groups=groups)) == sum(p.numel() for p in module.parameters())


def test_padding_each_side_then_a_convolution_is_one_map():
    rng = random.Random(3)
    for _ in range(300):
        sides = tuple(rng.randint(0, 3) for _ in range(4))
        spec = Conv2d(1, 1, rng.randint(1, 3), rng.randint(1, 3), 0, rng.randint(1, 2))
        pads = axes(ZeroPad2d(sides), 6, 5)
        try:
            lines = axes(spec, pads[0].out_size, pads[1].out_size)
        except ShapeError:
            continue
        rows, columns = (after_padding(pad, line) for pad, line in zip(pads, lines, strict=True))
        conv = nn.Conv2d(1, 1, spec.kernel_size, spec.stride, 0, spec.dilation)
        module = nn.Sequential(nn.ZeroPad2d(sides), conv)
        nn.init.ones_(module[1].weight)
        image = torch.zeros(1, 1, 6, 5, requires_grad=True)
        output = module(image)
        row, column = rng.randrange(rows.out_size), rng.randrange(columns.out_size)
        cells, _ = cells_by_gradient(image, output, 0, row, column)
        assert cells == {(r, c) for r in rows.sources(row) for c in columns.sources(column)}


def test_lenet_by_hand():
    sizes = [28]
    for spec in (Conv2d(1, 20, 5), MaxPool2d(2), Conv2d(20, 50, 5), MaxPool2d(2)):
        sizes.append(geometry.axis(spec, sizes[-1], 0).out_size)
    assert sizes == [28, 24, 12, 8, 4]


def test_one_transposed_output_by_hand():
    line = geometry.axis(ConvTranspose2d(1, 1, 3, stride=2, padding=1), 3, 0)
    assert line.out_size == 5
    assert [sorted(line.sources(out)) for out in range(5)] == [[0], [0, 1], [1], [1, 2], [2]]
    assert (line.crop_before, line.crop_after) == (1, 1)


def test_an_average_at_the_corner_by_hand():
    spec = AvgPool2d(3, 2, 1, count_include_pad=False)
    assert divisors(spec, geometry.axis(spec, 5, 0)) == (2, 3, 2)


@pytest.mark.parametrize("kind", [layer_specs.AdaptiveAvgPool2d, layer_specs.AdaptiveMaxPool2d])
def test_no_adaptive_pool_to_nothing(kind):
    with pytest.raises(SpecError, match="output_size is 0"):
        kind(0)


def test_dilation_zero_is_refused_even_for_one_weight():
    with pytest.raises(SpecError, match="dilation is 0"):
        ConvTranspose2d(1, 1, 1, dilation=0)


@pytest.mark.parametrize("name", [name for name in KINDS if name != "ZeroPad2d"])
def test_the_formula_on_the_page_comes_to_the_output_size(name):
    """The LaTeX ends in the size, and where it is arithmetic alone, the arithmetic gives it."""
    rng = random.Random(21)
    for _ in range(300):
        ours = ask_ours(name, KINDS[name](rng), (1, rng.randint(1, 9), rng.randint(1, 9)))
        if isinstance(ours, SpecError):
            continue
        for side, line in enumerate(ours[2]):
            text = formula.numbers(ours[0], line, side)
            assert str(line.out_size) in text
            if name == "ConvTranspose2d":
                left, right = text.replace("\\cdot", "*").split("=")
                assert eval(left) == int(right)
            elif not name.startswith("Adaptive"):
                assert text.endswith(f"= {line.out_size}") or "no window may start" in text
