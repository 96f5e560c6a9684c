"""The networks of the birds-and-airplanes tutorial (system S1) with skip connections."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class CifarRes(nn.Module):
    """The deep network, its third convolution's input added to that one's output. 16,130 parameters, as without.

    ``forward`` takes (N, *input_shape) and returns logits (N, num_classes).
    """

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
        out = functional.max_pool2d(torch.relu(self.conv3(out)) + out, 2)
        out = torch.relu(self.fc1(torch.flatten(out, 1)))
        logits: Tensor = self.fc2(out)
        return logits


class ResBlock(nn.Module):
    """Convolution, batch norm, ReLU, plus the input: (N, n, H, W) → (N, n, H, W).

    The convolution has no bias, which batch norm would cancel. Kaiming normal weights; batch norm starts with
    weight 0.5 and bias 0.
    """

    def __init__(self, n: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(n, n, 3, padding=1, bias=False)
        self.batch_norm = nn.BatchNorm2d(n)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")
        nn.init.constant_(self.batch_norm.weight, 0.5)
        nn.init.zeros_(self.batch_norm.bias)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, n, H, W) → (N, n, H, W)."""
        return torch.relu(self.batch_norm(self.conv(maps))) + maps


class CifarResDeep(nn.Module):
    """A chain of residual blocks. 75,810 parameters with n = 32 and two classes, as the tutorial writes it.

    The tutorial builds the chain as ``n_blocks * [ResBlock(n)]``, one block repeated: all blocks share one set of
    weights, and the count stays the same at any depth. With ``shared`` off each block has weights of its own:
    159,330 parameters with ten blocks, 994,530 with a hundred.
    """

    def __init__(
        self,
        num_classes: int = 2,
        input_shape: tuple[int, int, int] = (3, 32, 32),
        n: int = 32,
        num_blocks: int = 10,
        shared: bool = True,
        hidden: int = 32,
    ) -> None:
        super().__init__()
        in_channels, height, width = input_shape
        self.conv1 = nn.Conv2d(in_channels, n, 3, padding=1)
        blocks = num_blocks * [ResBlock(n)] if shared else [ResBlock(n) for _ in range(num_blocks)]
        self.resblocks = nn.Sequential(*blocks)
        self.fc1 = nn.Linear((height // 4) * (width // 4) * n, hidden)
        self.fc2 = nn.Linear(hidden, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """(N, *input_shape) → (N, num_classes)."""
        out = functional.max_pool2d(torch.relu(self.conv1(images)), 2)
        out = functional.max_pool2d(self.resblocks(out), 2)
        out = torch.relu(self.fc1(torch.flatten(out, 1)))
        logits: Tensor = self.fc2(out)
        return logits
