"""How a network's accuracy holds when its images are shifted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

DIRECTIONS = {"right": (0, 1), "left": (0, -1), "down": (1, 0), "up": (-1, 0)}
MOST = 6
BATCH = 500


@dataclass(frozen=True)
class ShiftRow:
    """Accuracy (0 to 1) at one distance, direction by direction."""

    pixels: int
    by_direction: dict[str, float]

    @property
    def mean(self) -> float:
        """Over the directions."""
        return sum(self.by_direction.values()) / len(self.by_direction)


def shifted(images: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Images (N, C, H, W) moved down and to the right by whole pixels; zeros come in from outside."""
    height, width = images.shape[2:]
    result = np.zeros_like(images)
    to_rows, from_rows = _overlap(rows, height)
    to_columns, from_columns = _overlap(columns, width)
    result[:, :, to_rows, to_columns] = images[:, :, from_rows, from_columns]
    return result


def _overlap(by: int, size: int) -> tuple[slice, slice]:
    if abs(by) >= size:
        return slice(0, 0), slice(0, 0)
    return slice(max(by, 0), size + min(by, 0)), slice(max(-by, 0), size - max(by, 0))


def shift_accuracies(
    model: nn.Module,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    mean: Sequence[float],
    std: Sequence[float],
    tell: Callable[[float], None] = lambda share: None,
) -> list[ShiftRow]:
    """Accuracy at 0 to 6 pixels, in four directions, in eval mode.

    images: uint8 (N, C, H, W); labels: (N,); mean and std as a run's spec has them. ``tell`` hears the share done.
    """
    model.eval()
    still = _accuracy(model, images, labels, mean, std)
    rows = [ShiftRow(0, dict.fromkeys(DIRECTIONS, still))]
    for pixels in range(1, MOST + 1):
        tell(pixels / (MOST + 1))
        found = {
            name: _accuracy(model, shifted(images, down * pixels, right * pixels), labels, mean, std)
            for name, (down, right) in DIRECTIONS.items()
        }
        rows.append(ShiftRow(pixels, found))
    return rows


@torch.inference_mode()
def _accuracy(
    model: nn.Module,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    mean: Sequence[float],
    std: Sequence[float],
) -> float:
    right = 0
    for start in range(0, len(images), BATCH):
        logits = model(normalised(images[start : start + BATCH], mean, std))
        right += int((logits.argmax(1).numpy() == labels[start : start + BATCH]).sum())
    return right / max(len(images), 1)


def normalised(images: NDArray[np.uint8], mean: Sequence[float], std: Sequence[float]) -> torch.Tensor:
    """uint8 (N, C, H, W) → float32, as training feeds it: (x / 255 − mean) / std, channel by channel."""
    pixels = torch.from_numpy(np.ascontiguousarray(images)).float() / 255
    return (pixels - torch.tensor(mean).reshape(1, -1, 1, 1)) / torch.tensor(std).reshape(1, -1, 1, 1)
