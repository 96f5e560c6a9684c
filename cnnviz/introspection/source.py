"""The source code of a network's classes."""

import inspect
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from cnnviz.models.stack import StackModel
from cnnviz.ops.stack_code import stack_code


@dataclass(frozen=True)
class Source:
    """One class: its code, and the file and line where it stands. ``why``: why there is no code, or ""."""

    name: str
    text: str
    file: str = ""
    line: int = 0
    why: str = ""


def sources(model: nn.Module) -> tuple[Source, ...]:
    """The network's class, then those of its parts that are not torch's, each once, in the order they are met."""
    if isinstance(model, StackModel):
        return (Source("Stack", stack_code(model.specs, model.input_shape)),)
    kinds = dict.fromkeys(type(part) for part in model.modules())
    return tuple(source_of(kind) for kind in kinds if not kind.__module__.startswith("torch."))


def source_of(kind: type) -> Source:
    """The code of one class."""
    try:
        lines, first = inspect.getsourcelines(kind)
        return Source(kind.__name__, "".join(lines), Path(inspect.getsourcefile(kind) or "").name, first)
    except (OSError, TypeError, IndentationError, SyntaxError):
        return Source(kind.__name__, "", why=f"The source of {kind.__name__} is not to be had: it has no file.")
