"""Why an op refused its input, for a person: what it got, what it wants, what would help."""

from dataclasses import dataclass
from math import prod
from typing import Any

from torch import nn

from cnnviz.introspection.graph import Shape
from cnnviz.introspection.op_words import first_line


@dataclass(frozen=True)
class Why:
    """``got`` and ``wanted`` are "" where a number does not say it."""

    why: str
    hint: str
    got: str = ""
    wanted: str = ""


def explain(name: str, module: nn.Module | None, shapes: list[Shape], error: Exception) -> Why:
    """The reason, given the op, its module if it is one, and its inputs' shapes (N, …)."""
    shape = shapes[0] if shapes else ()
    for reason in (_linear, _convolution, _norm, _pool):
        if (found := reason(name, module, shape)) is not None:
            return found
    return _shapes_apart(name, shapes) or _unknown(name, error)


def _times(shape: Shape) -> str:
    return "×".join(str(size) for size in shape)


def _linear(name: str, module: Any, shape: Shape) -> Why | None:  # noqa: ANN401 - a module's own attributes
    if not isinstance(module, nn.Linear) or not shape or shape[-1] == module.in_features:
        return None
    flat = len(shape) == 2
    why = (
        f"The linear layer has a weight for each of {module.in_features:,} numbers, and this input size leaves "
        f"{shape[-1]:,}."
        if flat
        else f"The linear layer takes rows of {module.in_features:,} numbers, and gets maps of {_times(shape[1:])}: "
        "a flatten is missing before it."
    )
    hint = (
        "Build the network for this size, or let a global pool go before the head: then any size will do."
        if flat
        else "Put nn.Flatten() before it."
    )
    return Why(why, hint, f"{shape[-1]:,} numbers", f"{module.in_features:,} numbers")


def _convolution(name: str, module: Any, shape: Shape) -> Why | None:  # noqa: ANN401
    if not isinstance(module, nn.Conv2d | nn.ConvTranspose2d) or len(shape) != 4:
        return None
    if shape[1] != module.in_channels:
        why = f"The convolution's kernels have {module.in_channels} channels, and the input has {shape[1]}."
        hint = "Give images with as many channels, or build the network for these."
        return Why(why, hint, f"{shape[1]} channels", f"{module.in_channels} channels")
    reach = [d * (k - 1) + 1 for d, k in zip(module.dilation, module.kernel_size, strict=True)]
    padding = module.padding if isinstance(module.padding, tuple) else (0, 0)
    padded = [size + 2 * pad for size, pad in zip(shape[2:], padding, strict=True)]
    if any(size < need for size, need in zip(padded, reach, strict=True)):
        why = f"The kernel spans {_times(tuple(reach))} pixels, and the padded map has only {_times(tuple(padded))}."
        hint = "Take larger images, or fewer pools and strides before it."
        return Why(why, hint, _times(tuple(padded)), f"at least {_times(tuple(reach))}")
    return None


def _norm(name: str, module: Any, shape: Shape) -> Why | None:  # noqa: ANN401
    if not isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) or len(shape) < 2:
        return None
    if shape[1] != module.num_features:
        why = f"Batch norm keeps a mean for each of {module.num_features} channels, and gets {shape[1]}."
        hint = "Build the network for this size."
        return Why(why, hint, f"{shape[1]} channels", f"{module.num_features} channels")
    if module.training and prod(shape) == shape[1]:
        why = "In training, batch norm takes the mean of each channel over the batch, and one value has no spread."
        hint = "Use a batch of at least 2, or eval()."
        return Why(why, hint, "1 value a channel", "at least 2")
    return None


def _pool(name: str, module: Any, shape: Shape) -> Why | None:  # noqa: ANN401
    if "pool" not in name.lower() or "adaptive" in name.lower() or len(shape) < 3:
        return None
    why = f"The pool's window does not fit into a map of {_times(shape[-2:])}: nothing would be left."
    kernel = getattr(module, "kernel_size", None)
    wanted = f"at least {_times(kernel) if isinstance(kernel, tuple) else f'{kernel}×{kernel}'}" if kernel else ""
    return Why(why, "Take larger images, or leave a pool out.", _times(shape[-2:]), wanted)


def _shapes_apart(name: str, shapes: list[Shape]) -> Why | None:
    if len(shapes) < 2 or len(set(shapes)) < 2:
        return None
    both = " and ".join(_times(shape[1:]) for shape in shapes)
    why = f"Its inputs have different shapes, {both}: the paths that meet here shrink this size differently."
    return Why(why, "Take sides that every stride and pool divides evenly.", both, "one shape")


def _unknown(name: str, error: Exception) -> Why:
    said = first_line(error)
    if "is invalid for input of size" in said:
        return Why(f"The pixels can't be laid out as asked: {said}.", "Build the network for this size.")
    return Why(f"{name} refuses its input: {said}.", "Take the usual size, or build the network for this one.")
