"""What comes out of a layer, or why nothing does and what would mend it.

Shapes leave out the batch: (C, H, W), or (F,) after a flatten.
"""

from math import prod

from cnnviz.errors import ShapeError
from cnnviz.layer_specs import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Dropout2d,
    Flatten,
    LayerSpec,
    Linear,
    ReLU,
    Tanh,
    WindowSpec,
    ZeroPad2d,
)
from cnnviz.ops.geometry import axes

Shape = tuple[int, ...]


def shape_text(shape: Shape) -> str:
    """A shape for a person: 16×30×30."""
    return "×".join(str(size) for size in shape)


def output_shape(spec: LayerSpec, shape: Shape) -> Shape:
    """The shape a layer makes of a shape. Raises ShapeError where torch would refuse it.

    Stricter than torch in one thing: ZeroPad2d after a flatten, which torch lets pad the batch.
    """
    match spec:
        case ReLU() | Tanh() | Dropout() | Dropout2d():
            return shape
        case Flatten():
            return (prod(shape),)
        case Linear():
            return _linear(spec, shape)
        case BatchNorm1d():
            return _batch_norm1d(spec, shape)
        case _:
            return _spatial(spec, shape)


def _spatial(spec: WindowSpec | ZeroPad2d | BatchNorm2d, shape: Shape) -> Shape:
    name = type(spec).__name__
    if len(shape) != 3:
        raise ShapeError(
            f"{name} works on (C, H, W) and gets {shape_text(shape)} values in a row.",
            "Move it before the Flatten.", field="order",
        )  # fmt: skip
    channels, height, width = shape
    if isinstance(spec, BatchNorm2d):
        _check(name, "num_features", spec.num_features, channels)
        return shape
    if isinstance(spec, Conv2d | ConvTranspose2d):
        _check(name, "in_channels", spec.in_channels, channels)
    rows, columns = axes(spec, height, width)
    out_channels = spec.out_channels if isinstance(spec, Conv2d | ConvTranspose2d) else channels
    return out_channels, rows.out_size, columns.out_size


def _check(name: str, field: str, asked: int, got: int) -> None:
    if asked != got:
        raise ShapeError(f"{name} has {field} {asked} and gets {got} channels.", f"Set {field} to {got}.", field=field)


def _linear(spec: Linear, shape: Shape) -> Shape:
    if shape[-1] == spec.in_features:
        return (*shape[:-1], spec.out_features)
    count = prod(shape)
    if len(shape) == 1:
        hint = f"Set in_features to {count}."
    elif count == spec.in_features:
        hint = f"Add Flatten; it would give {count}."
    else:
        hint = f"Add Flatten; it would give {count}, so set in_features to {count} as well."
    raise ShapeError(
        f"Linear has in_features {spec.in_features}; the rows of {shape_text(shape)} hold {shape[-1]}.",
        hint, field="in_features",
    )  # fmt: skip


def _batch_norm1d(spec: BatchNorm1d, shape: Shape) -> Shape:
    if len(shape) != 1:
        raise ShapeError(
            f"BatchNorm1d works on values in a row and gets {shape_text(shape)}.",
            "Use BatchNorm2d here, or add Flatten before it.", field="order",
        )  # fmt: skip
    _check("BatchNorm1d", "num_features", spec.num_features, shape[0])
    return shape


def is_adaptive(spec: LayerSpec) -> bool:
    """True for the pools that are told their output's size."""
    return isinstance(spec, AdaptiveAvgPool2d | AdaptiveMaxPool2d)
