"""What is known of a network before it is built."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from cnnviz.errors import SpecError
from cnnviz.specs import Option


@dataclass(frozen=True, kw_only=True)
class OptionSpec:
    """One option of a network: its default and what is allowed. A default of True or False makes it a switch."""

    default: Option
    about: str
    low: float = 0
    high: float = 1

    def check(self, name: str, value: Option) -> Option:
        """The value, or SpecError when it is of another kind or out of bounds."""
        if isinstance(self.default, bool) or isinstance(value, bool):
            return self._check_switch(name, value)
        whole = isinstance(self.default, int)
        if not isinstance(value, int if whole else (int, float)):
            kind = "whole number" if whole else "number"
            raise SpecError(f"{name} is {value!r}.", f"Give a {kind}.", field=name)
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise SpecError(f"{name} is {value!r}.", f"Give a number from {self.low:g} to {self.high:g}.", field=name)
        return value

    def _check_switch(self, name: str, value: Option) -> Option:
        if isinstance(self.default, bool) and isinstance(value, bool):
            return value
        wanted = "true or false" if isinstance(self.default, bool) else "a number"
        raise SpecError(f"{name} is {value!r}.", f"Give {wanted}.", field=name)


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """A network by name: where its class is, what it takes, what may be changed about it.

    ``input_shape`` (C, H, W) and ``num_classes`` are the usual ones; a network of the zoo is built for any shape with
    sides of at least ``min_size``. ``any_size``: once built, it takes images of other sizes too.
    ``fixed_shape``: it is built for its own input shape alone. ``in_channels``: the channels it takes, 0 for any.
    ``fixed_classes``: it always tells ``num_classes`` apart. ``group``: zoo, torchvision, own or stack.
    """

    name: str
    title: str
    system: str
    location: str  # "module:Class"
    input_shape: tuple[int, int, int]
    num_classes: int = 10
    options: Mapping[str, OptionSpec] = field(default_factory=dict)
    min_size: int = 1
    any_size: bool = False
    fixed_shape: bool = False
    in_channels: int = 0
    fixed_classes: bool = False
    group: str = "zoo"
    about: str = ""
