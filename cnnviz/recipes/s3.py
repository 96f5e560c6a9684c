"""S3: a network made to over-fit, and a global average pool in place of most of its parameters."""

from typing import Any

from cnnviz.recipes.recipe import Recipe, recipe
from cnnviz.specs import TrainSpec

BASE = TrainSpec(model="overfit_cnn", data="mnist", lr=0.01, batch_size=32, max_epochs=10, drop_last=True)
DEMO = {"data": "mnist-5k", "train_size": 600, "valid_size": 1000, "max_epochs": 20, "lr": 3e-3, "kind": "demo"}


def _run(name: str, title: str, about: str, **changes: Any) -> Recipe:  # noqa: ANN401
    return recipe(name, title, about, BASE, system="S3", **changes)


def _epoch(epoch: int, *figures: float) -> dict[str, float]:
    names = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy")
    return {"epoch": epoch, **dict(zip(names, figures, strict=True))}


_OVERFIT = (
    _epoch(1, 0.139, 0.958, 0.077, 0.977),
    _epoch(2, 0.080, 0.977, 0.096, 0.972),
    _epoch(3, 0.079, 0.978, 0.094, 0.974),
)
RECIPES = (
    _run(
        "overfit-demo",
        "Demo: over-fitting 600 digits",
        "A network with more than enough room learns 600 digits by heart: watch validation loss turn upwards.",
        h=16,
        **DEMO,
    ),
    _run(
        "gap-demo",
        "Demo: global average pooling",
        "3,958 parameters in place of 80,758: slower to learn, harder to over-fit.",
        model="gap_cnn",
        **{**DEMO, "train_size": 2000},
    ),
    _run(
        "overfit-cnn",
        "Over-fitting CNN, h = 16",
        "162,806 parameters, a high learning rate and small batches, to over-fit on purpose.",
        h=16,
        reported_epochs=_OVERFIT,
    ),
    _run(
        "fc-cnn",
        "Fully connected head",
        "Flatten, then 784 → 100: 80,758 parameters, nearly all of them in the head.",
        model="fc_cnn",
    ),
    _run(
        "gap-cnn",
        "Global average pooling head",
        "One average a channel, then 16 → 100: 3,958 parameters; the pool itself has none.",
        model="gap_cnn",
    ),
)
