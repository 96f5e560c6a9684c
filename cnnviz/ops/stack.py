"""Shapes, costs and receptive fields through a stack of layers, up to the layer where it fails."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cnnviz.errors import ShapeError, SpecError
from cnnviz.layer_specs import BatchNorm1d, BatchNorm2d, Conv2d, ConvTranspose2d, Flatten, LayerSpec, Linear
from cnnviz.ops.costs import activation_bytes, macs, num_params
from cnnviz.ops.output_shape import Shape, output_shape
from cnnviz.ops.receptive_field import Seen


@dataclass(frozen=True)
class Step:
    """One layer of a stack that works: shapes without the batch, costs for one image in float32."""

    spec: LayerSpec
    in_shape: Shape
    out_shape: Shape
    num_params: int
    macs: int
    activation_bytes: int
    seen: Seen


@dataclass(frozen=True)
class Failure:
    """The first layer that can't take what it gets, counted from 0."""

    index: int
    spec: LayerSpec
    in_shape: Shape
    error: ShapeError


@dataclass(frozen=True)
class Trace:
    """A stack followed from its input to its end, or to the layer where it fails."""

    input_shape: Shape
    steps: tuple[Step, ...]
    failure: Failure | None = None

    @property
    def output_shape(self) -> Shape:
        """The shape after the last layer that works."""
        return self.steps[-1].out_shape if self.steps else self.input_shape

    def total(self, name: str) -> int:
        """The sum of a cost over all steps: "num_params", "macs" or "activation_bytes"."""
        return sum(int(getattr(step, name)) for step in self.steps)


def check_input(shape: Shape) -> None:
    """Raise SpecError unless a shape is (C, H, W) or (F,) with sizes of at least 1."""
    if len(shape) not in (1, 3) or min(shape) < 1:
        raise SpecError(
            f"The input's shape is {shape}.",
            "Give channels, height and width, each at least 1.",
            field="input",
        )


def trace(specs: Sequence[LayerSpec], input_shape: Shape) -> Trace:
    """Follow an input through the layers. A shape that does not fit ends it with a Failure, not an error."""
    check_input(input_shape)
    shape, seen, steps = input_shape, Seen.start(input_shape), list[Step]()
    for index, spec in enumerate(specs):
        try:
            out = output_shape(spec, shape)
        except ShapeError as error:
            return Trace(input_shape, tuple(steps), Failure(index, spec, shape, error))
        seen = seen.through(spec, shape)
        cost = (num_params(spec), macs(spec, shape, out), activation_bytes(out))
        steps.append(Step(spec, shape, out, *cost, seen))
        shape = out
    return Trace(input_shape, tuple(steps))


def mended(failure: Failure) -> tuple[LayerSpec, ...] | None:
    """The layers to put in the failing one's place, or None when there is no single right way."""
    spec, shape = failure.spec, failure.in_shape
    match spec:
        case Linear() if len(shape) == 3:
            return Flatten(), replace(spec, in_features=shape[0] * shape[1] * shape[2])
        case Linear():
            return (replace(spec, in_features=shape[0]),)
        case BatchNorm2d() | BatchNorm1d():
            return ((BatchNorm2d if len(shape) == 3 else BatchNorm1d)(shape[0]),)
        case Conv2d() | ConvTranspose2d() if len(shape) == 3 and failure.error.field == "in_channels":
            if shape[0] % spec.groups == 0:
                return (replace(spec, in_channels=shape[0]),)
    return None
