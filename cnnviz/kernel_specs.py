"""What a person asked of the kernel laboratory: up to four steps and how they treat the channels.

Everything is checked on creation, so that a laboratory that exists is one that PyTorch accepts; whether
it fits a picture is asked with ``shapes``. Weights are kept as the float32 numbers that PyTorch will use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnviz.errors import ShapeError, SpecError
from cnnviz.kernel_checks import (
    MAX_SIDE,
    Kernel,
    Pair,
    kernel_of,
    number,
    one_of,
    pair,
    pair_text,
    quote,
    shape_of,
    sides,
)

CHANNELS = ("each", "sum", "grey")
MODES = ("zeros", "reflect", "replicate", "circular", "none", "same")
SHOWS = ("auto", "clip", "stretch", "signed_clip", "signed_stretch", "heat")
KINDS = ("kernel", "magnitude", "relu", "abs", "max_pool", "avg_pool")
MAX_STEPS = 4
MAX_STRIDE, MAX_PADDING, MAX_DILATION = 64, 64, 32

VERTICAL_EDGE: Kernel = ((-1.0, 0.0, 1.0),) * 3


@dataclass(frozen=True)
class KernelStep:
    """One step of the chain. Sizes are (height, width) pairs; a single number counts for both.

    kernel, second: weights (kH, kW), used as they stand (cross-correlation, as ``Conv2d`` does);
        ``second`` only for ``magnitude``, which is √(a² + b²) of the two results.
    mode: ``none`` pads nothing and ``same`` as PyTorch's ``padding="same"``; both ignore ``padding``.
    size: the window of a pooling step. Raises SpecError.
    """

    kind: str = "kernel"
    kernel: Kernel = ()
    second: Kernel = ()
    bias: float = 0.0
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    mode: str = "zeros"
    dilation: Pair = (1, 1)
    size: Pair = (2, 2)

    def __post_init__(self) -> None:
        one_of("kind", self.kind, KINDS)
        one_of("mode", self.mode, MODES)
        _set(self, "bias", number("bias", self.bias))
        _set(self, "stride", pair("stride", self.stride, 1, MAX_STRIDE))
        _set(self, "padding", pair("padding", self.padding, 0, MAX_PADDING))
        _set(self, "dilation", pair("dilation", self.dilation, 1, MAX_DILATION))
        _set(self, "size", pair("size", self.size, 1, MAX_SIDE))
        if self.has_kernel:
            self._check_kernels()

    def _check_kernels(self) -> None:
        _set(self, "kernel", kernel_of("kernel", self.kernel))
        if self.kind == "magnitude":
            _set(self, "second", kernel_of("second", self.second))
            if shape_of(self.kernel) != shape_of(self.second):
                raise SpecError(
                    f"The two kernels of a magnitude are {sides(self.kernel)} and {sides(self.second)}.",
                    "Give both the same size.", field="second",
                )  # fmt: skip
        if self.mode == "same" and self.stride != (1, 1):
            raise SpecError(
                f'Padding "same" needs stride 1, not {pair_text(self.stride)}.',
                "Set the stride to 1 or choose another padding.", field="mode",
            )  # fmt: skip

    @property
    def has_kernel(self) -> bool:
        """True for the steps that multiply by weights."""
        return self.kind in ("kernel", "magnitude")

    @property
    def has_window(self) -> bool:
        """True for the steps that look at more than one pixel."""
        return self.has_kernel or self.kind in ("max_pool", "avg_pool")

    def reach(self) -> Pair:
        """Height and width of the window: dilation·(k − 1) + 1."""
        if not self.has_window:
            return 1, 1
        (height, width), (down, right) = self.window_size(), self.dilation if self.has_kernel else (1, 1)
        return down * (height - 1) + 1, right * (width - 1) + 1

    def window_size(self) -> Pair:
        """How many pixels the window takes, (height, width)."""
        return shape_of(self.kernel) if self.has_kernel else self.size

    def pads(self) -> tuple[int, int, int, int]:
        """Rows and columns added: top, bottom, left, right. "same" puts the odd one below and to the
        right."""
        if not self.has_kernel or self.mode == "none":
            return 0, 0, 0, 0
        if self.mode != "same":
            (down, right) = self.padding
            return down, down, right, right
        tall, wide = (side - 1 for side in self.reach())
        return tall // 2, tall - tall // 2, wide // 2, wide - wide // 2

    def output_size(self, height: int, width: int) -> Pair:
        """The size of what comes out of a picture of (height, width). Raises ShapeError."""
        if not self.has_window:
            return height, width
        top, bottom, left, right = self.pads()
        self._check_padding(height, width)
        tall, wide = height + top + bottom, width + left + right
        reach = self.reach()
        if reach[0] > tall or reach[1] > wide:
            raise ShapeError(
                f"The window reaches over {pair_text(reach)} pixels, "
                f"but the padded picture has {tall}×{wide}.",
                "Use a smaller kernel or dilation, or more padding.",
                field="kernel" if self.has_kernel else "size",
            )  # fmt: skip
        if self.stride[0] > tall or self.stride[1] > wide:
            raise ShapeError(
                f"The stride {pair_text(self.stride)} is larger than the padded picture of {tall}×{wide}.",
                "Use a smaller stride.", field="stride",
            )  # fmt: skip
        return (tall - reach[0]) // self.stride[0] + 1, (wide - reach[1]) // self.stride[1] + 1

    def _check_padding(self, height: int, width: int) -> None:
        least = {"reflect": 1, "circular": 0}.get(self.mode)
        if not self.has_kernel or least is None:
            return
        if self.padding[0] > height - least or self.padding[1] > width - least:
            raise ShapeError(
                f"Padding {pair_text(self.padding)} is too wide to {_VERB[self.mode]} a picture of "
                f"{height}×{width}.",
                f"Use at most {height - least}×{width - least}, or pad with zeros.", field="padding",
            )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """As JSON keeps it: the fields that matter for its kind."""
        names = ["kind"]
        if self.has_kernel:
            names += ["kernel"] + ["second"] * (self.kind == "magnitude") + ["bias"] * (self.kind == "kernel")
            names += ["stride", "padding", "mode", "dilation"]
        elif self.has_window:
            names += ["size", "stride"]
        return {name: _plain(getattr(self, name)) for name in names}

    @classmethod
    def from_dict(cls, values: object) -> "KernelStep":
        """Read what ``to_dict`` gave, or anything else that came from outside. Raises SpecError."""
        return cls(**_known(values, cls, "step"))


_VERB = {"reflect": "reflect", "circular": "wrap round"}


@dataclass(frozen=True)
class KernelLab:
    """A chain of one to four steps, what becomes of the channels, and how the result is shown.

    channels: ``each`` channel alone, all of them into one map (``sum``, as ``Conv2d(3, 1)`` does), or
        ``grey`` first.
    """

    steps: tuple[KernelStep, ...] = field(
        default_factory=lambda: (KernelStep(kernel=VERTICAL_EDGE, padding=(1, 1), mode="replicate"),)
    )
    channels: str = "sum"
    show: str = "auto"

    def __post_init__(self) -> None:
        one_of("channels", self.channels, CHANNELS)
        one_of("show", self.show, SHOWS)
        _set(self, "steps", tuple(self.steps))
        if not 1 <= len(self.steps) <= MAX_STEPS:
            raise SpecError(f"The chain has {len(self.steps)} steps.", f"Use one to {MAX_STEPS}.", field="steps")

    def shapes(self, channels: int, height: int, width: int) -> list[tuple[int, int, int]]:
        """(C, H, W) after each step, for a picture of that shape. Raises ShapeError."""
        found, size, count = [], (height, width), 1 if self.channels == "grey" else channels
        for step in self.steps:
            size = step.output_size(*size)
            count = 1 if self.channels == "sum" and step.has_kernel else count
            found.append((count, *size))
        return found

    def resolved_show(self, reach: float) -> str:
        """How ``auto`` shows the last step: signed after a kernel whose weights cancel, heat after what
        takes the sign from that, else brightness, stretched when ``reach``, what nearly all values stay
        under, is above 2."""
        if self.show != "auto":
            return self.show
        signed = heat = False
        for step in self.steps:
            if step.kind == "kernel":
                cells = [cell for row in step.kernel for cell in row]
                size = sum(abs(cell) for cell in cells)
                signed, heat = size > 0 and abs(sum(cells)) <= 0.25 * size, False
            elif step.kind == "magnitude" or (signed and step.kind in ("relu", "abs")):
                signed, heat = False, True
        if signed or heat:
            return "signed_stretch" if signed else "heat"
        return "clip" if reach <= 2 else "stretch"

    def to_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "channels": self.channels,
            "show": self.show,
            "steps": [step.to_dict() for step in self.steps],
        }

    @classmethod
    def from_dict(cls, values: object) -> "KernelLab":
        """Read what ``to_dict`` gave, or anything else that came from outside. Raises SpecError."""
        known = _known(values, cls, "laboratory")
        if "steps" in known:
            if not isinstance(known["steps"], list | tuple):
                raise SpecError("The steps are not a list.", "Give one to four steps.", field="steps")
            known["steps"] = tuple(KernelStep.from_dict(step) for step in known["steps"][: MAX_STEPS + 1])
        return cls(**known)


def _set(spec: object, name: str, value: object) -> None:
    object.__setattr__(spec, name, value)  # the dataclass is frozen; this is its own creation


def _known(values: object, cls: type, what: str) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise SpecError(f"A {what} can't be read from {quote(values)}.", "It is written as names and values.")
    names = cls.__dataclass_fields__  # type: ignore[attr-defined]
    return {str(name): value for name, value in values.items() if name in names}


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
