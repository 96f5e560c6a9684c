"""LeNet as the MNIST tutorial builds it (system S2)."""

import torch
from torch import Tensor, nn


class LeNet(nn.Module):
    """Two 5×5 convolutions with pooling, then two linear layers.

    ``forward`` takes (N, *input_shape) and returns logits (N, num_classes). A 5×5 kernel takes 4 from each side's
    sum and a pool halves it, 28 → 24 → 12 → 8 → 4, hence 4·4·50 = 800 features for the head.
    Has 431,080 parameters for 1×28×28 and ten classes.
    """

    def __init__(
        self, num_classes: int = 10, input_shape: tuple[int, int, int] = (1, 28, 28), dropout: float = 0.5
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        num_features = 50 * self._side(height) * self._side(width)
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 20, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(20, 50, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Linear(num_features, 500),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(500, num_classes),
        )

    @staticmethod
    def _side(size: int) -> int:
        return ((size - 4) // 2 - 4) // 2

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        logits: Tensor = self.classifier(torch.flatten(self.features(images), 1))
        return logits
