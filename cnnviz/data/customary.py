"""Means and standard deviations that people use, of pixels from 0 to 1."""

from dataclasses import dataclass

from cnnviz.data.entry import DataEntry

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
}


def customary(entry: DataEntry) -> list[Customary]:
    """What people use for such a set; its own first."""
    own = [_OF_SETS[entry.name]] if entry.name in _OF_SETS else []
    if not own and (entry.mean, entry.std) != (HALF.mean, HALF.std):
        own = [Customary("customary", entry.mean, entry.std, f"what is used with {entry.title}")]
    return [*own, HALF, *([IMAGENET] if entry.shape[0] == 3 else [])]
