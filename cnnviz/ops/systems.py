"""Stacks to start from: the networks of the five tutorials, as far as a plain stack can hold them."""

from dataclasses import dataclass

from cnnviz.ops.output_shape import Shape

_TAIL = "relu / pool 2"
_TWICE = f"conv 8 k3 p1 / {_TAIL} / conv 16 k3 p1 / {_TAIL}"
_HEAD = "flatten / linear 100 / relu / linear 10"
_DEEP = "conv 32 k3 p1 / relu / pool 2 / conv 16 k3 p1 / relu / pool 2 / conv 16 k3 p1 / relu / pool 2"
_BLOCK = "conv 32 k3 p1 nobias / bn / relu"
_VGG = "conv {0} k3 p{1} / bn / relu / conv {0} k3 p{2} / bn / relu / pool 2 ceil"


@dataclass(frozen=True)
class System:
    """A named stack: its input (C, H, W), its layers as text, and what to know about it."""

    name: str
    title: str
    input_shape: Shape
    text: str
    note: str = ""


def _s1(first: int, second: int, after_conv: str = "", after_pool: str = "") -> str:
    blocks = [f"conv {n} k3 p1{after_conv} / tanh / pool 2{after_pool}" for n in (first, second)]
    return " / ".join([*blocks, "flatten", f"linear {second * 64}>32", "tanh", "linear 32>2"])


def _overfit(h: int) -> str:
    blocks = [f"conv {n} k3 p1 / bn / relu / dropout 0.1 / pool 2" for n in (h, 2 * h)]
    return " / ".join([*blocks, _HEAD])


SYSTEMS = {system.name: system for system in (
    System("lenet", "LeNet on MNIST", (1, 28, 28),
           f"conv 20 k5 / {_TAIL} / conv 50 k5 / {_TAIL} / "
           "flatten / linear 500 / relu / dropout 0.5 / linear 10",
           "28 → 24 → 12 → 8 → 4, hence 4·4·50 = 800 values for the first linear layer."),
    System("baseline", "Birds and airplanes: baseline", (3, 32, 32), _s1(16, 8)),
    System("no_flatten", "Birds and airplanes: the flatten forgotten", (3, 32, 32),
           _s1(16, 8).replace(" / flatten", ""), "Fails on purpose: the linear layer gets 8×8×8."),
    System("width", "Birds and airplanes: width", (3, 32, 32), _s1(32, 16)),
    System("dropout", "Birds and airplanes: dropout", (3, 32, 32),
           _s1(32, 16, after_pool=" / dropout2d 0.4")),
    System("batch_norm", "Birds and airplanes: batch norm", (3, 32, 32),
           _s1(32, 16, after_conv=" / bn")),
    System("depth", "Birds and airplanes: depth", (3, 32, 32),
           f"{_DEEP} / flatten / linear 32 / relu / linear 2"),
    System("res_deep", "Birds and airplanes: ten residual blocks", (3, 32, 32),
           f"conv 32 k3 p1 / {_TAIL} / " + " / ".join([_BLOCK] * 10)
           + " / pool 2 / flatten / linear 32 / relu / linear 2",
           "The path through ten independent blocks. The additions around them change neither."),
    System("fc", "FC CNN on MNIST", (1, 28, 28),
           f"{_TWICE} / {_HEAD}"),
    System("gap", "GAP CNN on MNIST", (1, 28, 28),
           f"{_TWICE} / gap / {_HEAD}",
           "The average over each map costs no parameters: 3,958 instead of 80,758."),
    System("overfit", "Over-fitting CNN on MNIST, h = 8", (1, 28, 28), _overfit(8)),
    System("wafer", "Wafer-map defects", (3, 53, 52),
           "conv 32 k3 / bn / relu / pool 3 s3 p1 / conv 64 k3 / bn / relu / pool 3 s3 p1 / "
           "conv 128 k3 / bn / relu / gmp / flatten / linear 9"),
    System("vgg", "Small VGG on coloured MNIST", (3, 28, 28),
           " / ".join([_VGG.format(32, 0, 0), _VGG.format(64, 0, 0), _VGG.format(128, 1, 0)])
           + " / flatten / linear 1024 / bn / relu / dropout 0.15"
           " / linear 800 / bn / relu / dropout 0.15 / linear 10",
           "28 → 12 → 4 → 1. The six convolutions alone hold 287,008 of its parameters."),
)}  # fmt: skip
