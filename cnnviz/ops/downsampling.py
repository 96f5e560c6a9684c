"""Four ways to make a picture smaller, and what a shift by one pixel does to each.

R. Zhang, "Making convolutional networks shift-invariant again" (2019), compares the same four.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import SpecError

if TYPE_CHECKING:
    import torch

Picture = NDArray[np.float32]  # (H, W), values 0 … 1
WAYS = {
    "Average pooling": "nn.AvgPool2d({0})",
    "Max pooling": "nn.MaxPool2d({0})",
    "Strided convolution": "nn.Conv2d(1, 1, 1, stride={0}, bias=False), weight 1",
    "Blur, then stride": "nn.Conv2d(1, 1, {1}, stride={0}, bias=False), binomial weights",
}
SEEN = 1 / 255  # the smallest change a picture of 8 bits can show


@dataclass(frozen=True)
class Smaller:
    """One way's results: of the picture, of the shifted picture, and where they differ.

    changed: the share of outputs that differ by more than one grey level of 255.
    mean_change: the mean absolute difference, in grey levels of 255.
    """

    name: str
    code: str
    output: Picture
    shifted: Picture
    changed: float
    mean_change: float

    @property
    def difference(self) -> Picture:
        """The absolute difference of the two outputs, (H, W)."""
        gap: Picture = np.abs(self.output - self.shifted)
        return gap


def binomial(factor: int) -> NDArray[np.float32]:
    """A blur of (2·factor − 1)² cells, wide enough for the stride: Pascal's triangle, summing to 1."""
    row = np.array([1.0])
    for _ in range(2 * factor - 2):
        row = np.convolve(row, [0.5, 0.5])
    return np.outer(row, row).astype(np.float32)


def shift(picture: Picture, rows: int, columns: int) -> Picture:
    """The picture moved down and right; what leaves on one side comes in on the other."""
    return np.roll(picture, (rows, columns), axis=(0, 1))


def downsample(picture: Picture, factor: int, way: str) -> Picture:
    """A picture made smaller by a whole factor in one of the WAYS, by torch. Raises SpecError."""
    import torch

    if not 1 <= factor <= min(picture.shape):
        hint = f"Give a factor from 1 to {min(picture.shape)}."
        raise SpecError(f"The factor is {factor}.", hint, field="factor")
    with torch.inference_mode():
        result = _apply(torch.from_numpy(picture)[None, None], factor, way)
    return np.asarray(result[0, 0].numpy(), dtype=np.float32)


def _apply(image: "torch.Tensor", factor: int, way: str) -> "torch.Tensor":
    import torch
    from torch.nn import functional

    if way == "Average pooling":
        return functional.avg_pool2d(image, factor)
    if way == "Max pooling":
        return functional.max_pool2d(image, factor)
    if way == "Strided convolution":
        return functional.conv2d(image, torch.ones(1, 1, 1, 1), stride=factor)
    kernel = torch.from_numpy(binomial(factor))[None, None]
    around = functional.pad(image, (factor - 1,) * 4, mode="circular")  # as the shift is circular, so is the border
    return functional.conv2d(around, kernel, stride=factor)


def compare(picture: Picture, factor: int, rows: int, columns: int) -> list[Smaller]:
    """All four ways on a picture and on its shifted copy. Raises SpecError for a factor that does not fit."""
    moved = shift(picture, rows, columns)
    results = []
    for name, code in WAYS.items():
        output, shifted = downsample(picture, factor, name), downsample(moved, factor, name)
        change = np.abs(output - shifted)
        results.append(Smaller(
            name, code.format(factor, 2 * factor - 1), output, shifted,
            float((change > SEEN).mean()), float(change.mean() * 255),
        ))  # fmt: skip
    return results
