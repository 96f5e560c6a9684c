"""The networks of the birds-and-airplanes tutorial (system S1) without skip connections.

Pooling, activation and flattening are functional calls, as in the tutorial: a list of modules does not show them.
All convolutions are 3×3 with padding 1, so only the pools change the size: 32 → 16 → 8 → 4.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class CifarBaseline(nn.Module):
    """Two convolutions and two linear layers, tanh between them. 18,090 parameters with n = 16 and two classes.

    ``forward`` takes (N, *input_shape) and returns logits (N, num_classes). The second convolution has n / 2 channels.
    With n = 32 it is the tutorial's "width", 38,386 parameters.
    """

    def __init__(
        self, num_classes: int = 2, input_shape: tuple[int, int, int] = (3, 32, 32), n: int = 16, hidden: int = 32
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        self.conv1 = nn.Conv2d(in_channels, n, 3, padding=1)
        self.conv2 = nn.Conv2d(n, n // 2, 3, padding=1)
        self.fc1 = nn.Linear((height // 4) * (width // 4) * (n // 2), hidden)
        self.fc2 = nn.Linear(hidden, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        out = functional.max_pool2d(torch.tanh(self.conv1(images)), 2)
        out = functional.max_pool2d(torch.tanh(self.conv2(out)), 2)
        out = torch.tanh(self.fc1(torch.flatten(out, 1)))
        logits: Tensor = self.fc2(out)
        return logits


class CifarDropout(nn.Module):
    """The wide network with whole channels dropped after each pool. 38,386 parameters with n = 32 and two classes."""

    def __init__(
        self,
        num_classes: int = 2,
        input_shape: tuple[int, int, int] = (3, 32, 32),
        n: int = 32,
        hidden: int = 32,
        dropout: float = 0.4,
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        self.conv1 = nn.Conv2d(in_channels, n, 3, padding=1)
        self.conv1_dropout = nn.Dropout2d(dropout)
        self.conv2 = nn.Conv2d(n, n // 2, 3, padding=1)
        self.conv2_dropout = nn.Dropout2d(dropout)
        self.fc1 = nn.Linear((height // 4) * (width // 4) * (n // 2), hidden)
        self.fc2 = nn.Linear(hidden, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        out = self.conv1_dropout(functional.max_pool2d(torch.tanh(self.conv1(images)), 2))
        out = self.conv2_dropout(functional.max_pool2d(torch.tanh(self.conv2(out)), 2))
        out = torch.tanh(self.fc1(torch.flatten(out, 1)))
        logits: Tensor = self.fc2(out)
        return logits


class CifarBatchNorm(nn.Module):
    """The wide network with batch norm between convolution and tanh. 38,482 parameters with n = 32 and two classes."""

    def __init__(
        self, num_classes: int = 2, input_shape: tuple[int, int, int] = (3, 32, 32), n: int = 32, hidden: int = 32
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        self.conv1 = nn.Conv2d(in_channels, n, 3, padding=1)
        self.conv1_batchnorm = nn.BatchNorm2d(n)
        self.conv2 = nn.Conv2d(n, n // 2, 3, padding=1)
        self.conv2_batchnorm = nn.BatchNorm2d(n // 2)
        self.fc1 = nn.Linear((height // 4) * (width // 4) * (n // 2), hidden)
        self.fc2 = nn.Linear(hidden, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        out = functional.max_pool2d(torch.tanh(self.conv1_batchnorm(self.conv1(images))), 2)
        out = functional.max_pool2d(torch.tanh(self.conv2_batchnorm(self.conv2(out))), 2)
        out = torch.tanh(self.fc1(torch.flatten(out, 1)))
        logits: Tensor = self.fc2(out)
        return logits


class CifarDepth(nn.Module):
    """Three convolutions with ReLU and pooling. 16,130 parameters with n = 32 and two classes."""

    def __init__(
        self, num_classes: int = 2, input_shape: tuple[int, int, int] = (3, 32, 32), n: int = 32, hidden: int = 32
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        self.conv1 = nn.Conv2d(in_channels, n, 3, padding=1)
        self.conv2 = nn.Conv2d(n, n // 2, 3, padding=1)
        self.conv3 = nn.Conv2d(n // 2, n // 2, 3, padding=1)
        self.fc1 = nn.Linear((height // 8) * (width // 8) * (n // 2), hidden)
        self.fc2 = nn.Linear(hidden, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        out = functional.max_pool2d(torch.relu(self.conv1(images)), 2)
        out = functional.max_pool2d(torch.relu(self.conv2(out)), 2)
        out = functional.max_pool2d(torch.relu(self.conv3(out)), 2)
        out = torch.relu(self.fc1(torch.flatten(out, 1)))
        logits: Tensor = self.fc2(out)
        return logits
