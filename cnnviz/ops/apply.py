"""Run a laboratory's steps with PyTorch: the numbers that the page's canvas is held against."""

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its name everywhere
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.kernel_checks import Kernel
from cnnviz.kernel_specs import KernelLab, KernelStep

GREY = (0.299, 0.587, 0.114)  # ITU-R BT.601, as PIL's convert("L")


def to_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """A picture (H, W, C) of bytes as (1, C, H, W) float32 from 0 to 1."""
    return torch.from_numpy(np.array(pixels.transpose(2, 0, 1), order="C")).float().div(255)[None]


def apply_lab(x: Tensor, lab: KernelLab) -> list[Tensor]:
    """What comes out of each step for x of shape (1, C, H, W). Raises ShapeError when a window does not
    fit."""
    lab.shapes(*x.shape[1:])
    if lab.channels == "grey":
        x = to_grey(x)
    outputs = []
    with torch.inference_mode():
        for step in lab.steps:
            x = apply_step(x, step, lab.channels)
            outputs.append(x)
    return outputs


def to_grey(x: Tensor) -> Tensor:
    """(1, 3, H, W) to (1, 1, H, W); one channel stays as it is."""
    if x.shape[1] == 1:
        return x
    red, green, blue = GREY
    return red * x[:, 0:1] + green * x[:, 1:2] + blue * x[:, 2:3]


def apply_step(x: Tensor, step: KernelStep, channels: str) -> Tensor:
    """One step on x (1, C, H, W)."""
    if step.kind == "kernel":
        return convolve(x, step.kernel, step, channels, step.bias)
    if step.kind == "magnitude":
        a, b = (convolve(x, kernel, step, channels, 0.0) for kernel in (step.kernel, step.second))
        return torch.sqrt(a * a + b * b)
    if step.kind == "relu":
        return F.relu(x)
    if step.kind == "abs":
        return torch.abs(x)
    pool = F.max_pool2d if step.kind == "max_pool" else F.avg_pool2d
    return pool(x, step.size, step.stride)


def convolve(x: Tensor, kernel: Kernel, step: KernelStep, channels: str, bias: float) -> Tensor:
    """``conv2d`` (cross-correlation) with the step's stride, padding and dilation; ``sum`` gives one
    channel."""
    weight = torch.tensor(kernel)[None, None]
    count = x.shape[1]
    groups = 1 if channels == "sum" else count
    weight = weight.expand(1, count, -1, -1) if channels == "sum" else weight.expand(count, 1, -1, -1)
    offset = torch.full((weight.shape[0],), bias)
    padding: tuple[int, int] | str = step.padding
    if step.mode in ("none", "same"):
        padding = (0, 0) if step.mode == "none" else "same"
    elif step.mode != "zeros":
        x = F.pad(x, _sides(step), mode=step.mode)
        padding = (0, 0)
    return F.conv2d(x, weight, offset, step.stride, padding, step.dilation, groups)


def _sides(step: KernelStep) -> list[int]:
    top, bottom, left, right = step.pads()
    return [left, right, top, bottom]
