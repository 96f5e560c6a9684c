"""The small VGG of the tutorial on coloured, turned digits (system S5)."""

import torch
from torch import Tensor, nn


class ColourVGG(nn.Module):
    """Three blocks of two convolutions, then three linear layers. 1,251,658 parameters with ten classes.

    ``forward`` takes (N, *input_shape) and returns logits (N, num_classes). 28 → 12 → 4 → 1 for the tutorial's size.
    The tutorial reports 287,008 parameters: those of the six convolutions alone.
    ``keep_prob`` is the share of hidden units that dropout keeps, 1 − p.
    """

    def __init__(
        self,
        num_classes: int = 10,
        input_shape: tuple[int, int, int] = (3, 28, 28),
        keep_prob: float = 0.85,
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        self.features = nn.Sequential(
            *self._block(in_channels, 32, (0, 0)),
            *self._block(32, 64, (0, 0)),
            *self._block(64, 128, (1, 0)),
        )
        num_features = 128 * self._side(height) * self._side(width)
        self.classifier = nn.Sequential(
            *self._hidden(num_features, 1024, keep_prob),
            *self._hidden(1024, 800, keep_prob),
            nn.Linear(800, num_classes),
        )
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)

    @staticmethod
    def _block(in_channels: int, out_channels: int, paddings: tuple[int, int]) -> list[nn.Module]:
        first, second = paddings
        return [
            nn.Conv2d(in_channels, out_channels, 3, padding=first),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, padding=second),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
            nn.MaxPool2d(2, 2, ceil_mode=True),
        ]

    @staticmethod
    def _hidden(in_features: int, out_features: int, keep_prob: float) -> list[nn.Module]:
        return [
            nn.Linear(in_features, out_features),
            nn.BatchNorm1d(out_features),
            nn.ReLU(),
            nn.Dropout(1 - keep_prob),
        ]

    @staticmethod
    def _side(size: int) -> int:
        """The side of the last maps: each block's paddings take 4, 4 and 2, and each pool halves, rounding up."""
        for taken in (4, 4, 2):
            size = -(-(size - taken) // 2)
        return size

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        logits: Tensor = self.classifier(torch.flatten(self.features(images), 1))
        return logits
