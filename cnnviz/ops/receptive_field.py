"""What part of the input one cell deep in a stack sees.

Size, jump and offset follow A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional
neural networks" (Distill, 2019), written per axis. The exact sets of cells, borders and holes included, come
from composing the layers' windows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cnnviz.layer_specs import ConvTranspose2d, Flatten, LayerSpec, Linear, WindowSpec, ZeroPad2d
from cnnviz.ops.geometry import Axis, axes
from cnnviz.ops.output_shape import Shape


@dataclass(frozen=True)
class Field:
    """Along one axis, cell o of a feature map sees positions offset + o·jump … offset + o·jump + size − 1.

    Negative positions lie in the padding. For transposed convolutions and adaptive pools, whose cells differ,
    size is the largest one, and jump and offset are means.
    """

    size: Fraction = Fraction(1)
    jump: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)

    def through(self, spec: WindowSpec | ZeroPad2d, axis: Axis, side: int) -> "Field":
        """The field after one more layer."""
        if isinstance(spec, ConvTranspose2d):
            reach = spec.dilation[side] * (spec.kernel_size[side] - 1)
            stride = spec.stride[side]
            start = Fraction(spec.padding[side] - reach, stride)
            return Field(
                self.size + reach // stride * self.jump, self.jump / stride, self.offset + start * self.jump
            )
        first = axis.links[: axis.kernel]
        if not hasattr(spec, "output_size"):
            reach = max(position for _, _, position in first) - first[0][2]
            step = spec.stride[side] if hasattr(spec, "stride") else 1
            return self._grown(reach, Fraction(step), first[0][2])
        return self._grown(axis.kernel - 1, Fraction(axis.in_size, axis.out_size), 0)

    def whole(self, cells: int) -> "Field":
        """The field of something that reads all of a feature map's cells."""
        return self._grown(cells - 1, Fraction(0), 0)

    def _grown(self, reach: int, step: Fraction, start: int) -> "Field":
        return Field(self.size + reach * self.jump, self.jump * step, self.offset + start * self.jump)


Cells = tuple[int, ...]  # for each output index, the real input cells it sees, as bits of an int


@dataclass(frozen=True)
class Seen:
    """The fields of a feature map: along each axis what every cell sees, exactly and by the formula."""

    cells: tuple[Cells, Cells]
    fields: tuple[Field, Field]

    @staticmethod
    def start(shape: Shape) -> "Seen":
        """The input, where each cell sees itself."""
        height, width = (shape[1], shape[2]) if len(shape) == 3 else (1, 1)
        return Seen((_identity(height), _identity(width)), (Field(), Field()))

    def through(self, spec: LayerSpec, in_shape: Shape) -> "Seen":
        """What is seen after one more layer, whose input has the given shape."""
        if isinstance(spec, Linear):
            return self._through_linear(len(in_shape) == 1)
        if len(in_shape) != 3 or not isinstance(spec, WindowSpec | ZeroPad2d):
            return self
        lines = axes(spec, in_shape[1], in_shape[2])
        rows, columns = (_compose(cells, line) for cells, line in zip(self.cells, lines, strict=True))
        fields = [
            f.through(spec, line, side) for side, (f, line) in enumerate(zip(self.fields, lines, strict=True))
        ]
        return Seen((rows, columns), (fields[0], fields[1]))

    def _through_linear(self, flat: bool) -> "Seen":
        """After a Flatten each unit sees all; without, torch mixes the last axis only."""
        sides = [_merge(c, f) if flat or side else (c, f)
                 for side, (c, f) in enumerate(zip(self.cells, self.fields, strict=True))]  # fmt: skip
        return Seen((sides[0][0], sides[1][0]), (sides[0][1], sides[1][1]))

    def cell_sets(self, row: int, column: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The input rows and the input columns a cell sees; it sees their product."""
        return bits(self.cells[0][row]), bits(self.cells[1][column])


def sees_cells(spec: LayerSpec) -> bool:
    """False for a Flatten, whose values keep their own cells' fields but stand in no grid."""
    return not isinstance(spec, Flatten)


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


def _merge(cells: Cells, field: Field) -> tuple[Cells, Field]:
    return (_union(cells),), field.whole(len(cells)) if len(cells) > 1 else field


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
