"""How much each input pixel really moves one cell deep in a stack.

W. Luo, Y. Li, R. Urtasun and R. Zemel, "Understanding the effective receptive field in deep convolutional
neural networks" (2016): the gradient of a cell with respect to the input, here summed over absolute values.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray

from cnnviz.errors import ShapeError
from cnnviz.layer_specs import LayerSpec
from cnnviz.models.stack import build_stack
from cnnviz.ops.output_shape import Shape, shape_text


@dataclass(frozen=True)
class EffectiveField:
    """weights: (H, W), each pixel's share of the gradient, summing to 1, or all 0 if nothing gets through.

    cells_for_most: the fewest pixels that together carry 90 % of it.
    """

    weights: NDArray[np.float64]
    cells_for_most: int


def effective_field(
    specs: tuple[LayerSpec, ...],
    image: NDArray[np.float32],
    cell: tuple[int, int],
    seeds: int = 8,
) -> EffectiveField:
    """The mean over fresh random weights of |∂ cell / ∂ image|, summed over channels.

    specs: layers that fit; image: (C, H, W); cell: (row, column) of the last feature map, ignored after a
    flatten, where one unit stands for all. Raises ShapeError for layers that do not fit or a cell outside.
    """
    total = torch.zeros(image.shape[1:], dtype=torch.float64)
    for seed in range(seeds):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            total += _gradient(specs, image, cell)
    mass = float(total.sum())
    weights = (total / mass if mass > 0 else total).numpy()
    return EffectiveField(weights, _cells_for(weights, 0.9))


def _gradient(specs: tuple[LayerSpec, ...], image: NDArray[np.float32], cell: tuple[int, int]) -> torch.Tensor:
    model = build_stack(specs, tuple(image.shape)).eval()
    pixels = torch.from_numpy(image)[None].requires_grad_()
    output = model(pixels)[0]
    signs = torch.sign(torch.randn(_channels(output.shape)))  # so that channels don't cancel in one fixed way
    values = output[:, cell[0], cell[1]] if output.ndim == 3 and _inside(output, cell) else output.flatten()
    gradient = torch.autograd.grad((values * signs[: values.numel()]).sum(), pixels)[0]
    return gradient[0].abs().sum(0).double()


def _channels(shape: torch.Size) -> int:
    return prod(shape)


def _inside(output: torch.Tensor, cell: tuple[int, int]) -> bool:
    if not (0 <= cell[0] < output.shape[1] and 0 <= cell[1] < output.shape[2]):
        size: Shape = tuple(output.shape[1:])
        raise ShapeError(f"The cell {cell} is outside {shape_text(size)}.", "Choose another.", field="cell")
    return True


def _cells_for(weights: NDArray[np.float64], share: float) -> int:
    ordered = np.sort(weights.ravel())[::-1]
    return int(np.searchsorted(np.cumsum(ordered), share * ordered.sum()) + 1) if ordered.sum() > 0 else 0
