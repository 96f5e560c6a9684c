"""The networks of the tutorial on over-fitting and global average pooling (system S3)."""

import torch
from torch import Tensor, nn


class OverfitCNN(nn.Module):
    """Two blocks with batch norm and dropout, then a large linear layer. 80,806 parameters with h = 8, 162,806 with 16.

    ``forward`` takes (N, *input_shape) and returns logits (N, num_classes).
    """

    def __init__(
        self,
        num_classes: int = 10,
        input_shape: tuple[int, int, int] = (1, 28, 28),
        h: int = 8,
        hidden: int = 100,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, h, 3, padding=1),
            nn.BatchNorm2d(h),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.MaxPool2d(2),
            nn.Conv2d(h, 2 * h, 3, padding=1),
            nn.BatchNorm2d(2 * h),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Linear((height // 4) * (width // 4) * 2 * h, hidden), nn.ReLU(), nn.Linear(hidden, num_classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        logits: Tensor = self.classifier(torch.flatten(self.features(images), 1))
        return logits


class FullyConnectedCNN(nn.Module):
    """Two convolutions, their maps flattened into a linear layer. 80,758 parameters for 1×28×28 and ten classes.

    ``forward`` takes (N, *input_shape), no other size, and returns logits (N, num_classes).
    """

    def __init__(
        self,
        num_classes: int = 10,
        input_shape: tuple[int, int, int] = (1, 28, 28),
        h: int = 8,
        hidden: int = 100,
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, h, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(h, 2 * h, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Linear((height // 4) * (width // 4) * 2 * h, hidden), nn.ReLU(), nn.Linear(hidden, num_classes)
        )

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        logits: Tensor = self.classifier(torch.flatten(self.features(images), 1))
        return logits


class GapCNN(nn.Module):
    """The same convolutions, each map averaged to one number. 3,958 parameters with ten classes, at any size.

    ``forward`` takes (N, C, H, W) with H and W of at least 4 and returns logits (N, num_classes).
    """

    def __init__(
        self,
        num_classes: int = 10,
        input_shape: tuple[int, int, int] = (1, 28, 28),
        h: int = 8,
        hidden: int = 100,
    ) -> None:
        super().__init__()
        in_channels, _height, _width = input_shape  # the average takes any size
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, h, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(h, 2 * h, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Linear(2 * h, hidden), nn.ReLU(), nn.Linear(hidden, num_classes))

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) → (N, num_classes)."""
        maps = self.pool(self.features(images))
        logits: Tensor = self.classifier(torch.flatten(maps, 1))
        return logits
