"""What a network's constructor takes, as options that a page can show."""

import inspect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnnviz.models.entry import OptionSpec

if TYPE_CHECKING:
    from torch import nn

GIVEN = ("num_classes", "input_shape", "in_channels")  # what the data decides, for those that take it
KINDS = inspect.Parameter


@dataclass(frozen=True)
class Signature:
    """``given``: the arguments that the data decides; ``lacking``: those that nobody knows a value for."""

    given: tuple[str, ...]
    options: dict[str, OptionSpec]
    lacking: tuple[str, ...]
    defaults: dict[str, object]


def signature_of(kind: "type[nn.Module]") -> Signature:
    """What the constructor takes. Arguments with defaults of other kinds keep them and are not offered."""
    parameters = [each for each in inspect.signature(kind).parameters.values() if each.kind not in _VARIABLE]
    own = [each for each in parameters if each.name not in GIVEN]
    return Signature(
        given=tuple(each.name for each in parameters if each.name in GIVEN),
        options={each.name: _option(each) for each in own if _is_number(each.default)},
        lacking=tuple(each.name for each in own if each.default is KINDS.empty),
        defaults={each.name: each.default for each in parameters if each.default is not KINDS.empty},
    )


_VARIABLE = (KINDS.VAR_POSITIONAL, KINDS.VAR_KEYWORD)


def _is_number(default: object) -> bool:
    """Whether a control can show it: math.inf, a usual way to say none, keeps its default like any other kind."""
    return isinstance(default, bool | int | float) and math.isfinite(default)


def _option(parameter: inspect.Parameter) -> OptionSpec:
    default = parameter.default
    about = f"{parameter.name} of the class's constructor."
    if isinstance(default, bool):
        return OptionSpec(default=default, about=about)
    if isinstance(default, int):
        return OptionSpec(default=default, low=min(default, 1 if default > 0 else 0), high=_far(default), about=about)
    share = 0 <= default <= 1
    return OptionSpec(
        default=default, low=min(0.0, 10 * default), high=1.0 if share else max(10 * abs(default), 1.0), about=about
    )


def _far(default: int) -> int:
    return max(4096, 16 * abs(default))
