"""The network of a standalone script: the source of its class, a stack written out, or a name in torchvision."""

import ast
from collections.abc import Mapping
from pathlib import Path

from cnnviz.errors import RunError
from cnnviz.models import own, registry, stack_name, torchvision_names
from cnnviz.ops.output_shape import shape_text
from cnnviz.ops.stack import trace
from cnnviz.ops.stack_code import layer_code
from cnnviz.runs.sources import Gathered, gather
from cnnviz.specs import TrainSpec

Shape = tuple[int, int, int]
STACK = '''class Stack(nn.Module):
    """The layers of a stack, one after the other; beside each, the shape it puts out."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
{layers}
        )

    def forward(self, images: Tensor) -> Tensor:
        """{shape} in, one number a class out, for each image."""
        return self.layers(images)'''
BUILD = '''def build_network() -> nn.Module:
    """The network, freshly initialised."""
    return {made}
'''


def network_code(spec: TrainSpec, input_shape: Shape, num_classes: int, into: Gathered) -> str:
    """The function that builds the network; what it needs goes to ``into``. Raises RunError or ModelError."""
    entry = registry.get(spec.model)
    options = registry.check_options(spec.model, spec.model_options)
    module, _, kind = entry.location.rpartition(":")
    match entry.group:
        case "stack":
            into.definitions["Stack"] = _stack(spec.model)
            return BUILD.format(made="Stack()")
        case "torchvision":
            return _torchvision(spec.model, num_classes, into)
        case "own":
            own_model = own.find(spec.model)
            into.definitions[kind] = _whole_file(own_model.path, spec.model)
            values = {"num_classes": num_classes, "input_shape": input_shape, "in_channels": input_shape[0]}
            given = {name: values[name] for name in own_model.given if name in values}
            return _build(kind, {**given, **options})
    gather(module, kind, into)
    return _build(kind, {"num_classes": num_classes, "input_shape": input_shape, **options})


def _build(kind: str, arguments: Mapping[str, object]) -> str:
    return BUILD.format(made=f"{kind}({', '.join(f'{name}={value!r}' for name, value in arguments.items())})")


def _torchvision(name: str, num_classes: int, into: Gathered) -> str:
    kind = name.removeprefix(torchvision_names.PREFIX)
    into.imports.add("from torchvision import models")
    arguments = {"weights": None, "num_classes": num_classes, **torchvision_names.ARGUMENTS.get(kind, {})}
    listed = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return BUILD.format(made=f"models.get_model({kind!r}, {listed})".replace("'", '"'))


def _stack(name: str) -> str:
    specs, shape = stack_name.read(name)
    steps = trace(specs, shape).steps
    lines = [
        f"            {layer_code(spec)},  # {shape_text(step.out_shape)}"
        for spec, step in zip(specs, steps, strict=True)
    ]
    return STACK.format(layers="\n".join(lines), shape=shape_text(shape))


def _whole_file(path: Path, model: str) -> str:
    """A person's file: its network may need anything in it, but for what belongs at the top or runs as a program."""
    try:
        text = path.read_text(encoding="utf-8")
        left_out = [node for node in ast.parse(text).body if _is_left_out(node)]
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise RunError(f"The code of {model} can't be had: {error}.", "Look where its file is.") from error
    gone = {line for node in left_out for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return "\n".join(line for at, line in enumerate(text.splitlines(), 1) if at not in gone).strip("\n")


def _is_left_out(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
