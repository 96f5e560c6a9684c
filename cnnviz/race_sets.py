"""Races as data: configurations that differ in one thing, and a sentence on what to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz import recipes
from cnnviz.errors import SpecError
from cnnviz.spec_words import label, value_text
from cnnviz.specs import TrainSpec

MOST = 6


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One configuration of a race: what it is called there, and its spec."""

    name: str
    spec: TrainSpec


@dataclass(frozen=True, kw_only=True)
class RaceSet:
    """A race that teaches something. All lanes share the recipe's seed and batches, unless that is what they vary."""

    name: str
    title: str
    system: str
    look: str  # what to look at, one sentence
    recipe: str
    variants: Mapping[str, Mapping[str, Any]]  # a lane's name → what it changes

    def lanes(self) -> list[Lane]:
        """The configurations."""
        base = recipes.get(self.recipe).spec
        return [Lane(name=name, spec=base.changed(changes)) for name, changes in self.variants.items()]


def own_lanes(base: TrainSpec, field: str, values: Sequence[object]) -> list[Lane]:
    """A spec with one setting at two to six values. Raises SpecError for a value that can't be, or too few or many."""
    unique = list(dict.fromkeys(values))
    if not 2 <= len(unique) <= MOST:
        raise SpecError(
            f"{label(field)} has {len(unique)} different values.", f"Give 2 to {MOST} of them.", field="values"
        )
    return [Lane(name=f"{label(field)} {value_text(value)}", spec=base.changed({field: value})) for value in unique]


# One network in three makes, as stacks, so that a remedy is all that differs.
_STACK = "stack:1x28x28:conv 16 k3 p1 /{0} pool 2 / conv 32 k3 p1 /{0} pool 2 / flatten / linear 100 / relu / linear 10"
_PLAIN = {"model": _STACK.format(" relu /"), "model_options": {}}
_DROPOUT = {"model": _STACK.format(" relu / dropout 0.3 /"), "model_options": {}}
_BATCH_NORM = {"model": _STACK.format(" bn / relu /"), "model_options": {}}
_ALL = (
    RaceSet(
        name="remedies",
        title="Six answers to over-fitting",
        system="S3",
        look="Watch the gap between training (solid) and validation (dashed): which remedy keeps them together, "
        "and which only slows training down?",
        recipe="overfit-demo",
        variants={
            "none": _PLAIN,
            "L1": {**_PLAIN, "l1_penalty": 3e-4},
            "L2": {**_PLAIN, "l2_penalty": 3e-3},
            "dropout": _DROPOUT,
            "batch norm": _BATCH_NORM,
            "early stopping": {**_PLAIN, "patience": 2, "restore_best": True},
        },
    ),
    RaceSet(
        name="heads",
        title="FC against GAP",
        system="S3",
        look="The flattened head has twenty times the parameters and soon knows every training digit; GAP learns "
        "slowly, and its training and validation stay together.",
        recipe="gap-demo",
        variants={"FC": {"model": "fc_cnn"}, "GAP": {"model": "gap_cnn"}},
    ),
    RaceSet(
        name="decay",
        title="Low against high weight decay",
        system="S5",
        look="Decay reaches the whole network and sets the level of the loss: low decay falls fast, then training "
        "and validation part.",
        recipe="colour-demo",
        variants={"decay 0.0005": {"weight_decay": 0.0005}, "decay 0.005": {"weight_decay": 0.005}},
    ),
    RaceSet(
        name="keep-prob",
        title="Low against high keep_prob",
        system="S5",
        look="Dropout reaches the linear layers alone: with a low keep_prob the training loss stays above the "
        "validation loss.",
        recipe="colour-demo",
        variants={"keep 0.5": {"keep_prob": 0.5}, "keep 0.85": {"keep_prob": 0.85}, "keep 1": {"keep_prob": 1.0}},
    ),
    RaceSet(
        name="rates",
        title="Too low, right, too high",
        system="S2",
        look="A learning rate ten times too low crawls; ten times too high jumps about or never learns.",
        recipe="lenet-digits",
        variants={f"{lr:g}": {"lr": lr, "max_epochs": 8} for lr in (1e-4, 1e-3, 1e-2)},
    ),
)
RACES = {race.name: race for race in _ALL}
