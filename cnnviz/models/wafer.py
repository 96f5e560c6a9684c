"""The network of the tutorial on wafer-map defects (system S4)."""

import torch
from torch import Tensor, nn


class WaferCNN(nn.Module):
    """Three convolutions with batch norm, then the maximum of each map. 94,857 parameters with nine classes.

    ``forward`` takes (N, C, H, W) of any size and returns logits (N, num_classes). The tutorial declares a dropout
    that its forward pass never uses; ``dropout_runs`` puts it to work, before the linear layer.
    """

    def __init__(
        self,
        num_classes: int = 9,
        input_shape: tuple[int, int, int] = (3, 53, 52),
        dropout: float = 0.2,
        dropout_runs: bool = False,
    ) -> None:
        super().__init__()
        in_channels, _height, _width = input_shape  # the maximum takes any size
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=3, padding=1),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(3, stride=3, padding=1),
            nn.Conv2d(64, 128, 3, padding=1),
            nn.BatchNorm2d(128),
            nn.ReLU(),
        )
        self.pool = nn.AdaptiveMaxPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.dropout_runs = dropout_runs
        self.classifier = nn.Linear(128, num_classes)
        self._init_weights()

    def _init_weights(self) -> None:
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_in", nonlinearity="relu")
            elif isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
            if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) → (N, num_classes)."""
        maxima = torch.flatten(self.pool(self.features(images)), 1)
        if self.dropout_runs:
            maxima = self.dropout(maxima)
        logits: Tensor = self.classifier(maxima)
        return logits
