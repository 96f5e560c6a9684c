"""What an op of a traced network is called."""

import operator
from typing import Literal

import torch
from torch import fx, nn

Kind = Literal["input", "module", "function", "method", "parameter"]
KINDS: dict[str, Kind] = {
    "placeholder": "input",
    "call_module": "module",
    "call_function": "function",
    "call_method": "method",
    "get_attr": "parameter",
}
SIGNS = {operator.add: "+", operator.iadd: "+", operator.mul: "×", operator.imul: "×", operator.sub: "−"}
SIGNS |= {operator.truediv: "÷", operator.matmul: "@", operator.getitem: "[ ]", torch.add: "+", torch.mul: "×"}
METHOD_SIGNS = {"add": "+", "add_": "+", "mul": "×", "mul_": "×"}
WITHOUT_EFFECT = {"padding=0", "dilation=1", "end_dim=-1", "groups=1"}


def kind(node: fx.Node) -> Kind:
    """What sort of op it is."""
    return KINDS[node.op]


def label(node: fx.Node, module: nn.Module | None) -> str:
    """The module's class, the function's name, or a sign."""
    if module is not None:
        return type(module).__name__
    if node.op == "placeholder":
        return "Input"
    if node.op == "get_attr":
        return "Parameter"
    if callable(node.target):
        return SIGNS.get(node.target) or str(getattr(node.target, "__name__", node.target))
    return METHOD_SIGNS.get(str(node.target), str(node.target))


def arguments(node: fx.Node) -> str:
    """The arguments that are no tensors and say something, as one would write them."""
    plain = [str(each) for each in node.args if isinstance(each, int | float | str)]
    for each in node.args:
        if isinstance(each, tuple | list) and each and all(isinstance(part, int) for part in each):
            plain.append(str(tuple(each)))
    named = [f"{key}={each}" for key, each in node.kwargs.items() if isinstance(each, int | float | str)]
    return ", ".join((*plain, *(each for each in named if each not in WITHOUT_EFFECT and "=False" not in each)))


def first_line(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
