"""What cells deep in random stacks see, against gradients."""

import random

import pytest
import torch
from torch import nn

from cnnviz.errors import SpecError
from cnnviz.layer_specs import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    LayerSpec,
    Linear,
    ReLU,
    ZeroPad2d,
)
from cnnviz.models.stack import build_stack
from cnnviz.ops.geometry import axes
from cnnviz.ops.receptive_field import bits, seen_axes
from cnnviz.ops.stack import trace


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def random_layer(rng: random.Random, affine: bool) -> LayerSpec:
    """A layer of one channel; average pools stand for all pools, as every cell of theirs has a gradient."""
    kernel, stride = (rng.randint(1, 3), rng.randint(1, 3)), (rng.randint(1, 2), rng.randint(1, 2))
    makers = [
        lambda: Conv2d(1, 1, kernel, stride, rng.randint(0, 2), rng.randint(1, 2)),
        lambda: AvgPool2d(kernel, stride, ceil_mode=rng.random() < 0.5),
        lambda: ZeroPad2d(tuple(rng.randint(0, 2) for _ in range(4))),
        ReLU,
        lambda: Conv2d(1, 1, kernel, padding=1, padding_mode=rng.choice(["reflect", "circular"])),
        lambda: ConvTranspose2d(1, 1, kernel, stride, padding=rng.randint(0, 1)),
        lambda: AdaptiveAvgPool2d((rng.randint(1, 5), None)),
    ]
    return rng.choice(makers[:4] if affine else makers)()


def random_stack(rng: random.Random, affine: bool):
    """A traced random stack of up to six layers that works, of at least one."""
    while True:
        shape = (1, rng.randint(4, 14), rng.randint(4, 14))
        specs = [random_layer(rng, affine) for _ in range(rng.randint(1, 6))]
        try:
            followed = trace(specs, shape)
        except SpecError:
            continue
        if followed.failure is None:
            return specs, followed


def seen_by_gradient(specs, shape, row, column):
    model = build_stack(specs, shape)
    for parameter in model.parameters():
        nn.init.ones_(parameter)
    image = torch.ones(1, *shape, requires_grad=True)
    output = model(image)[0]
    cell = output[0, row, column] if output.ndim == 3 else output[0]
    gradient = torch.autograd.grad(cell, image)[0]
    return {tuple(place) for place in gradient[0].sum(0).nonzero().tolist()}


def test_exact_cells_of_random_stacks():
    rng = random.Random(11)
    for _ in range(1000):
        specs, followed = random_stack(rng, affine=False)
        _, height, width = followed.output_shape
        row, column = rng.randrange(height), rng.randrange(width)
        rows, columns = followed.steps[-1].seen.cell_sets(row, column)
        expected = {(r, c) for r in rows for c in columns}
        assert seen_by_gradient(specs, followed.input_shape, row, column) == expected, specs


def test_size_jump_and_offset_of_random_stacks():
    """A cell reaches from offset + o·jump over size pixels; inside the borders exactly that."""
    rng = random.Random(12)
    for _ in range(1500):
        _, followed = random_stack(rng, affine=True)
        seen = followed.steps[-1].seen
        for side, (cells, field) in enumerate(zip(seen.cells, seen.fields, strict=True)):
            assert field is not None
            size = followed.input_shape[1 + side]
            for out, mask in enumerate(cells):
                first = field.offset + out * field.jump
                last = first + field.size - 1
                found = bits(mask)
                assert all(first <= place <= last for place in found)
                if found and first >= 0 and last < size and not _clipped(followed, side, out):
                    assert (found[0], found[-1]) == (first, last)


def _clipped(followed, side, out):
    """True where some layer on the way gives a cell fewer positions than its window has."""
    outs = {out}
    for step in reversed(followed.steps):
        if len(step.in_shape) != 3 or type(step.spec) is ReLU:
            continue
        line = axes(step.spec, *step.in_shape[1:])[side]
        if any(not 0 <= place < line.in_size for each in outs for place in line.windows[each]):
            return True
        outs = {cell for each in outs for cell in line.sources(each)}
    return False


def test_the_size_of_unlike_cells_is_the_widest_there_is():
    rng = random.Random(13)
    without_formula = 0
    for _ in range(1000):
        _, followed = random_stack(rng, affine=False)
        seen = followed.steps[-1].seen
        for side, (cells, field) in enumerate(zip(seen.cells, seen.fields, strict=True)):
            widest = max((bits(mask)[-1] - bits(mask)[0] + 1 for mask in cells if mask), default=0)
            without_formula += field is None
            assert seen.size(side) == widest if field is None else field.size >= 1
    assert without_formula > 100


def test_upsampling_by_two_sees_one_pixel_from_two_cells():
    seen = trace([ConvTranspose2d(1, 1, 2, stride=2)], (1, 3, 3)).steps[-1].seen
    assert seen.fields == (None, None)
    assert [bits(mask) for mask in seen.cells[0]] == [(0,), (0,), (1,), (1,), (2,), (2,)]


def test_a_transposed_convolution_without_a_stride_is_a_convolution():
    field = trace([ConvTranspose2d(1, 1, 3, padding=1)], (1, 5, 5)).steps[-1].seen.fields[0]
    assert field == trace([Conv2d(1, 1, 3, padding=1)], (1, 5, 5)).steps[-1].seen.fields[0]


def test_after_a_flatten_every_unit_sees_everything():
    specs = [Conv2d(1, 2, 3), Flatten(), Linear(2 * 4 * 3, 5)]
    seen = trace(specs, (1, 6, 5)).steps[-1].seen
    assert seen.cell_sets(0, 0) == (tuple(range(6)), tuple(range(5)))
    assert seen_by_gradient(specs, (1, 6, 5), 0, 0) == {(r, c) for r in range(6) for c in range(5)}


def test_lenet_by_hand():
    specs = [Conv2d(1, 20, 5), AvgPool2d(2), Conv2d(20, 50, 5), AvgPool2d(2)]
    fields = [step.seen.fields[0] for step in trace(specs, (1, 28, 28)).steps]
    assert [(f.size, f.jump, f.offset) for f in fields] == [(5, 1, 0), (6, 2, 0), (14, 2, 0), (16, 4, 0)]


@pytest.mark.parametrize("shape", [(1, 5, 7)])
def test_the_whole_stack_as_one_layer(shape):
    followed = trace([Conv2d(1, 1, 3), Conv2d(1, 1, 3)], shape)
    rows, columns = seen_axes(followed.steps[-1].seen, shape)
    assert (rows.out_size, columns.out_size) == (1, 3)
    assert sorted(columns.sources(1)) == [1, 2, 3, 4, 5]
