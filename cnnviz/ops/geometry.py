"""Which cells of a layer's input meet which cells of its output, one axis at a time.

Rows and columns are independent in every layer here, so a window is a set of rows times a set of columns.
Positions count from 0 at the first real cell; padding lies at negative positions and from ``in_size`` on.
Formulas: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), and the
documentation of torch.nn. Pure Python: nothing here needs torch.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

from cnnviz.errors import ShapeError
from cnnviz.layer_specs import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    WindowSpec,
    ZeroPad2d,
)

Link = tuple[int, int, int]  # output index, index in the kernel, input position
SIDES = ("height", "width")


@dataclass(frozen=True)
class Axis:
    """One axis of a layer.

    before, after: padding cells on either side of the input; negative numbers crop.
    overhang: positions past the padding that the last window of ``ceil_mode`` reaches over.
    crop_before, crop_after: outputs of a transposed convolution that its padding cuts off.
    links: every meeting of an output, a place in the kernel and an input position, cropped ones included.
    """

    in_size: int
    out_size: int
    kernel: int
    links: tuple[Link, ...] = field(repr=False)
    before: int = 0
    after: int = 0
    overhang: int = 0
    crop_before: int = 0
    crop_after: int = 0
    padding_mode: str = "zeros"

    def fold(self, position: int) -> int | None:
        """The real cell whose value stands at a position, or None where padding is empty."""
        if 0 <= position < self.in_size:
            return position
        if not -self.before <= position < self.in_size + self.after or self.padding_mode == "zeros":
            return None
        if self.padding_mode == "circular":
            return position % self.in_size
        if self.padding_mode == "replicate":
            return min(max(position, 0), self.in_size - 1)
        return -position if position < 0 else 2 * (self.in_size - 1) - position

    @cached_property
    def windows(self) -> tuple[tuple[int, ...], ...]:
        """For each output, the input positions it reads, padding included, in the kernel's order."""
        windows: list[list[int]] = [[] for _ in range(self.out_size)]
        for out, _, position in self.links:
            if 0 <= out < self.out_size:
                windows[out].append(position)
        return tuple(tuple(window) for window in windows)

    def sources(self, out: int) -> frozenset[int]:
        """The real input cells an output depends on."""
        return frozenset(cell for position in self.windows[out] if (cell := self.fold(position)) is not None)

    def fed_by(self, position: int) -> frozenset[int]:
        """The outputs that read an input position; for a real cell, through its copies in the padding too."""
        cell = self.fold(position) if 0 <= position < self.in_size else None
        return frozenset(
            out
            for out, window in enumerate(self.windows)
            if any(other == position or (cell is not None and self.fold(other) == cell) for other in window)
        )

    @cached_property
    def dropped(self) -> tuple[int, ...]:
        """Positions after the last window's end: what rounding down throws away, padding included."""
        if self.crop_before or self.crop_after or not self.links:
            return ()
        last = max(position for _, _, position in self.links)
        return tuple(range(max(last + 1, -self.before), self.in_size + self.after))

    @cached_property
    def skipped(self) -> tuple[int, ...]:
        """Real cells no output reads that lie before the last window's end: holes left by the stride."""
        read = {cell for out in range(self.out_size) for cell in self.sources(out)}
        return tuple(sorted(set(range(self.in_size)) - read - set(self.dropped)))


def conv_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """⌊(size + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, where padding is both sides' sum."""
    return (size + padding - dilation * (kernel - 1) - 1) // stride + 1


def transposed_size(size: int, kernel: int, stride: int, padding: int, dilation: int, extra: int) -> int:
    """(size − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1."""
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1


def pool_size(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """conv_size, rounded up with ceil_mode, but no window may start past the input and its left padding."""
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    out = (span + (stride - 1 if ceil_mode else 0)) // stride + 1
    return out - 1 if ceil_mode and (out - 1) * stride >= size + padding else out


def axes(spec: WindowSpec | ZeroPad2d, height: int, width: int) -> tuple[Axis, Axis]:
    """The two axes of a layer on an input of height × width. Raises ShapeError when nothing comes out."""
    return axis(spec, height, 0), axis(spec, width, 1)


def axis(spec: WindowSpec | ZeroPad2d, size: int, side: int) -> Axis:
    """One axis of a layer: side 0 is the height, side 1 the width. Raises ShapeError."""
    match spec:
        case Conv2d():
            return _conv_axis(spec, size, side)
        case ConvTranspose2d():
            return _transposed_axis(spec, size, side)
        case MaxPool2d() | AvgPool2d():
            return _pool_axis(spec, size, side)
        case AdaptiveAvgPool2d() | AdaptiveMaxPool2d():
            return _adaptive_axis(size, spec.output_size[side] or size)
        case ZeroPad2d():
            return _pad_axis(spec, size, side)


def conv_padding(spec: Conv2d, side: int) -> tuple[int, int]:
    """Padding before and after one axis; an odd 'same' padding puts the extra cell after, as torch does."""
    if spec.padding == "valid":
        return 0, 0
    if isinstance(spec.padding, str):
        total = spec.dilation[side] * (spec.kernel_size[side] - 1)
        return total // 2, total - total // 2
    return spec.padding[side], spec.padding[side]


def _window_links(out_size: int, kernel: int, stride: int, before: int, dilation: int) -> tuple[Link, ...]:
    return tuple((out, tap, out * stride - before + tap * dilation) for out in range(out_size) for tap in range(kernel))


def _conv_axis(spec: Conv2d, size: int, side: int) -> Axis:
    kernel, stride, dilation = spec.kernel_size[side], spec.stride[side], spec.dilation[side]
    before, after = conv_padding(spec, side)
    _check_padding_mode(spec.padding_mode, size, max(before, after), side)
    if size + before + after <= 0:
        raise ShapeError(f"padding {before} crops the whole {SIDES[side]} of {size}.", "Crop less.", field="padding")
    out = conv_size(size, kernel, stride, before + after, dilation)
    if out < 1:
        raise _too_small(size, before + after, kernel, dilation, side)
    links = _window_links(out, kernel, stride, before, dilation)
    return Axis(size, out, kernel, links, before, after, padding_mode=spec.padding_mode)


def _check_padding_mode(mode: str, size: int, padding: int, side: int) -> None:
    most = {"reflect": size - 1, "circular": size}.get(mode, padding)
    if padding > most:
        raise ShapeError(
            f"padding {padding} with padding_mode {mode!r} is more than the {SIDES[side]} of {size} holds.",
            f"Give at most {most}, or another padding_mode.", field="padding",
        )  # fmt: skip


def _too_small(size: int, padding: int, kernel: int, dilation: int, side: int) -> ShapeError:
    reach = dilation * (kernel - 1) + 1
    span = f"{reach}" if dilation == 1 else f"{reach} ({kernel} with dilation {dilation})"
    padded = f"{size}" if padding == 0 else f"{size + padding} ({size} with padding)"
    return ShapeError(
        f"The kernel's {SIDES[side]} of {span} does not fit into the input's {padded}.",
        f"It lacks {reach - size - padding}: pad more, take a smaller kernel, or hand it a larger input.",
        field="kernel_size",
    )


def _transposed_axis(spec: ConvTranspose2d, size: int, side: int) -> Axis:
    kernel, stride, dilation = spec.kernel_size[side], spec.stride[side], spec.dilation[side]
    padding, extra = spec.padding[side], spec.output_padding[side]
    out = transposed_size(size, kernel, stride, padding, dilation, extra)
    if out < 1:
        raise ShapeError(
            f"padding {padding} cuts the output's {SIDES[side]} to {out}.",
            f"Give at most {(out + 2 * padding - 1) // 2}.", field="padding",
        )  # fmt: skip
    links = tuple((i * stride - padding + tap * dilation, tap, i) for i in range(size) for tap in range(kernel))
    return Axis(size, out, kernel, links, crop_before=padding, crop_after=max(0, padding - extra))


def _pool_axis(spec: MaxPool2d | AvgPool2d, size: int, side: int) -> Axis:
    kernel, stride, padding = spec.kernel_size[side], spec.stride[side], spec.padding[side]
    dilation = spec.dilation[side] if isinstance(spec, MaxPool2d) else 1
    out = pool_size(size, kernel, stride, padding, dilation, spec.ceil_mode)
    if out < 1:
        raise _too_small(size, 2 * padding, kernel, dilation, side)
    links = _window_links(out, kernel, stride, padding, dilation)
    overhang = max(0, links[-1][2] + 1 - size - padding)
    return Axis(size, out, kernel, links, padding, padding, overhang)


def _adaptive_axis(size: int, out: int) -> Axis:
    """Window i runs from ⌊i·size/out⌋ to ⌈(i+1)·size/out⌉, as torch lays it."""
    bounds = [(i * size // out, -((-(i + 1) * size) // out)) for i in range(out)]
    links = tuple((i, k, start + k) for i, (start, end) in enumerate(bounds) for k in range(end - start))
    return Axis(size, out, max(end - start for start, end in bounds), links)


def _pad_axis(spec: ZeroPad2d, size: int, side: int) -> Axis:
    left, right, top, bottom = spec.padding
    before, after = ((top, bottom), (left, right))[side]
    out = size + before + after
    if out < 1 or size + min(before, 0) + min(after, 0) < 0:
        raise ShapeError(
            f"padding {before} and {after} crops the whole {SIDES[side]} of {size}.",
            "Crop less.",
            field="padding",
        )
    return Axis(size, out, 1, tuple((i, 0, i - before) for i in range(out)), before, after)


def after_padding(pad: Axis, line: Axis) -> Axis:
    """A layer without padding of its own behind a ZeroPad2d, as one layer of the unpadded input."""
    links = tuple((out, tap, position - pad.before) for out, tap, position in line.links)
    return replace(line, in_size=pad.in_size, links=links, before=pad.before, after=pad.after)


def divisors(spec: AvgPool2d, line: Axis) -> tuple[int, ...]:
    """By what an average pool divides along one axis, for each output (ignoring divisor_override).

    Counts the window's cells within the input and, with count_include_pad, its padding, but no overhang.
    """
    padding = line.before if spec.count_include_pad else 0
    return tuple(sum(-padding <= p < line.in_size + padding for p in window) for window in line.windows)
