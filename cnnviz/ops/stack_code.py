"""PyTorch code of a layer and of a whole stack, ready to run."""

from collections.abc import Sequence
from dataclasses import MISSING, fields

from cnnviz.layer_specs import AvgPool2d, LayerSpec, MaxPool2d
from cnnviz.ops.output_shape import Shape, shape_text
from cnnviz.ops.stack import trace

FIRST = ("in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size", "p")


def layer_code(spec: LayerSpec) -> str:
    """One layer as PyTorch, defaults left out: ``nn.Conv2d(3, 16, kernel_size=3, padding=1)``."""
    arguments = [
        _short(value) if field.name in FIRST else f"{field.name}={_short(value)}"
        for field in fields(spec)
        if not _is_default(spec, field.name, value := getattr(spec, field.name), field.default)
    ]
    return f"nn.{type(spec).__name__}({', '.join(arguments)})"


def _is_default(spec: LayerSpec, name: str, value: object, default: object) -> bool:
    if default is MISSING:
        return False
    if name == "stride" and isinstance(spec, MaxPool2d | AvgPool2d):
        return value == spec.kernel_size
    return value == default or (isinstance(value, tuple) and set(value) == {default})


def _short(value: object) -> str:
    """A pair of equal numbers as one number."""
    if isinstance(value, tuple) and len(set(value)) == 1 and value[0] is not None:
        return repr(value[0])
    return repr(value)


def stack_code(specs: Sequence[LayerSpec], input_shape: Shape) -> str:
    """A stack as an ``nn.Sequential`` with its shapes as comments, and a line that tries it.

    Where the stack fails, the comments say so; the code then fails in torch at the same layer.
    """
    followed = trace(specs, input_shape)
    comments = [shape_text(step.out_shape) for step in followed.steps]
    if followed.failure:
        comments.append(f"fails: {followed.failure.error}")
    comments += ["not reached"] * (len(specs) - len(comments))
    lines = [f"    {layer_code(spec)},  # {comment}" for spec, comment in zip(specs, comments, strict=True)]
    return "\n".join([
        "import torch",
        "from torch import nn",
        "",
        "model = nn.Sequential(",
        *lines,
        ")",
        f"x = torch.zeros(2, {', '.join(str(size) for size in input_shape)})",
        "print(model(x).shape)",
    ])  # fmt: skip
