"""Checks that specs share. Each raises SpecError that names the field, quotes the value and says what to give."""

import math
from collections.abc import Sequence
from typing import Any

from cnnviz.errors import SpecError


def one_of(spec: object, name: str, allowed: tuple[str, ...]) -> None:
    """Check that an attribute is one of some names; "" among them reads as "none of these"."""
    value = getattr(spec, name)
    if value not in allowed:
        choices = ", ".join(choice for choice in allowed if choice)
        nothing = ", or nothing" if "" in allowed else ""
        raise SpecError(f"{name} is {value!r}.", f"Choose one of {choices}{nothing}.", field=name)


def whole(spec: object, name: str, low: int, high: int) -> None:
    """Check that an attribute is a whole number in [low, high]."""
    value = getattr(spec, name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SpecError(f"{name} is {value!r}.", f"Give a whole number from {low:,} to {high:,}.", field=name)


def between(
    spec: object, name: str, low: float, high: float, *, open_low: bool = False, open_high: bool = False
) -> None:
    """Check that an attribute is a finite number between low and high, the ends included unless open."""
    value = getattr(spec, name)
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not low <= value <= high or (open_low and value == low) or (open_high and value == high):
        above = f"above {low:g}" if open_low else f"of at least {low:g}"
        below = "" if high == math.inf else f" and {'below' if open_high else 'at most'} {high:g}"
        raise SpecError(f"{name} is {value!r}.", f"Give a finite number {above}{below}.", field=name)


def yes_or_no(spec: object, name: str) -> None:
    """Check that an attribute is a bool."""
    value = getattr(spec, name)
    if not isinstance(value, bool):
        raise SpecError(f"{name} is {value!r}.", "Give true or false.", field=name)


def normalisation(mean: tuple[float, ...], std: tuple[float, ...]) -> None:
    """Check that mean and std are as many finite numbers, std's above 0."""
    if len(mean) != len(std) or not mean:
        raise SpecError(
            f"mean has {len(mean)} numbers and std {len(std)}.", "Give both one number for each channel.", field="mean"
        )
    if not all(math.isfinite(value) for value in mean):
        raise SpecError(f"mean is {mean}.", "Give finite numbers.", field="mean")
    if not all(math.isfinite(value) and value > 0 for value in std):
        raise SpecError(f"std is {std}.", "Give numbers above 0.", field="std")


def class_weights(text: object) -> str:
    """Class weights as text: "", "balanced", or finite numbers above 0, as "1, 2, 0.5"."""
    if text in ("", "balanced"):
        return str(text)
    parts: Sequence[Any] = (
        text.split(",") if isinstance(text, str) else text if isinstance(text, list | tuple) else [text]
    )
    try:
        numbers = [float(part) for part in parts if str(part).strip()]
    except (TypeError, ValueError):
        numbers = []
    if not numbers or not all(math.isfinite(n) and n > 0 for n in numbers):
        raise SpecError(
            f"class_weights is {text!r}.",
            "Give balanced, or one number above 0 for each class, such as 1, 1, 2.",
            field="class_weights",
        )
    return ", ".join(f"{number!r}".removesuffix(".0") for number in numbers)
