"""The registry of networks. Listing them costs nothing; torch is imported when one is built."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from cnnviz.errors import ModelError, SpecError
from cnnviz.models import stack_name
from cnnviz.naming import did_you_mean
from cnnviz.specs import Option

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, kw_only=True)
class OptionSpec:
    """One option of a network: its default and what is allowed."""

    default: Option
    low: float
    high: float
    about: str

    def check(self, name: str, value: Option) -> Option:
        """The value, or SpecError when it is of another kind or out of bounds."""
        whole = isinstance(self.default, int)
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            kind = "whole number" if whole else "number"
            raise SpecError(f"{name} is {value!r}.", f"Give a {kind}.", field=name)
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise SpecError(f"{name} is {value!r}.", f"Give a number from {self.low:g} to {self.high:g}.", field=name)
        return value


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """A network by name: where its class is, what it takes, what may be changed about it."""

    name: str
    title: str
    system: str
    location: str  # "module:Class"
    input_shape: tuple[int, int, int]
    options: Mapping[str, OptionSpec] = field(default_factory=dict)


_ALL = (
    ModelEntry(
        name="lenet",
        title="LeNet",
        system="S2",
        location="cnnviz.models.lenet:LeNet",
        input_shape=(1, 28, 28),
        options={
            "dropout": OptionSpec(
                default=0.5, low=0.0, high=0.95, about="Share of hidden units switched off at each step."
            )
        },
    ),
)
MODELS = {entry.name: entry for entry in _ALL}


def get(name: str) -> ModelEntry:
    """The entry of that name. Raises ModelError, with the nearest name as a hint."""
    if name.startswith(stack_name.PREFIX):
        _, shape = stack_name.read(name)
        return ModelEntry(name=name, title="Your stack", system="", location="", input_shape=shape)
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
    wanted = get(name).input_shape
    if wanted != shape:
        raise ModelError(
            f"The network takes images of {wanted}, and those of {data} are {shape}.",
            "Choose another network or data set.",
            field="data",
        )
    if name.startswith(stack_name.PREFIX):
        stack_name.check_classes(name, num_classes)


def build(name: str, options: Mapping[str, Option] | None = None, *, num_classes: int = 10) -> "nn.Module":
    """A fresh network, initialised from torch's global random state."""
    if name.startswith(stack_name.PREFIX):
        return _build_stack(name, num_classes)
    module, _, kind = get(name).location.partition(":")
    model: nn.Module = getattr(import_module(module), kind)(
        num_classes=num_classes, **check_options(name, options or {})
    )
    return model


def _build_stack(name: str, num_classes: int) -> "nn.Module":
    from cnnviz.models.stack import build_stack

    stack_name.check_classes(name, num_classes)
    return build_stack(*stack_name.read(name))
