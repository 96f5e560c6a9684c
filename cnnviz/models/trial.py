"""A network tried out before anybody trains it: does it build, take images, give a number a class, and fit memory?"""

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import TorchDispatchMode

from cnnviz.errors import CnnvizError, ModelError
from cnnviz.models.meta import needs_values
from cnnviz.models.own_files import line_in

BATCH = 2
MOMENTS = 4  # of each parameter: the value, its gradient, two moments of Adam
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Trial:
    """What the trial found. ``activation_bytes``: all that a forward pass makes, for one image."""

    output_shape: Shape
    num_params: int
    param_bytes: int
    activation_bytes: int


def memory_budget() -> int:
    """Half of the machine's memory, in bytes."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (ValueError, OSError, AttributeError):
        return 4 * 2**30


class TooLargeError(Exception):
    """More bytes than the budget has."""


class _Made(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up what is made, and stops once it is more than the budget."""

    def __init__(self, budget: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.budget, self.num_bytes = budget, 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here; torch would import its compiler, which takes seconds

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # noqa: ANN401
        result = func(*args, **(kwargs or {}))
        for each in result if isinstance(result, tuple | list) else (result,):
            if isinstance(each, Tensor) and not each._is_view():
                self.num_bytes += each.numel() * each.element_size()
        if self.num_bytes > self.budget:
            raise TooLargeError(self.num_bytes)
        return result


def try_model(
    make: Callable[[], nn.Module],
    input_shape: Shape,
    num_classes: int | None = None,
    *,
    title: str = "The network",
    file: str = "",
    budget: int | None = None,
) -> Trial:
    """Build a network and send two images of (C, H, W) through it, without values where that goes.

    So its memory is known before any is taken. ``num_classes``: None takes any number. ``file``: where the class is,
    for lines in messages. ``budget``: bytes, memory_budget's unless given. Torch's random state stays as it was.
    Raises ModelError: it does not build, takes more inputs than one, raises, returns no tensor or one of another
    shape, or takes more memory than the budget.
    """
    most = memory_budget() if budget is None else budget
    with torch.random.fork_rng(devices=[]):
        try:
            return _try(make, input_shape, num_classes, title, file, most, "meta")
        except CnnvizError:
            raise
        except Exception as error:
            if isinstance(error, TooLargeError) or not needs_values(error):
                raise _said(error, title, file, most) from error
        try:  # it looks at values, so it has to have some
            return _try(make, input_shape, num_classes, title, file, most, "cpu")
        except CnnvizError:
            raise
        except Exception as error:
            raise _said(error, title, file, most) from error


def _try(
    make: Callable[[], nn.Module],
    shape: Shape,
    num_classes: int | None,
    title: str,
    file: str,
    budget: int,
    device: str,
) -> Trial:
    with torch.device(device):
        model = _built(make, title, file)
        _check_forward(model, title)
        _check_memory(title, _param_bytes(model), budget)
        with torch.no_grad(), _Made(budget) as made:
            result = model.eval()(torch.zeros(BATCH, *shape, device=device))
    _check_memory(title, _param_bytes(model), budget)
    _check_result(result, num_classes, title)
    num_params = sum(part.numel() for part in model.parameters())
    return Trial(tuple(result.shape[1:]), num_params, _param_bytes(model), made.num_bytes // BATCH)


def _param_bytes(model: nn.Module) -> int:
    """Of the parameters whose sizes are known; lazy ones are made by the first images."""
    return sum(part.numel() * part.element_size() for part in model.parameters() if not is_lazy(part))


def _built(make: Callable[[], nn.Module], title: str, file: str) -> nn.Module:
    try:
        return make()
    except CnnvizError:
        raise
    except Exception as error:
        if needs_values(error):
            raise
        raise ModelError(
            f"{title} can't be built: {_place(file, error)}{type(error).__name__}: {error}.",
            "Change its options, or mend the class.",
            field="model",
        ) from error


def _check_forward(model: nn.Module, title: str) -> None:
    parameters = inspect.signature(model.forward).parameters.values()
    wanted = [
        each.name
        for each in parameters
        if each.default is each.empty and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    takes_any = any(each.kind is each.VAR_POSITIONAL for each in parameters)
    if len(wanted) > 1 or not (parameters or takes_any):
        takes = f"{len(wanted)} inputs ({', '.join(wanted)})" if wanted else "no input"
        raise ModelError(
            f"{title}: its forward takes {takes}, and there is one: the images.",
            "Give the others defaults, or make them arguments of the constructor.",
            field="model",
        )


def _check_memory(title: str, param_bytes: int, budget: int) -> None:
    if MOMENTS * param_bytes > budget:
        raise ModelError(
            f"{title} is too large for this machine: its parameters, with gradients and Adam's moments, would take "
            f"{_gib(MOMENTS * param_bytes)}, and {_gib(budget)} are allowed, half of its memory.",
            "Choose smaller options or smaller images.",
            field="model",
        )


def _gib(num_bytes: int) -> str:
    return f"{num_bytes / 2**30:,.1f} GiB"


def _check_result(result: object, num_classes: int | None, title: str) -> None:
    hint = "Return the logits alone, a tensor of (N, number of classes)."
    if isinstance(result, dict):
        keys = ", ".join(str(key) for key in list(result)[:5])
        raise ModelError(f"{title}: its forward returns a dictionary ({keys}), not a tensor.", hint, field="model")
    if not isinstance(result, Tensor):
        many = f" of {len(result)}" if isinstance(result, tuple | list) else ""
        kind = type(result).__name__
        raise ModelError(f"{title}: its forward returns a {kind}{many}, not a tensor.", hint, field="model")
    shape = "×".join(str(size) for size in result.shape) or "no axes"
    if result.ndim != 2 or result.shape[0] != BATCH:
        folded = result.ndim == 2 and result.shape[0] != BATCH
        why = (
            " It folds pixels into the batch, as view(-1, …) does: flatten with torch.flatten(x, 1)." if folded else ""
        )
        raise ModelError(f"{title} makes {shape} of {BATCH} images, not {BATCH} rows.{why}", hint, field="model")
    if num_classes is not None and result.shape[1] != num_classes:
        raise ModelError(
            f"{title} gives {result.shape[1]} numbers for each image, and there are {num_classes} classes.",
            "Let the constructor take num_classes, or choose other data.",
            field="model",
        )


def _said(error: Exception, title: str, file: str, budget: int) -> ModelError:
    if isinstance(error, TooLargeError):
        return ModelError(
            f"{title} is too large for this machine: with {BATCH} images its layers' outputs would take more than "
            f"{_gib(budget)}, half of its memory.",
            "Choose smaller options or smaller images.",
            field="model",
        )
    said = (str(error).strip().splitlines() or [""])[0]
    return ModelError(
        f"{title}: its forward raises {_place(file, error)}{type(error).__name__}: {said}",
        "Change the input size, its options, or mend the class.",
        field="model",
    )


def _place(file: str, error: Exception) -> str:
    line = line_in(Path(file), error) if file else 0
    return f"in line {line} of {Path(file).name} " if line else ""
