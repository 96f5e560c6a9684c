"""The tutorials' trainings that ``bench train`` measures, and images to train them on.

Of the five data sets only the digits are sure to be at hand, so the others are stood in for by generated images of
the same shape, number of classes and type: time does not depend on what they show. The rows say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnnviz.data.image_set import ImageSet
from cnnviz.data.registry import load

PREFIX = "stand-in-"


@dataclass(frozen=True, kw_only=True)
class System:
    """A tutorial's network with its batch size and optimiser; ``settings`` change the default recipe's spec."""

    name: str
    shape: tuple[int, int, int]
    num_classes: int
    train_size: int
    settings: Mapping[str, Any] = field(default_factory=dict)

    def spec_settings(self, share: float = 1.0) -> dict[str, Any]:
        """All that a run of it needs, on a share of the images."""
        train_size = max(int(self.train_size * share), 2 * self.num_classes)
        sizes = {"train_size": train_size, "valid_size": max(train_size // 5, self.num_classes)}
        return {"data": f"{PREFIX}{self.name}", "max_epochs": 3, **self.settings, **sizes}


SYSTEMS = {
    system.name: system
    for system in (
        System(
            name="S1",
            shape=(3, 32, 32),
            num_classes=2,
            train_size=4000,
            settings={"model": "cifar_baseline", "optimizer": "sgd", "momentum": 0.0, "lr": 0.01, "batch_size": 64},
        ),
        System(
            name="S3",
            shape=(1, 28, 28),
            num_classes=10,
            train_size=4000,
            settings={"model": "overfit_cnn", "h": 16, "lr": 0.01, "batch_size": 32, "drop_last": True},
        ),
        System(
            name="S4",
            shape=(3, 53, 52),
            num_classes=9,
            train_size=1000,
            settings={"model": "wafer_cnn", "lr": 1e-4, "weight_decay": 1e-4, "batch_size": 64},
        ),
        System(
            name="S5",
            shape=(3, 28, 28),
            num_classes=10,
            train_size=4096,
            settings={"model": "colour_vgg", "lr": 0.001, "weight_decay": 0.005, "batch_size": 2048},
        ),
    )
}


def images_of(data: str) -> ImageSet:
    """The images of a data set, or those that stand in for a system's. Raises DataError."""
    return stand_in(SYSTEMS[data.removeprefix(PREFIX)]) if data.startswith(PREFIX) else load(data)


def stand_in(system: System) -> ImageSet:
    """Random images of a system's shape; twice as many as it trains on, so that any split can be drawn."""
    draw = np.random.default_rng(0)
    count = 2 * system.train_size
    images = draw.integers(0, 256, (count, *system.shape), dtype=np.uint8)
    labels = np.arange(count, dtype=np.int64) % system.num_classes
    classes = tuple(str(label) for label in range(system.num_classes))
    return ImageSet(f"{PREFIX}{system.name}", images, labels, classes)
