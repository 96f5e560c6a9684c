"""Initialisations by name, for every convolution and linear layer of a network."""

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import init

LAYERS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d, nn.Linear)
NORMAL_STD = 0.01


def _kaiming(weights: Tensor) -> None:
    init.kaiming_normal_(weights, nonlinearity="relu")


def _normal(weights: Tensor) -> None:
    init.normal_(weights, std=NORMAL_STD)


_BY_NAME: dict[str, Callable[[Tensor], object]] = {
    "kaiming": _kaiming,  # variance 2 / fan-in
    "xavier": init.xavier_uniform_,  # variance 2 / (fan-in + fan-out)
    "normal": _normal,
    "zeros": init.zeros_,
}


def initialise(model: nn.Module, name: str) -> None:
    """Set the weights of convolutions and linear layers that way and their biases to 0; "" leaves all as it is."""
    if not name:
        return
    for layer in model.modules():
        if isinstance(layer, LAYERS):
            _BY_NAME[name](layer.weight)
            if layer.bias is not None:
                init.zeros_(layer.bias)
