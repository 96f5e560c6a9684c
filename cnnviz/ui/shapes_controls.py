"""The controls of one layer: torch's arguments as fields, each with its message right below it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.errors import SpecError
from cnnviz.layer_specs import (
    PADDING_MODES,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    WindowSpec,
    ZeroPad2d,
)
from cnnviz.ui import guard, state

KINDS = ("Conv2d", "ConvTranspose2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d")
PADDINGS = ("number", "same", "valid", "each side")
DEFAULTS = {
    "h": 12, "w": 12, "in": 3, "out": 8, "k": 3, "kw": 3, "s": 1, "sw": 1, "p": 0, "pw": 0, "d": 1, "dw": 1,
    "g": 1, "op": 0, "opw": 0, "o": 4, "ow": 4, "left": 1, "right": 0, "top": 1, "bottom": 0, "div": 0,
}  # fmt: skip
LARGEST_SIDE = 64


@dataclass(frozen=True)
class LayerQuestion:
    """What the controls ask: a layer, perhaps behind a padding layer, and the input's shape."""

    spec: WindowSpec
    channels: int
    height: int
    width: int
    pad: ZeroPad2d | None = None


def key(name: str) -> str:
    """The state's key, and the address's name, of an argument."""
    return state.LAYER_FIELDS + name


@dataclass(frozen=True)
class Cell:
    """One field: the argument it sets, and how to draw it."""

    argument: str
    draw: Callable[[], None]


@dataclass
class LayerControls:
    """Draws the fields and keeps, for each argument, the place below them where its message goes."""

    kind: str
    unequal: bool
    places: dict[str, DeltaGenerator] = field(default_factory=dict)

    def row(self, *cells: Cell) -> None:
        """Fields in rows of two, with the place for their messages below each row."""
        for start in range(0, len(cells), 2):
            pair = cells[start : start + 2]
            with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
                for cell in pair:
                    cell.draw()
            place = st.empty()
            for cell in pair:
                self.places.setdefault(cell.argument, place)

    def number(self, label: str, name: str, argument: str, help_: str | None = None) -> Cell:
        """A field for a whole number."""

        def draw() -> None:
            st.number_input(label, value=DEFAULTS[name], step=1, key=key(name), bind="query-params", help=help_)

        return Cell(argument, draw)

    def both(self, label: str, name: str, argument: str) -> list[Cell]:
        """One field, or height and width while the sides are unequal."""
        if not self.unequal:
            return [self.number(label, name, argument)]
        wide = "w" if name == "h" else f"{name}w"
        return [
            self.number(f"{label}, height", name, argument),
            self.number(f"{label}, width", wide, argument),
        ]

    def show(self, error: SpecError) -> None:
        """Show an error below the argument that caused it, or below the first field."""
        place = self.places.get(error.field) or next(iter(self.places.values()))
        with place.container():
            guard.show(error)


def value(name: str) -> int:
    """A number field's value."""
    return int(st.session_state.get(key(name), DEFAULTS[name]))


def draw(kind: str, unequal: bool) -> LayerControls:
    """Draw every field of a kind of layer."""
    controls = LayerControls(kind, unequal)
    size = controls.both("Input size", "h", "input")
    if kind.startswith("Adaptive"):
        controls.row(*size, *controls.both("Output size", "o", "output_size"))
        return controls
    if kind in ("Conv2d", "ConvTranspose2d"):
        controls.row(*size, controls.number("Groups", "g", "groups"),
                     controls.number("Channels in", "in", "in_channels"),
                     controls.number("Channels out", "out", "out_channels"))  # fmt: skip
    window = [*controls.both("Kernel", "k", "kernel_size"), *controls.both("Stride", "s", "stride")]
    controls.row(*(window if kind in ("Conv2d", "ConvTranspose2d") else [*size, *window]))
    _padding_fields(controls)
    _extras(controls)
    return controls


def _padding_fields(controls: LayerControls) -> None:
    chosen = _padding_kind() if controls.kind == "Conv2d" else "number"
    padding = controls.both("Padding", "p", "padding") if chosen == "number" else []
    dilation = [] if controls.kind == "AvgPool2d" else controls.both("Dilation", "d", "dilation")
    extra = controls.both("Output padding", "op", "output_padding") if controls.kind == "ConvTranspose2d" else []
    choices: list[Cell] = []
    if controls.kind == "Conv2d":
        choices.append(Cell("padding", _choose_padding))
        if chosen in ("number", "same"):
            choices.append(Cell("padding_mode", _choose_mode))
    controls.row(*padding, *dilation, *extra, *choices)
    if chosen == "each side":
        sides = ("Left", "Right", "Top", "Bottom")
        controls.row(*(controls.number(side, side.lower(), "padding") for side in sides))


def _choose_mode() -> None:
    st.selectbox("Padding mode", PADDING_MODES, key=key("mode"), bind="query-params")


def _padding_kind() -> str:
    return str(st.session_state.get(key("pad"), PADDINGS[0]))


def _choose_padding() -> None:
    st.selectbox("Padding by", PADDINGS, key=key("pad"), bind="query-params",
                 help="'each side' puts a ZeroPad2d before the layer.")  # fmt: skip


def _extras(controls: LayerControls) -> None:
    with st.container(horizontal=True, gap="small"):
        if controls.kind in ("MaxPool2d", "AvgPool2d"):
            st.checkbox("ceil_mode", key=key("ceil"), bind="query-params")
        if controls.kind == "AvgPool2d":
            st.checkbox("count_include_pad", value=True, key=key("count"), bind="query-params")
        if controls.kind in ("Conv2d", "ConvTranspose2d"):
            st.checkbox("bias", value=True, key=key("bias"), bind="query-params")
    if controls.kind == "AvgPool2d":
        help_ = "0 divides by the number of cells."
        controls.row(controls.number("Divisor override", "div", "divisor_override", help_))


def question(kind: str, unequal: bool) -> LayerQuestion:
    """What the fields ask for. Raises SpecError, with the argument's name in ``field``."""
    height, width = _two("h", unequal)
    for side in (height, width):
        if not 1 <= side <= LARGEST_SIDE:
            hint = f"The grids draw sides of 1 to {LARGEST_SIDE}; a stack takes larger ones."
            raise SpecError(f"The input size is {side}.", hint, field="input")
    spec = _BUILDERS[kind](unequal)
    pad = None
    if kind == "Conv2d" and _padding_kind() == "each side":
        pad = ZeroPad2d((value("left"), value("right"), value("top"), value("bottom")))
    channels = spec.in_channels if isinstance(spec, Conv2d | ConvTranspose2d) else value("in")
    return LayerQuestion(spec, channels, height, width, pad)


def _two(name: str, unequal: bool) -> tuple[int, int]:
    first = value(name)
    return (first, value("w" if name == "h" else f"{name}w")) if unequal else (first, first)


def _flag(name: str, default: bool) -> bool:
    return bool(st.session_state.get(key(name), default))


def _conv(unequal: bool) -> Conv2d:
    kind = _padding_kind()
    padding: Any = {"same": "same", "valid": "valid", "each side": 0}.get(kind, _two("p", unequal))
    mode = str(st.session_state.get(key("mode"), "zeros")) if kind in ("number", "same") else "zeros"
    return Conv2d(value("in"), value("out"), _two("k", unequal), _two("s", unequal), padding,
                  _two("d", unequal), value("g"), _flag("bias", True), mode)  # fmt: skip


def _transposed(unequal: bool) -> ConvTranspose2d:
    return ConvTranspose2d(
        in_channels=value("in"),
        out_channels=value("out"),
        kernel_size=_two("k", unequal),
        stride=_two("s", unequal),
        padding=_two("p", unequal),
        output_padding=_two("op", unequal),
        groups=value("g"),
        bias=_flag("bias", True),
        dilation=_two("d", unequal),
    )


def _max_pool(unequal: bool) -> MaxPool2d:
    return MaxPool2d(_two("k", unequal), _two("s", unequal), _two("p", unequal), _two("d", unequal),
                     _flag("ceil", False))  # fmt: skip


def _avg_pool(unequal: bool) -> AvgPool2d:
    return AvgPool2d(_two("k", unequal), _two("s", unequal), _two("p", unequal), _flag("ceil", False),
                     _flag("count", True), value("div") or None)  # fmt: skip


_BUILDERS: dict[str, Callable[[bool], WindowSpec]] = {
    "Conv2d": _conv,
    "ConvTranspose2d": _transposed,
    "MaxPool2d": _max_pool,
    "AvgPool2d": _avg_pool,
    "AdaptiveAvgPool2d": lambda unequal: AdaptiveAvgPool2d(_two("o", unequal)),
    "AdaptiveMaxPool2d": lambda unequal: AdaptiveMaxPool2d(_two("o", unequal)),
}
