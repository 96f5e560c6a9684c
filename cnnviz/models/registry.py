"""The registry of networks. Listing them costs nothing; torch is imported when one is built."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from cnnviz.errors import ModelError, SpecError
from cnnviz.models import stack_name
from cnnviz.models.entry import ModelEntry
from cnnviz.models.zoo import ZOO
from cnnviz.naming import did_you_mean
from cnnviz.specs import Option

if TYPE_CHECKING:
    from torch import nn

MODELS = {entry.name: entry for entry in ZOO}


def get(name: str) -> ModelEntry:
    """The entry of that name. Raises ModelError, with the nearest name as a hint."""
    if name.startswith(stack_name.PREFIX):
        _, shape = stack_name.read(name)
        return ModelEntry(name=name, title="Your stack", system="", location="", input_shape=shape, fixed_shape=True)
    if name in MODELS:
        return MODELS[name]
    raise ModelError(f"There is no model called {name!r}.", did_you_mean(name, MODELS), field="model")


def check_options(name: str, options: Mapping[str, Option]) -> dict[str, Option]:
    """The network's options, the missing ones at their defaults. Raises SpecError for one it does not have."""
    entry = get(name)
    for option in options:
        if option not in entry.options:
            known = ", ".join(entry.options) or "none"
            raise SpecError(
                f"{option!r} is neither a setting of a run nor an option of {name}.",
                f"Options of {name}: {known}.",
                field=option,
            )
    return {key: spec.check(key, options.get(key, spec.default)) for key, spec in entry.options.items()}


def check_data(name: str, data: str, shape: tuple[int, int, int], num_classes: int) -> None:
    """Raise ModelError unless the network takes images of that shape, (C, H, W), and tells that many classes apart."""
    entry = get(name)
    if entry.fixed_shape and entry.input_shape != shape:
        raise ModelError(
            f"The network takes images of {entry.input_shape}, and those of {data} are {shape}.",
            "Choose another network or data set.",
            field="data",
        )
    if min(shape[1:]) < entry.min_size:
        raise ModelError(
            f"{entry.title} needs images of at least {entry.min_size}×{entry.min_size} pixels, "
            f"and those of {data} are {shape[1]}×{shape[2]}: its pools would leave nothing.",
            "Choose another network or data set.",
            field="data",
        )
    if name.startswith(stack_name.PREFIX):
        stack_name.check_classes(name, num_classes)


def build(
    name: str,
    options: Mapping[str, Option] | None = None,
    *,
    num_classes: int | None = None,
    input_shape: tuple[int, int, int] | None = None,
) -> "nn.Module":
    """A fresh network, initialised from torch's global random state.

    ``num_classes`` and ``input_shape`` (C, H, W) are the entry's own unless given.
    """
    entry = get(name)
    classes = entry.num_classes if num_classes is None else num_classes
    if name.startswith(stack_name.PREFIX):
        return _build_stack(name, classes)
    module, _, kind = entry.location.partition(":")
    model: nn.Module = getattr(import_module(module), kind)(
        num_classes=classes,
        input_shape=input_shape or entry.input_shape,
        **check_options(name, options or {}),
    )
    return model


def _build_stack(name: str, num_classes: int) -> "nn.Module":
    from cnnviz.models.stack import build_stack

    stack_name.check_classes(name, num_classes)
    return build_stack(*stack_name.read(name))
