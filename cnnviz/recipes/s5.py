"""S5: coloured, turned digits, a small VGG, and a grid over learning rate, dropout and weight decay."""

from itertools import product

from cnnviz.recipes.recipe import Recipe, recipe
from cnnviz.specs import TrainSpec

BASE = TrainSpec(
    model="colour_vgg",
    model_options={"keep_prob": 0.85},
    data="colour-mnist",
    lr=1e-3,
    weight_decay=0.005,
    batch_size=2048,
    max_epochs=500,
    patience=8,
    min_delta=1e-4,
    schedule="plateau",
    schedule_patience=4,
    schedule_factor=0.1,
    restore_best=True,
    best_by="valid_loss",
)
GRID = {"lr": (0.001, 0.0005), "keep_prob": (0.85, 0.9), "weight_decay": (0.005, 0.001, 0.0005)}
BEST = (0.001, 0.85, 0.005)


def _corner(lr: float, keep_prob: float, weight_decay: float) -> Recipe:
    return recipe(
        f"colour-lr{lr:g}-keep{keep_prob:g}-decay{weight_decay:g}".replace(".", "_"),
        f"Learning rate {lr:g}, keep_prob {keep_prob:g}, decay {weight_decay:g}",
        "One of the twelve runs of the tutorial's grid.",
        BASE,
        system="S5",
        lr=lr,
        keep_prob=keep_prob,
        weight_decay=weight_decay,
    )


RECIPES = (
    recipe(
        "colour-demo",
        "Demo: 3,000 coloured digits",
        "The small VGG on part of the set and in small batches; the same schedule and early stopping.",
        BASE,
        system="S5",
        kind="demo",
        train_size=3000,
        valid_size=1000,
        batch_size=128,
        max_epochs=12,
    ),
    recipe(
        "colour-best",
        "The grid's best",
        "Learning rate 0.001, keep_prob 0.85, weight decay 0.005, batches of 2,048; stops by itself.",
        BASE,
        system="S5",
        reported={"train_accuracy": 0.9342, "valid_accuracy": 0.9001, "epochs": 27},
    ),
    *(_corner(*values) for values in product(*GRID.values()) if values != BEST),
)
