"""What a person asked for, as frozen dataclasses that are checked on creation."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from cnnviz.augment_spec import AugmentSpec
from cnnviz.errors import SpecError
from cnnviz.spec_checks import between, class_weights, normalisation, one_of, whole, yes_or_no

Option = bool | int | float
OPTIMIZERS = ("adam", "adamw", "sgd")
DEVICES = ("auto", "cpu", "cuda", "mps")
BEST_BY = ("valid_accuracy", "valid_loss")
STOP_BY = ("valid_loss", "valid_accuracy")
SCHEDULES = ("constant", "plateau", "step", "cosine")
INITS = ("", "kaiming", "xavier", "normal", "zeros")
MAX_EPOCHS, MAX_BATCH, MAX_FOLDS = 10_000, 65_536, 100
_CHOICES = {
    "optimizer": OPTIMIZERS,
    "device": DEVICES,
    "best_by": BEST_BY,
    "stop_by": STOP_BY,
    "schedule": SCHEDULES,
    "init": INITS,
}


@dataclass(frozen=True, kw_only=True)
class TrainSpec:
    """One training run, whole: the same spec on the same machine gives the same history.

    ``max_epochs`` of 0 scores the network and trains nothing.
    ``l1_penalty`` and ``l2_penalty`` add λ·Σ|w| and λ·Σw² over all parameters to the loss; ``weight_decay`` is the
    optimiser's own.
    ``schedule`` moves the learning rate once an epoch: ``plateau`` multiplies it by ``schedule_factor`` after more
    than ``schedule_patience`` epochs without a lower validation loss, ``step`` every ``schedule_epochs`` epochs,
    ``cosine`` brings it to 0 in ``schedule_epochs``; 0 of these means a third of the run, or all of it for cosine.
    ``patience`` of 0 never stops early; else training ends after so many epochs in which ``stop_by`` did not get
    better by more than ``min_delta``.
    ``class_weights`` is "", "balanced" or one number for each class: "1, 1, 2".
    ``augment`` changes training images, never those that validate.
    ``init`` of "" leaves the network as it sets itself up; ``weights`` names stored weights to start from.
    ``score_in_training_mode`` leaves dropout and batch norm as they train while validation images are scored.
    ``train_size`` and ``valid_size`` cut the split to that many images, class by class; 0 takes all.
    ``valid_fraction`` applies to sets without a validation part of their own. With ``num_folds``, ``fold`` (from 1)
    is the part of all images that validates.
    ``mean`` and ``std`` normalise pixels scaled to [0, 1], per channel; one number serves all channels.
    ``num_threads`` is for the CPU; 0 takes every core the process may use.
    """

    model: str
    data: str
    recipe: str = ""
    model_options: Mapping[str, Option] = field(default_factory=dict)
    weights: str = ""
    init: str = ""
    optimizer: Literal["adam", "adamw", "sgd"] = "adam"
    lr: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.0
    l1_penalty: float = 0.0
    l2_penalty: float = 0.0
    schedule: Literal["constant", "plateau", "step", "cosine"] = "constant"
    schedule_patience: int = 4
    schedule_factor: float = 0.1
    schedule_epochs: int = 0
    batch_size: int = 100
    max_epochs: int = 12
    patience: int = 0
    min_delta: float = 0.0
    stop_by: Literal["valid_loss", "valid_accuracy"] = "valid_loss"
    restore_best: bool = False
    class_weights: str = ""
    augment: AugmentSpec = field(default_factory=AugmentSpec)
    drop_last: bool = False
    shuffle: bool = True
    seed: int = 0
    valid_fraction: float = 0.2
    num_folds: int = 0
    fold: int = 1
    train_size: int = 0
    valid_size: int = 0
    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.5,)
    best_by: Literal["valid_accuracy", "valid_loss"] = "valid_accuracy"
    score_in_training_mode: bool = False
    device: str = "auto"
    num_threads: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", numbers("mean", self.mean))
        object.__setattr__(self, "std", numbers("std", self.std))
        object.__setattr__(self, "model_options", dict(self.model_options))
        object.__setattr__(self, "augment", augmentation(self.augment))
        object.__setattr__(self, "class_weights", class_weights(self.class_weights))
        for name, allowed in _CHOICES.items():
            one_of(self, name, allowed)
        if not isinstance(self.weights, str):
            raise SpecError(f"weights is {self.weights!r}.", "Give the name of stored weights.", field="weights")
        self._check_wholes()
        self._check_numbers()
        for name in ("drop_last", "shuffle", "restore_best", "score_in_training_mode"):
            yes_or_no(self, name)
        normalisation(self.mean, self.std)

    def _check_wholes(self) -> None:
        whole(self, "batch_size", 1, MAX_BATCH)
        for name in ("max_epochs", "patience", "schedule_patience", "schedule_epochs"):
            whole(self, name, 0, MAX_EPOCHS)
        whole(self, "seed", 0, 2**63 - 1)
        for name in ("train_size", "valid_size", "num_threads"):
            whole(self, name, 0, 10**9)
        whole(self, "num_folds", 0, MAX_FOLDS)
        if self.num_folds == 1:
            raise SpecError("num_folds is 1.", "Give at least 2, or 0 for no folds.", field="num_folds")
        whole(self, "fold", 1, max(self.num_folds, 1))

    def _check_numbers(self) -> None:
        between(self, "lr", 0, math.inf, open_low=True)
        between(self, "momentum", 0, 1, open_high=True)
        for name in ("weight_decay", "l1_penalty", "l2_penalty", "min_delta"):
            between(self, name, 0, math.inf)
        between(self, "schedule_factor", 0, 1, open_low=True, open_high=True)
        between(self, "valid_fraction", 0, 0.9, open_low=True)

    def as_dict(self) -> dict[str, Any]:
        """The spec as plain JSON types; ``from_dict`` reads it back."""
        plain = asdict(self)
        return {**plain, "mean": list(self.mean), "std": list(self.std)}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "TrainSpec":
        """A spec from ``as_dict``'s output, an older one's too. Raises SpecError for what it does not know."""
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(plain) - known)
        if unknown:
            raise SpecError(f"Unknown settings: {', '.join(unknown)}.", f"Known are {', '.join(sorted(known))}.")
        try:
            return cls(**plain)
        except TypeError as error:
            raise SpecError(f"The settings can't be read: {error}.") from error

    def changed(self, settings: Mapping[str, Any]) -> "TrainSpec":
        """A copy with some settings changed; names that are no setting go to the model as its options.

        ``augment.rotation`` and the like change one augmentation and leave the others.
        """
        own = {item.name for item in fields(self)}
        settings = self._with_augmentations(settings)
        options = {**self.model_options, **{k: v for k, v in settings.items() if k not in own}}
        return replace(self, **{"model_options": options, **{k: v for k, v in settings.items() if k in own}})

    def _with_augmentations(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Settings in which ``augment.rotation`` and the like are gathered into ``augment``."""
        parts = {k.removeprefix("augment."): v for k, v in settings.items() if k.startswith("augment.")}
        others = {k: v for k, v in settings.items() if not k.startswith("augment.")}
        if not parts:
            return others
        whole_augment = augmentation(others.get("augment", self.augment)).as_dict()
        return {**others, "augment": {**whole_augment, **parts}}

    @property
    def schedule_period(self) -> int:
        """``schedule_epochs``, or what 0 of them stands for."""
        whole_run = self.max_epochs if self.schedule == "cosine" else self.max_epochs // 3
        return self.schedule_epochs or max(whole_run, 1)


def augmentation(value: object) -> AugmentSpec:
    """An AugmentSpec from itself or its plain types. Raises SpecError for anything else."""
    if isinstance(value, AugmentSpec):
        return value
    if not isinstance(value, Mapping):
        raise SpecError(f"augment is {value!r}.", "Give settings such as augment.rotation=15.", field="augment")
    return AugmentSpec.from_dict(value)


def numbers(name: str, value: object) -> tuple[float, ...]:
    """One number or several as a tuple. Raises SpecError for anything else."""
    several = value if isinstance(value, list | tuple) else (value,)
    try:
        return tuple(float(number) for number in several)
    except (TypeError, ValueError) as error:
        raise SpecError(f"{name} is {value!r}.", "Give one number for each channel.", field=name) from error
