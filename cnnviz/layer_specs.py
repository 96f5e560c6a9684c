"""Layers as a person asks for them: frozen dataclasses with torch's names and argument names.

What torch.nn refuses whatever the input, these refuse on creation with a SpecError whose ``field`` names
the argument. What depends on the input's shape is checked in ``cnnviz.ops.output_shape``. Stricter than
torch on purpose: layers without channels and adaptive pools to size 0, which torch turns into empty tensors.
"""
# ruff: noqa: RUF009 - the defaults are descriptors, made once for the class as they should be

from dataclasses import dataclass

from cnnviz.errors import SpecError
from cnnviz.layer_fields import Both, Padding, Sides, Target, Whole

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def _check_groups(spec: "Conv2d | ConvTranspose2d") -> None:
    for name, channels in (("in_channels", spec.in_channels), ("out_channels", spec.out_channels)):
        if channels % spec.groups:
            raise SpecError(
                f"{name} {channels} is not divisible by groups {spec.groups}.",
                f"Give groups that divide both {spec.in_channels} and {spec.out_channels}.", field="groups",
            )  # fmt: skip


@dataclass(frozen=True)
class Conv2d:
    """Cross-correlation of (in_channels, H, W) with weights (out_channels, in_channels // groups, kH, kW)."""

    in_channels: Whole = Whole(least=1)
    out_channels: Whole = Whole(least=1)
    kernel_size: Both = Both(least=1)
    stride: Both = Both(1, least=1)
    padding: Padding = Padding(0)
    dilation: Both = Both(1, least=1)
    groups: Whole = Whole(1, least=1)
    bias: bool = True
    padding_mode: str = "zeros"

    def __post_init__(self) -> None:
        _check_groups(self)
        if self.padding_mode not in PADDING_MODES:
            hint = f"Choose one of {', '.join(PADDING_MODES)}."
            raise SpecError(f"padding_mode is {self.padding_mode!r}.", hint, field="padding_mode")
        if self.padding == "same" and self.stride != (1, 1):
            raise SpecError(
                f"padding='same' does not go with stride {self.stride[0]}×{self.stride[1]}.",
                "Set the stride to 1, or give the padding as a number.", field="padding",
            )  # fmt: skip
        # The other modes crop by a negative padding; torch's own convolution, which pads with zeros, refuses.
        if self.padding_mode == "zeros" and not isinstance(self.padding, str) and min(self.padding) < 0:
            raise SpecError(f"padding is {min(self.padding)}.", "Give at least 0.", field="padding")


@dataclass(frozen=True)
class ConvTranspose2d:
    """The transpose (gradient) of Conv2d: weights (in_channels, out_channels // groups, kH, kW)."""

    in_channels: Whole = Whole(least=1)
    out_channels: Whole = Whole(least=1)
    kernel_size: Both = Both(least=1)
    stride: Both = Both(1, least=1)
    padding: Both = Both(0, least=0)
    output_padding: Both = Both(0, least=0)
    groups: Whole = Whole(1, least=1)
    bias: bool = True
    dilation: Both = Both(1, least=1)

    def __post_init__(self) -> None:
        _check_groups(self)
        for extra, stride, dilation in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if extra >= max(stride, dilation):
                raise SpecError(
                    f"output_padding {extra} is not smaller than stride {stride} or dilation {dilation}.",
                    f"Give at most {max(stride, dilation) - 1}.", field="output_padding",
                )  # fmt: skip


def _check_pool_padding(spec: "MaxPool2d | AvgPool2d") -> None:
    for padding, kernel in zip(spec.padding, spec.kernel_size, strict=True):
        if padding > kernel // 2:
            raise SpecError(
                f"padding {padding} is more than half of kernel_size {kernel}.",
                f"Give at most {kernel // 2}.", field="padding",
            )  # fmt: skip


@dataclass(frozen=True)
class MaxPool2d:
    """The largest value of each window; padding counts as minus infinity."""

    kernel_size: Both = Both(least=1)
    stride: Both = Both(None, least=1, like="kernel_size")
    padding: Both = Both(0, least=0)
    dilation: Both = Both(1, least=1)
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        _check_pool_padding(self)


@dataclass(frozen=True)
class AvgPool2d:
    """The mean of each window; padding counts as zeros, or not at all without ``count_include_pad``."""

    kernel_size: Both = Both(least=1)
    stride: Both = Both(None, least=1, like="kernel_size")
    padding: Both = Both(0, least=0)
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None

    def __post_init__(self) -> None:
        _check_pool_padding(self)
        if self.divisor_override == 0:
            hint = "Give another number, or none."
            raise SpecError("divisor_override is 0.", hint, field="divisor_override")


@dataclass(frozen=True)
class AdaptiveAvgPool2d:
    """Means of windows laid out so that the output has ``output_size``."""

    output_size: Target = Target()


@dataclass(frozen=True)
class AdaptiveMaxPool2d:
    """Largest values of windows laid out so that the output has ``output_size``."""

    output_size: Target = Target()


@dataclass(frozen=True)
class ZeroPad2d:
    """Rows and columns of zeros, side by side: (left, right, top, bottom). Negative numbers crop."""

    padding: Sides = Sides()


@dataclass(frozen=True)
class ReLU:
    """max(x, 0), cell by cell."""


@dataclass(frozen=True)
class Tanh:
    """tanh(x), cell by cell."""


@dataclass(frozen=True)
class BatchNorm2d:
    """Each channel of (num_features, H, W) centred and scaled, then weight × value + bias."""

    num_features: Whole = Whole(least=1)


@dataclass(frozen=True)
class BatchNorm1d:
    """Each of num_features values centred and scaled, then weight × value + bias."""

    num_features: Whole = Whole(least=1)


def _check_probability(p: object) -> None:
    if isinstance(p, bool) or not isinstance(p, (int, float)) or not 0 <= p <= 1:
        raise SpecError(f"p is {p!r}.", "Give a probability between 0 and 1.", field="p")


@dataclass(frozen=True)
class Dropout:
    """Single values set to zero with probability p while training."""

    p: float = 0.5

    def __post_init__(self) -> None:
        _check_probability(self.p)


@dataclass(frozen=True)
class Dropout2d:
    """Whole channels set to zero with probability p while training."""

    p: float = 0.5

    def __post_init__(self) -> None:
        _check_probability(self.p)


@dataclass(frozen=True)
class Flatten:
    """(C, H, W) as C·H·W values."""


@dataclass(frozen=True)
class Linear:
    """weight (out_features, in_features) times the last axis, plus bias."""

    in_features: Whole = Whole(least=1)
    out_features: Whole = Whole(least=1)
    bias: bool = True


PoolSpec = MaxPool2d | AvgPool2d
AdaptiveSpec = AdaptiveAvgPool2d | AdaptiveMaxPool2d
WindowSpec = Conv2d | ConvTranspose2d | PoolSpec | AdaptiveSpec
PointSpec = ReLU | Tanh | BatchNorm2d | BatchNorm1d | Dropout | Dropout2d
LayerSpec = WindowSpec | ZeroPad2d | PointSpec | Flatten | Linear
LAYERS: dict[str, type[LayerSpec]] = {
    kind.__name__: kind
    for kind in (
        Conv2d, ConvTranspose2d, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, AdaptiveMaxPool2d, ZeroPad2d,
        ReLU, Tanh, BatchNorm2d, BatchNorm1d, Dropout, Dropout2d, Flatten, Linear,
    )
}  # fmt: skip
