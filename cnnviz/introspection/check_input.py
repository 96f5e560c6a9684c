"""Another input size: how far it gets through a network, and what stops it."""

import copy as copying
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from cnnviz.errors import CnnvizError
from cnnviz.introspection.called import shape_of, tensors
from cnnviz.introspection.graph import Shape
from cnnviz.introspection.op_words import first_line, label
from cnnviz.introspection.tracer import symbolic
from cnnviz.introspection.why_fails import Why, explain
from cnnviz.models.meta import needs_values, on_meta


@dataclass(frozen=True)
class Step:
    """An op that went well. The shape leaves the batch out."""

    label: str
    path: str
    output_shape: Shape


@dataclass(frozen=True)
class Failure:
    """The op that stopped it: what it got, what it wants, why, and what would help. ``said``: torch's own words."""

    label: str
    path: str
    input_shapes: tuple[Shape, ...]
    wanted: str
    got: str
    why: str
    hint: str
    said: str


@dataclass(frozen=True)
class InputCheck:
    """How an input of (C, H, W) fared. ``output_shape`` is None when something failed."""

    input_shape: Shape
    batch_size: int
    training: bool
    steps: tuple[Step, ...]
    output_shape: Shape | None
    failure: Failure | None = None

    @property
    def works(self) -> bool:
        """Whether the network takes it."""
        return self.failure is None


def check_input(model: nn.Module, input_shape: Shape, *, batch_size: int = 2, training: bool = False) -> InputCheck:
    """Send images of (C, H, W) through a copy without values, and say where and why it fails, if it does.

    ``training``: as in a training step, where batch norm needs more than one value a channel. A network that looks at
    values is run as it is, on zeros; then its modules are the steps.
    """
    copy = on_meta(model).train(training)
    try:
        traced, _ = symbolic(copy)
    except Exception:  # noqa: BLE001 - a network may raise anything; its modules then are the steps
        return _by_modules(model, copy, input_shape, batch_size, training)
    walk = _Walk(traced)
    with torch.no_grad():
        try:
            walk.run(torch.empty(batch_size, *input_shape, device="meta"))
        except _StoppedError as stop:
            if stop.for_want_of_values:
                return _by_modules(model, copy, input_shape, batch_size, training)
            return InputCheck(input_shape, batch_size, training, tuple(walk.steps), None, stop.failure)
    return InputCheck(input_shape, batch_size, training, tuple(walk.steps), walk.steps[-1].output_shape)


class _StoppedError(Exception):
    def __init__(self, failure: Failure, for_want_of_values: bool) -> None:
        super().__init__(failure)
        self.failure, self.for_want_of_values = failure, for_want_of_values


class _Walk(fx.Interpreter):
    """A run that notes every op, and stops with a Failure."""

    def __init__(self, traced: fx.GraphModule) -> None:
        super().__init__(traced)
        self.steps: list[Step] = []

    def run_node(self, n: fx.Node) -> Any:  # noqa: ANN401 - as torch.fx has it
        module = self.module.get_submodule(str(n.target)) if n.op == "call_module" else None
        name, path = label(n, module) if n.op != "output" else "Output", str(n.target) if module else ""
        try:
            value = super().run_node(n)
        except Exception as error:
            given = [self.env[each] for each in n.all_input_nodes if each in self.env]
            raise _StoppedError(_failure(name, path, module, given, error), needs_values(error)) from error
        if tensors(value) and n.op != "get_attr":
            self.steps.append(Step(name, path, shape_of(value)))
        return value


def _failure(name: str, path: str, module: nn.Module | None, given: list[Any], error: Exception) -> Failure:
    inputs = [each for value in given for each in tensors(value)]
    if isinstance(error, CnnvizError):
        why = Why(why=error.message, hint=error.hint)
    else:
        why = explain(name, module, [tuple(each.shape) for each in inputs], error)
    shapes = tuple(tuple(each.shape[1:]) for each in inputs)
    return Failure(name, path, shapes, why.wanted, why.got, why.why, why.hint, first_line(error))


def _by_modules(model: nn.Module, copy: nn.Module, shape: Shape, batch_size: int, training: bool) -> InputCheck:
    """The same by hooks; on real zeros, and a network of its own, when the copy without values can't run."""
    found = _run(copy, torch.empty(batch_size, *shape, device="meta"), training)
    if isinstance(found, InputCheck):
        return found
    if any(part.is_meta for part in model.parameters()):
        return found[0]
    real = _run(copying.deepcopy(model).train(training), torch.zeros(batch_size, *shape), training)
    return real if isinstance(real, InputCheck) else real[0]


def _run(model: nn.Module, images: Tensor, training: bool) -> InputCheck | tuple[InputCheck]:
    """The check; in a tuple of one when it failed for want of values."""
    steps: list[Step] = []
    entered: list[tuple[str, nn.Module, tuple[Any, ...]]] = []
    leaves = [(path, module) for path, module in model.named_modules() if not list(module.children())]

    def enter(path: str, module: nn.Module, args: tuple[Any, ...]) -> None:
        entered.append((path, module, args))

    def leave(path: str, module: nn.Module, value: object) -> None:
        entered.pop()
        steps.append(Step(type(module).__name__, path, shape_of(value)))

    for path, module in leaves:  # the network is a copy: its hooks go with it
        module.register_forward_pre_hook(lambda module, args, path=path: enter(path, module, args))
        module.register_forward_hook(lambda module, _args, value, path=path: leave(path, module, value))
    shape = tuple(images.shape[1:])
    try:
        with torch.no_grad():
            result = model(images)
    except Exception as error:  # noqa: BLE001 - whatever the network raises is what is asked for
        path, stopped, args = entered[-1] if entered else ("", None, (images,))
        name = type(stopped or model).__name__
        failure = _failure(name, path, stopped, list(args), error)
        check = InputCheck(shape, len(images), training, tuple(steps), None, failure)
        return (check,) if needs_values(error) else check
    return InputCheck(shape, len(images), training, tuple(steps), shape_of(result))
