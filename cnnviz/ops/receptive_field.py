"""What part of the input one cell deep in a stack sees.

Size, jump and offset follow A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional
neural networks" (Distill, 2019), written per axis. The exact sets of cells, borders and holes included, come
from composing the layers' windows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cnnviz.layer_specs import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    ConvTranspose2d,
    LayerSpec,
    Linear,
    WindowSpec,
    ZeroPad2d,
)
from cnnviz.ops.geometry import Axis, axes
from cnnviz.ops.output_shape import Shape


@dataclass(frozen=True)
class Field:
    """Along one axis, cell o of a feature map sees positions offset + o·jump … offset + o·jump + size − 1.

    Negative positions lie in the padding.
    """

    size: int = 1
    jump: int = 1
    offset: int = 0

    def through(self, spec: WindowSpec | ZeroPad2d, axis: Axis, side: int) -> "Field | None":
        """The field after one more layer, or None where the layer's cells differ in more than their place.

        They differ in transposed convolutions with a stride and in adaptive pools that don't divide evenly.
        """
        window = _first_window(spec, axis, side)
        if window is None:
            return None
        low, high, step = window
        return Field(self.size + (high - low) * self.jump, self.jump * step, self.offset + low * self.jump)

    def whole(self, cells: int) -> "Field":
        """The field of something that reads all of a feature map's cells."""
        return Field(self.size + (cells - 1) * self.jump, 0, self.offset)


def _first_window(spec: WindowSpec | ZeroPad2d, axis: Axis, side: int) -> tuple[int, int, int] | None:
    """The first and last position that output 0 reads, and by how much each next window lies after it."""
    match spec:
        case ConvTranspose2d():
            reach = spec.dilation[side] * (spec.kernel_size[side] - 1)
            padding = spec.padding[side]
            return (padding - reach, padding, 1) if spec.stride[side] == 1 else None
        case AdaptiveAvgPool2d() | AdaptiveMaxPool2d():
            step, rest = divmod(axis.in_size, axis.out_size)
            return (0, step - 1, step) if rest == 0 else None
        case ZeroPad2d():
            return axis.windows[0][0], axis.windows[0][0], 1
        case _:
            return axis.windows[0][0], axis.windows[0][-1], spec.stride[side]


Cells = tuple[int, ...]  # for each output index, the real input cells it sees, as bits of an int


@dataclass(frozen=True)
class Seen:
    """The fields of a feature map: what each cell sees, exactly and, where cells are alike, by formula."""

    cells: tuple[Cells, Cells]
    fields: tuple[Field | None, Field | None]

    def size(self, side: int) -> int:
        """The largest field along an axis: by the formula, or without one, the widest there is."""
        field = self.fields[side]
        if field is not None:
            return field.size
        reached = [mask for mask in self.cells[side] if mask]
        return max((mask.bit_length() - (mask & -mask).bit_length() + 1 for mask in reached), default=0)

    @staticmethod
    def start(shape: Shape) -> "Seen":
        """The input, where each cell sees itself."""
        height, width = (shape[1], shape[2]) if len(shape) == 3 else (1, 1)
        return Seen((_identity(height), _identity(width)), (Field(), Field()))

    def through(self, spec: LayerSpec, in_shape: Shape) -> "Seen":
        """What is seen after one more layer, whose input has the given shape."""
        if isinstance(spec, Linear):
            return self._through_linear(spec, len(in_shape) == 1)
        if len(in_shape) != 3 or not isinstance(spec, WindowSpec | ZeroPad2d):
            return self
        lines = axes(spec, in_shape[1], in_shape[2])
        rows, columns = (_compose(cells, line) for cells, line in zip(self.cells, lines, strict=True))
        fields = [
            field.through(spec, line, side) if field is not None else None
            for side, (field, line) in enumerate(zip(self.fields, lines, strict=True))
        ]
        return Seen((rows, columns), (fields[0], fields[1]))

    def _through_linear(self, spec: Linear, flat: bool) -> "Seen":
        """After a Flatten each unit sees all; without one, torch mixes the last axis only."""
        rows, row_field = _merge(self.cells[0], self.fields[0], 1) if flat else (self.cells[0], self.fields[0])
        columns, column_field = _merge(self.cells[1], self.fields[1], 1 if flat else spec.out_features)
        return Seen((rows, columns), (row_field, column_field))

    def cell_sets(self, row: int, column: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The input rows and the input columns a cell sees; it sees their product."""
        return bits(self.cells[0][row]), bits(self.cells[1][column])


def bits(mask: int) -> tuple[int, ...]:
    """The positions of a mask's ones, rising."""
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


def _identity(size: int) -> Cells:
    return tuple(1 << i for i in range(size))


def _compose(before: Cells, axis: Axis) -> Cells:
    return tuple(_union(before[cell] for cell in axis.sources(out)) for out in range(axis.out_size))


def _union(masks: Iterable[int]) -> int:
    seen = 0
    for mask in masks:
        seen |= mask
    return seen


def _merge(cells: Cells, field: Field | None, units: int) -> tuple[Cells, Field | None]:
    """The same for each of some units: everything the cells see."""
    return (_union(cells),) * units, field.whole(len(cells)) if field is not None else None


def seen_axes(seen: Seen, input_shape: Shape) -> tuple[Axis, Axis]:
    """What a whole stack makes of its input, as if it were a single layer: for drawing."""
    rows, columns = (
        Axis(
            size,
            len(cells),
            1,
            tuple((out, 0, cell) for out, mask in enumerate(cells) for cell in bits(mask)),
        )
        for size, cells in zip(input_shape[1:], seen.cells, strict=True)
    )
    return rows, columns
