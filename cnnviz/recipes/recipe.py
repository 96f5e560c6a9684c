"""A recipe: a named training spec with what it shows and what its tutorial printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from cnnviz.specs import TrainSpec

Kind = Literal["reported", "demo", "own"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A spec with a name, what it shows, and the figures its tutorial printed (never measured here).

    ``kind``: "reported" trains as the tutorial did, "demo" shows the same lesson in about a minute on two cores,
    "own" is the visitor's.
    ``reported`` names figures as EpochRow does, of the last epoch; ``first_train_loss``, ``best_epoch``,
    ``best_valid_loss`` and ``epochs`` beside them. ``reported_epochs`` are rows of single epochs,
    ``reported_classes`` shares of right answers by class.
    """

    name: str
    title: str
    system: str
    about: str
    spec: TrainSpec
    kind: Kind = "reported"
    reported: Mapping[str, float] = field(default_factory=dict)
    reported_epochs: tuple[Mapping[str, float], ...] = ()
    reported_classes: Mapping[str, float] = field(default_factory=dict)


def recipe(name: str, title: str, about: str, base: TrainSpec, **changes: Any) -> Recipe:  # noqa: ANN401
    """A recipe from a base spec. Changes that Recipe knows (kind, reported …) are its own; the rest are the spec's."""
    own = {key: changes.pop(key) for key in tuple(changes) if key in Recipe.__dataclass_fields__}
    spec = replace(base.changed(changes), recipe=name)
    return Recipe(name=name, title=title, about=about, spec=spec, **{"system": "", **own})
