"""Means and standard deviations that people use, of pixels from 0 to 1."""

from dataclasses import dataclass

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Customary:
    """A normalisation by name, with where it comes from."""

    name: str
    mean: Numbers
    std: Numbers
    source: str


HALF = Customary("0.5 and 0.5", (0.5,), (0.5,), "brings every pixel to [−1, 1]")
IMAGENET = Customary(
    "ImageNet's", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), "what torchvision's pretrained networks expect"
)
_MNIST = Customary("MNIST's", (0.1307,), (0.3081,), "PyTorch's MNIST example")
_OF_SETS = {
    "mnist": _MNIST,
    "mnist-5k": _MNIST,
    "fashion-mnist": Customary("FashionMNIST's", (0.2860,), (0.3530,), "of its 60,000 training images"),
    "kmnist": Customary("KMNIST's", (0.1918,), (0.3483,), "of its 60,000 training images"),
    "cifar-10": Customary(
        "CIFAR-10's", (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616), "of its 50,000 training images"
    ),
    "cifar-2": Customary(
        "the tutorial's", (0.4915, 0.4823, 0.4468), (0.2470, 0.2435, 0.2616), "the tutorial on birds and airplanes"
    ),
}


def customary(name: str, channels: int) -> list[Customary]:
    """What people use for a set of that name and number of channels; the set's own first."""
    own = [_OF_SETS[name]] if name in _OF_SETS else []
    return [*own, HALF, *([IMAGENET] if channels == 3 else [])]
