"""The formula of a layer's output size with its numbers in it, as LaTeX."""

from cnnviz.layer_specs import AvgPool2d, Conv2d, ConvTranspose2d, MaxPool2d, WindowSpec, ZeroPad2d
from cnnviz.ops.geometry import Axis

GENERAL = {
    "window": r"\left\lfloor\frac{\text{size} + \text{padding}"
    r" - \text{dilation}\,(\text{kernel} - 1) - 1}"
    r"{\text{stride}}\right\rfloor + 1",
    "transposed": r"(\text{size} - 1)\,\text{stride} - 2\,\text{padding}"
    r" + \text{dilation}\,(\text{kernel} - 1) + \text{output padding} + 1",
    "adaptive": r"\text{window } i:\ \lfloor i\,\tfrac{\text{size}}{\text{output}}\rfloor \ldots"
    r" \lceil (i+1)\,\tfrac{\text{size}}{\text{output}}\rceil - 1",
    "pad": r"\text{size} + \text{before} + \text{after}",
}


def general(spec: WindowSpec | ZeroPad2d) -> str:
    """The formula a layer follows, in words; with ceil_mode it rounds up."""
    text = GENERAL[kind(spec)]
    if isinstance(spec, MaxPool2d | AvgPool2d) and spec.ceil_mode:
        return text.replace("floor", "ceil")
    return text


def kind(spec: WindowSpec | ZeroPad2d) -> str:
    """Which of the GENERAL formulas a layer follows."""
    match spec:
        case Conv2d() | MaxPool2d() | AvgPool2d():
            return "window"
        case ConvTranspose2d():
            return "transposed"
        case ZeroPad2d():
            return "pad"
        case _:
            return "adaptive"


def numbers(spec: WindowSpec | ZeroPad2d, line: Axis, side: int) -> str:
    """The formula of one axis with the layer's numbers in it, and what it comes to."""
    out = line.out_size
    match spec:
        case Conv2d() | MaxPool2d() | AvgPool2d():
            return _window(spec, line, side)
        case ConvTranspose2d():
            kernel, stride, dilation = spec.kernel_size[side], spec.stride[side], spec.dilation[side]
            padding, extra = spec.padding[side], spec.output_padding[side]
            grown = rf"({line.in_size} - 1)\cdot{stride} - 2\cdot{padding}"
            return rf"{grown} + {dilation}\cdot({kernel} - 1) + {extra} + 1 = {out}"
        case ZeroPad2d():
            return rf"{line.in_size} + ({line.before}) + ({line.after}) = {out}"
        case _:
            sizes = sorted({len(window) for window in line.windows})
            return rf"{line.in_size} \to {out}\text{{ with windows of }}{' , '.join(map(str, sizes))}"


def _window(spec: Conv2d | MaxPool2d | AvgPool2d, line: Axis, side: int) -> str:
    kernel, stride = spec.kernel_size[side], spec.stride[side]
    dilation = 1 if isinstance(spec, AvgPool2d) else spec.dilation[side]
    span = line.in_size + line.before + line.after - dilation * (kernel - 1) - 1
    ceil = not isinstance(spec, Conv2d) and spec.ceil_mode
    left, right = ("lceil", "rceil") if ceil else ("lfloor", "rfloor")
    cut = ""
    rounded = -(-span // stride) + 1 if ceil else span // stride + 1
    if rounded != line.out_size:
        cut = rf" = {rounded} \to {line.out_size}\text{{, as no window may start past the input}}"
    padding = f"{line.before} + {line.after}" if line.before != line.after else rf"2\cdot{line.before}"
    top = rf"{line.in_size} + {padding} - {dilation}\cdot({kernel} - 1) - 1"
    value = "" if cut or stride == 1 else rf" = \left\{left}\tfrac{{{span}}}{{{stride}}}\right\{right} + 1"
    return (rf"\left\{left}\frac{{{top}}}{{{stride}}}\right\{right} + 1{value}"
            + (cut or f" = {line.out_size}"))  # fmt: skip
