"""What a person asked for, as frozen dataclasses that are checked on creation."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from cnnviz.errors import SpecError

Option = bool | int | float
OPTIMIZERS = ("adam", "sgd")
DEVICES = ("auto", "cpu", "cuda", "mps")
BEST_BY = ("valid_accuracy", "valid_loss")
MAX_EPOCHS, MAX_BATCH = 10_000, 65_536


@dataclass(frozen=True, kw_only=True)
class TrainSpec:
    """One training run, whole: the same spec on the same machine gives the same history.

    ``train_size`` and ``valid_size`` cut the split to that many images, class by class; 0 takes all.
    ``valid_fraction`` applies to sets without a validation part of their own.
    ``mean`` and ``std`` normalise pixels scaled to [0, 1], per channel; one number serves all channels.
    ``num_threads`` is for the CPU; 0 takes every core the process may use.
    """

    model: str
    data: str
    recipe: str = ""
    model_options: Mapping[str, Option] = field(default_factory=dict)
    optimizer: Literal["adam", "sgd"] = "adam"
    lr: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0
    batch_size: int = 100
    max_epochs: int = 12
    drop_last: bool = False
    shuffle: bool = True
    seed: int = 0
    valid_fraction: float = 0.2
    train_size: int = 0
    valid_size: int = 0
    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.5,)
    best_by: Literal["valid_accuracy", "valid_loss"] = "valid_accuracy"
    device: str = "auto"
    num_threads: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", tuple(float(value) for value in self.mean))
        object.__setattr__(self, "std", tuple(float(value) for value in self.std))
        object.__setattr__(self, "model_options", dict(self.model_options))
        self._check_choices()
        self._check_numbers()
        self._check_normalisation()

    def _check_choices(self) -> None:
        for name, allowed in (("optimizer", OPTIMIZERS), ("device", DEVICES), ("best_by", BEST_BY)):
            if getattr(self, name) not in allowed:
                raise SpecError(
                    f"{name} is {getattr(self, name)!r}.", f"Choose one of {', '.join(allowed)}.", field=name
                )

    def _check_numbers(self) -> None:
        whole(self, "batch_size", 1, MAX_BATCH)
        whole(self, "max_epochs", 1, MAX_EPOCHS)
        whole(self, "seed", 0, 2**63 - 1)
        for name in ("train_size", "valid_size", "num_threads"):
            whole(self, name, 0, 10**9)
        between(self, "lr", 0, math.inf, open_low=True)
        between(self, "momentum", 0, 1, open_high=True)
        between(self, "weight_decay", 0, math.inf)
        between(self, "valid_fraction", 0, 0.9, open_low=True)

    def _check_normalisation(self) -> None:
        if len(self.mean) != len(self.std) or not self.mean:
            raise SpecError(
                f"mean has {len(self.mean)} numbers and std {len(self.std)}.",
                "Give both one number for each channel.",
                field="mean",
            )
        if not all(math.isfinite(value) for value in self.mean):
            raise SpecError(f"mean is {self.mean}.", "Give finite numbers.", field="mean")
        if not all(math.isfinite(value) and value > 0 for value in self.std):
            raise SpecError(f"std is {self.std}.", "Give numbers above 0.", field="std")

    def as_dict(self) -> dict[str, Any]:
        """The spec as plain JSON types; ``from_dict`` reads it back."""
        plain = asdict(self)
        return {**plain, "mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "TrainSpec":
        """A spec from ``as_dict``'s output. Raises SpecError for what it does not know or can't use."""
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(plain) - known)
        if unknown:
            raise SpecError(f"Unknown settings: {', '.join(unknown)}.", f"Known are {', '.join(sorted(known))}.")
        try:
            return cls(**plain)
        except TypeError as error:
            raise SpecError(f"The settings can't be read: {error}.") from error

    def changed(self, settings: Mapping[str, Any]) -> "TrainSpec":
        """A copy with some settings changed; names that are no setting go to the model as its options."""
        own = {item.name for item in fields(self)}
        options = {**self.model_options, **{k: v for k, v in settings.items() if k not in own}}
        return replace(self, **{"model_options": options, **{k: v for k, v in settings.items() if k in own}})


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
