"""The fields of a layer's specification: each checks and normalises its value once, on creation.

They are data descriptors, so a frozen dataclass takes ``kernel_size=3`` and holds ``(3, 3)``.
"""

# ruff: noqa: ANN401 - a descriptor looked up on the class hands back its default, whatever that is

from __future__ import annotations

from typing import Any, overload

from cnnviz.errors import SpecError

Pair = tuple[int, int]
REQUIRED: Any = object()
LARGEST = 1_000_000  # beyond this a number is a slip of the finger, and arithmetic on it only costs time


def whole(value: object, field: str, least: int | None) -> int:
    """The value as an int. Raises SpecError when it is no whole number or smaller than ``least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise SpecError(f"{field} is {value!r}.", "Give a whole number.", field=field)
    if least is not None and value < least:
        raise SpecError(f"{field} is {value}.", f"Give at least {least}.", field=field)
    if abs(value) > LARGEST:
        raise SpecError(f"{field} is {value}.", f"Give at most {LARGEST:,}.", field=field)
    return value


def pair(value: object, field: str, least: int | None) -> Pair:
    """A whole number as (height, width), or a pair of them. Raises SpecError."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise SpecError(f"{field} has {len(value)} numbers.", "Give one number, or (height, width).", field=field)
        return whole(value[0], field, least), whole(value[1], field, least)
    number = whole(value, field, least)
    return number, number


class _Field:
    """What the fields share: a name, a default, a place in the instance's dictionary."""

    def __init__(self, default: Any = REQUIRED, least: int | None = None, like: str = "") -> None:
        self.default, self.least, self.like = default, least, like

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def get(self, instance: object | None) -> Any:
        if instance is not None:
            return instance.__dict__[self.name]
        if self.default is REQUIRED:
            raise AttributeError(self.name)  # so dataclass sees a field without a default
        return self.default


class Whole(_Field):
    """A whole number of at least ``least``."""

    def __get__(self, instance: object | None, owner: type | None = None) -> int:
        return int(self.get(instance))

    def __set__(self, instance: object, value: int) -> None:
        instance.__dict__[self.name] = whole(value, self.name, self.least)


class Both(_Field):
    """(height, width) from one number or two; None means the value of the field named ``like``."""

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Any: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Pair: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        return self.get(instance)

    def __set__(self, instance: object, value: int | Pair | None) -> None:
        if value is None and self.like:
            instance.__dict__[self.name] = getattr(instance, self.like)
        else:
            instance.__dict__[self.name] = pair(value, self.name, self.least)


class Padding(_Field):
    """(height, width) from one number or two, or one of torch's words 'same' and 'valid'."""

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Any: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Pair | str: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        return self.get(instance)

    def __set__(self, instance: object, value: int | Pair | str) -> None:
        if isinstance(value, str):
            if value not in ("same", "valid"):
                hint = "Give a number, 'same' or 'valid'."
                raise SpecError(f"padding is {value!r}.", hint, field=self.name)
            instance.__dict__[self.name] = value
        else:
            instance.__dict__[self.name] = pair(value, self.name, self.least)


class Sides(_Field):
    """(left, right, top, bottom) from one number or four; negative numbers crop."""

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Any: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> tuple[int, int, int, int]: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        return self.get(instance)

    def __set__(self, instance: object, value: int | tuple[int, int, int, int]) -> None:
        numbers = list(value) if isinstance(value, (tuple, list)) else [value] * 4
        if len(numbers) != 4:
            hint = "Give one number, or (left, right, top, bottom)."
            raise SpecError(f"{self.name} has {len(numbers)} numbers.", hint, field=self.name)
        instance.__dict__[self.name] = tuple(whole(number, self.name, None) for number in numbers)


class Target(_Field):
    """The output size of an adaptive pool: (height, width), where None keeps that side."""

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Any: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> tuple[int | None, int | None]: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> Any:
        return self.get(instance)

    def __set__(self, instance: object, value: int | tuple[int | None, int | None]) -> None:
        numbers = list(value) if isinstance(value, (tuple, list)) else [value, value]
        if len(numbers) != 2 or value is None:
            hint = "Give one number, or (height, width)."
            raise SpecError(f"{self.name} is {value!r}.", hint, field=self.name)
        # torch allows 0 and hands back a tensor without cells; nothing can be seen or learnt from one.
        instance.__dict__[self.name] = tuple(n if n is None else whole(n, self.name, 1) for n in numbers)
