"""A typed stack as the name of a model, so that a run's spec holds all of it: ``stack:1x28x28:conv 20 k5 / relu``."""

import re

from cnnviz.errors import CnnvizError, ModelError
from cnnviz.layer_specs import LayerSpec
from cnnviz.ops import stack, stack_text
from cnnviz.ops.output_shape import Shape, shape_text

PREFIX = "stack:"
PARTS = re.compile(r"stack:(\d{1,4})x(\d{1,4})x(\d{1,4}):(.+)", re.DOTALL)


def stack_name(chunks: tuple[str, ...], input_shape: Shape) -> str:
    """The name of a stack, typed layer by layer, for inputs of (C, H, W)."""
    return f"{PREFIX}{'x'.join(str(size) for size in input_shape)}:{stack_text.join(chunks)}"


def read(name: str) -> tuple[tuple[LayerSpec, ...], tuple[int, int, int]]:
    """(layers, input shape) of such a name. Raises ModelError for one that makes no model."""
    if not (parts := PARTS.fullmatch(name)):
        raise ModelError(f"{name!r} names no stack.", "Write stack:1x28x28:conv 20 k5 / relu / …", field="model")
    channels, height, width = (int(size) for size in parts.groups()[:3])
    shape = (channels, height, width)
    try:
        specs = stack_text.parse(parts[4], shape)
        failure = stack.trace(specs, shape).failure
    except CnnvizError as error:
        raise ModelError(error.message, error.hint, field="model") from error
    if failure:
        raise ModelError(f"Layer {failure.index + 1}: {failure.error.message}", failure.error.hint, field="model")
    return specs, shape


def check_classes(name: str, num_classes: int) -> None:
    """Raise ModelError unless the stack ends in one number a class."""
    specs, shape = read(name)
    ends = stack.trace(specs, shape).output_shape
    if ends != (num_classes,):
        raise ModelError(
            f"The stack ends in {shape_text(ends)}, and the data has {num_classes} classes.",
            f"End it with flatten / linear {num_classes}.",
            field="model",
        )
