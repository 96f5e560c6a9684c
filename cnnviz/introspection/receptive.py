"""The receptive field along a network's paths: each op's layer, put to the geometry of the shape laboratory."""

from dataclasses import fields, replace
from typing import Any

from torch import fx, nn

from cnnviz.errors import SpecError
from cnnviz.layer_specs import LAYERS, AdaptiveAvgPool2d, LayerSpec, Linear
from cnnviz.ops.receptive_field import Field, Seen

Shape = tuple[int, ...]
FUNCTIONS = {
    "max_pool2d": "MaxPool2d",
    "avg_pool2d": "AvgPool2d",
    "adaptive_avg_pool2d": "AdaptiveAvgPool2d",
    "adaptive_max_pool2d": "AdaptiveMaxPool2d",
}
# What works on each cell by itself, whatever it makes of it.
POINTWISE = {
    *("relu", "relu_", "relu6", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu", "hardswish", "hardsigmoid"),
    *("dropout", "dropout2d", "batch_norm", "softmax", "log_softmax", "stochastic_depth", "contiguous", "clone"),
    *("ReLU", "ReLU6", "Tanh", "Sigmoid", "GELU", "SiLU", "ELU", "LeakyReLU", "PReLU", "Hardswish", "Hardsigmoid"),
    *("Dropout", "Dropout2d", "Identity", "Softmax", "LogSoftmax", "BatchNorm1d", "BatchNorm2d", "Softplus", "Mish"),
    *("abs", "neg", "exp", "log", "sqrt", "float", "to", "detach", "clamp", "hardtanh", "Hardtanh", "CELU", "SELU"),
}
JOINS = {"add", "iadd", "mul", "imul", "sub", "truediv", "cat", "concat", "maximum", "minimum", "add_", "mul_"}
FLATTENING = {"flatten", "Flatten", "view", "reshape"}


class FieldTracer:
    """What each op's cells see of an input of (C, H, W), op after op."""

    def __init__(self, input_shape: Shape) -> None:
        self.input_shape = input_shape
        self.seen: dict[int, Seen | None] = {}

    def follow(
        self,
        index: int,
        sources: tuple[int, ...],
        node: fx.Node,
        module: nn.Module | None,
        input_shapes: list[Shape],
        output_shape: Shape,
    ) -> tuple[int, int] | None:
        """The field of one more op, or None when it, or what it takes, can't be followed.

        ``input_shapes`` have the batch, ``output_shape`` has not.
        """
        before = [self.seen.get(source) for source in sources]
        seen = Seen.start(self.input_shape) if node.op == "placeholder" else None
        if before and all(each is not None for each in before) and input_shapes:
            seen = _through([each for each in before if each], node, module, input_shapes[0][1:], output_shape)
        self.seen[index] = seen
        return (seen.size(0), seen.size(1)) if seen else None


def _through(
    before: list[Seen], node: fx.Node, module: nn.Module | None, in_shape: Shape, out_shape: Shape
) -> Seen | None:
    name = type(module).__name__ if module else _function(node)
    if name in JOINS:
        return _joined(before)
    if len(before) != 1:
        return None
    if name in POINTWISE or (name in FLATTENING and len(out_shape) == 1):
        return before[0]
    spec = _spec(name, node, module, in_shape, out_shape)
    return before[0].through(spec, in_shape) if spec else None


def _function(node: fx.Node) -> str:
    return str(getattr(node.target, "__name__", node.target))


def _spec(name: str, node: fx.Node, module: nn.Module | None, in_shape: Shape, out_shape: Shape) -> LayerSpec | None:
    """The layer as the shape laboratory knows it, or None for one that it does not know."""
    try:
        if name == "mean":  # over rows and columns: a global average pool
            return (
                AdaptiveAvgPool2d(1)
                if len(in_shape) == 3 and out_shape in {in_shape[:1], (in_shape[0], 1, 1)}
                else None
            )
        if module is not None and name in LAYERS:
            return _of_module(module, name)
        if name in FUNCTIONS:
            kind: Any = LAYERS[FUNCTIONS[name]]
            return kind(*node.args[1:], **{key: value for key, value in node.kwargs.items() if key in _known(kind)})  # type: ignore[no-any-return]
    except (SpecError, TypeError, AttributeError):
        pass
    return None


def _known(kind: Any) -> set[str]:  # noqa: ANN401 - a dataclass
    return {each.name for each in fields(kind)}


def _of_module(module: nn.Module, name: str) -> LayerSpec:
    kind: Any = LAYERS[name]
    if kind is Linear:
        return Linear(module.in_features, module.out_features)  # type: ignore[arg-type]
    arguments = {key: getattr(module, key) for key in _known(kind) if key != "bias"}
    return kind(**arguments)  # type: ignore[no-any-return]


def _joined(before: list[Seen]) -> Seen | None:
    """What cells see that take from several maps of one size; a map of one cell serves all."""
    rows, columns = (max(len(seen.cells[side]) for seen in before) for side in (0, 1))
    stretched = [_stretched(seen, rows, columns) for seen in before]
    if any(seen is None for seen in stretched):
        return None
    first, *others = (seen for seen in stretched if seen)
    for other in others:
        first = _both(first, other)
    return first


def _stretched(seen: Seen, rows: int, columns: int) -> Seen | None:
    """A map of one cell laid out over all of another: its cells see the same, wherever they are."""
    sizes = (len(seen.cells[0]), len(seen.cells[1]))
    if sizes == (rows, columns):
        return seen
    if sizes != (1, 1):
        return None
    fields = [replace(field, jump=0) if field else None for field in seen.fields]
    return Seen((seen.cells[0] * rows, seen.cells[1] * columns), (fields[0], fields[1]))


def _both(one: Seen, other: Seen) -> Seen:
    cells = [tuple(a | b for a, b in zip(one.cells[side], other.cells[side], strict=True)) for side in (0, 1)]
    spans = [_span(one.fields[side], other.fields[side]) for side in (0, 1)]
    return Seen((cells[0], cells[1]), (spans[0], spans[1]))


def _span(one: Field | None, other: Field | None) -> Field | None:
    if one is None or other is None:
        return None
    low = min(one.offset, other.offset)
    high = max(one.offset + one.size, other.offset + other.size)
    return Field(high - low, max(one.jump, other.jump), low)
