"""The words of typed stacks, and the layer that a line of them is on its way to become."""

from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from math import prod
from typing import Any

from cnnviz.errors import SpecError
from cnnviz.layer_specs import LAYERS, LayerSpec
from cnnviz.ops.output_shape import Shape

WORDS = {
    "conv": "Conv2d", "convolution": "Conv2d",
    "deconv": "ConvTranspose2d", "convt": "ConvTranspose2d", "convtranspose": "ConvTranspose2d",
    "pool": "MaxPool2d", "max": "MaxPool2d", "maxpool": "MaxPool2d",
    "avg": "AvgPool2d", "mean": "AvgPool2d", "avgpool": "AvgPool2d",
    "gap": "AdaptiveAvgPool2d", "adaptiveavg": "AdaptiveAvgPool2d", "adaptiveavgpool": "AdaptiveAvgPool2d",
    "gmp": "AdaptiveMaxPool2d", "adaptivemax": "AdaptiveMaxPool2d", "adaptivemaxpool": "AdaptiveMaxPool2d",
    "pad": "ZeroPad2d", "zeropad": "ZeroPad2d",
    "bn": "BatchNorm", "batchnorm": "BatchNorm",
    "relu": "ReLU", "tanh": "Tanh", "dropout": "Dropout", "flatten": "Flatten",
    "linear": "Linear", "fc": "Linear", "dense": "Linear",
} | {name.lower(): name for name in LAYERS}  # fmt: skip
OPTIONS = {
    "k": "kernel_size", "kernel": "kernel_size", "s": "stride", "stride": "stride",
    "p": "padding", "padding": "padding", "d": "dilation", "dilation": "dilation",
    "g": "groups", "groups": "groups", "op": "output_padding", "div": "divisor_override",
}  # fmt: skip
FLAGS: dict[str, tuple[str, object]] = {
    "same": ("padding", "same"), "valid": ("padding", "valid"), "nobias": ("bias", False),
    "ceil": ("ceil_mode", True), "nopad": ("count_include_pad", False),
    "reflect": ("padding_mode", "reflect"), "replicate": ("padding_mode", "replicate"),
    "circular": ("padding_mode", "circular"),
}  # fmt: skip
MAIN = {  # what a bare number after the layer's name means
    "Conv2d": "out_channels", "ConvTranspose2d": "out_channels", "Linear": "out_features",
    "MaxPool2d": "kernel_size", "AvgPool2d": "kernel_size", "AdaptiveAvgPool2d": "output_size",
    "AdaptiveMaxPool2d": "output_size", "ZeroPad2d": "padding", "Dropout": "p", "Dropout2d": "p",
    "BatchNorm2d": "num_features", "BatchNorm1d": "num_features",
}  # fmt: skip
GLOBAL = ("gap", "gmp")


def kind_of(word: str, shape: Shape) -> type[LayerSpec]:
    """The layer a word names; a batch norm fits itself to the shape. Raises SpecError with a guess."""
    if word not in WORDS:
        near = get_close_matches(word, WORDS, n=2, cutoff=0.5)
        guess = " or ".join(f"“{name}”" for name in near)
        hint = f"Did you mean {guess}?" if near else f"Layers are {', '.join(sorted(set(WORDS)))}."
        raise SpecError(f"there is no layer “{word}”.", hint, field="stack")
    name = WORDS[word]
    if name == "BatchNorm":
        name = "BatchNorm2d" if len(shape) == 3 else "BatchNorm1d"
    return LAYERS[name]


@dataclass
class Draft:
    """A layer half read: its kind and the arguments found so far."""

    kind: type[LayerSpec]
    arguments: dict[str, Any] = field(default_factory=dict)
    numbers: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The layer's name in torch."""
        return self.kind.__name__

    def set(self, name: str, value: object, word: str) -> None:
        """Set an argument. Raises SpecError when this layer has none of that name."""
        known = [each.name for each in fields(self.kind)]
        if name not in known:
            hint = f"It takes {', '.join(known)}." if known else "It takes none."
            raise SpecError(f"“{word}” sets {name}, which {self.name} does not have.", hint, field="stack")
        self.arguments[name] = value

    def set_inputs(self, count: int) -> None:
        """Set in_channels or in_features, as in ``3>16``."""
        self.set("in_features" if self.name == "Linear" else "in_channels", count, f"{count}>")

    def add_number(self, word: str) -> None:
        """Keep a bare number, a pair (3x5) or a list (1,0,1,0) for the layer's main argument."""
        parts = word.replace("x", ",").split(",")
        values = [float(part) if "." in part else int(part) for part in parts]
        self.numbers.append(values[0] if len(values) == 1 else tuple(values))

    def fill_in(self, word: str, shape: Shape) -> None:
        """Give the bare numbers their meaning, and what was left out its value from the shape so far."""
        self._place_numbers(word)
        channels = shape[0]
        if self.name in ("Conv2d", "ConvTranspose2d"):
            self.arguments.setdefault("in_channels", channels)
            self.arguments.setdefault("kernel_size", 3)
        elif self.name == "Linear":
            self.arguments.setdefault("in_features", prod(shape))
        elif self.name.startswith("BatchNorm"):
            self.arguments.setdefault("num_features", channels)
        elif self.name in ("MaxPool2d", "AvgPool2d"):
            self.arguments.setdefault("kernel_size", 2)
        elif word in GLOBAL:
            self.arguments.setdefault("output_size", 1)

    def _place_numbers(self, word: str) -> None:
        if not self.numbers:
            return
        main = MAIN.get(self.name)
        if main is None or len(self.numbers) > 1 or main in self.arguments:
            extra = self.numbers[-1 if main else 0]
            hint = f"{self.name} takes one bare number, its {main}." if main else f"{self.name} takes none."
            raise SpecError(f"the number {extra} has no place.", hint, field="stack")
        self.arguments[main] = self.numbers[0]

    def build(self) -> LayerSpec:
        """The layer. Raises SpecError when an argument is missing or wrong."""
        main = MAIN.get(self.name)
        optional = self.name.startswith(("Dropout", "BatchNorm"))
        if main and main not in self.arguments and not optional:
            raise SpecError(f"{main} is missing.", f"Write for example “{self.name.lower()} 8”.", field="stack")
        return self.kind(**self.arguments)
