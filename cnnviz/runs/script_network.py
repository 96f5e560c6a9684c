"""The network of a standalone script: the source of its class, a stack written out, or a name in torchvision."""

import importlib
import inspect

from cnnviz.errors import RunError
from cnnviz.models import registry, stack_name
from cnnviz.ops.output_shape import shape_text
from cnnviz.ops.stack import trace
from cnnviz.ops.stack_code import layer_code
from cnnviz.runs.sources import OURS, Gathered, gather
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
    if spec.model.startswith(stack_name.PREFIX):
        into.definitions["Stack"] = _stack(spec.model)
        return BUILD.format(made="Stack()")
    module, _, kind = registry.get(spec.model).location.partition(":")
    if module.split(".")[0] == OURS:
        gather(module, kind, into)
    else:
        into.definitions[kind] = _whole_file(module, spec.model)
    options = registry.check_options(spec.model, spec.model_options)
    arguments = {"num_classes": num_classes, "input_shape": input_shape, **options}
    return BUILD.format(made=f"{kind}({', '.join(f'{name}={value!r}' for name, value in arguments.items())})")


def _stack(name: str) -> str:
    specs, shape = stack_name.read(name)
    steps = trace(specs, shape).steps
    lines = [
        f"            {layer_code(spec)},  # {shape_text(step.out_shape)}"
        for spec, step in zip(specs, steps, strict=True)
    ]
    return STACK.format(layers="\n".join(lines), shape=shape_text(shape))


def _whole_file(module: str, model: str) -> str:
    try:
        return inspect.getsource(importlib.import_module(module))
    except (ImportError, OSError, TypeError) as error:
        raise RunError(f"The code of {model} can't be had: {error}.", "Look where its file is.") from error
