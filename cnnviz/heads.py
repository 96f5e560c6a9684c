"""FC against GAP as a pair of training specs: the same data, seed and batches, only the head differs."""

from cnnviz import recipes
from cnnviz.race_sets import Lane

FC, GAP = "FC", "GAP"
MODELS = {FC: "fc_cnn", GAP: "gap_cnn"}
EPOCHS, IMAGES = 15, 4000
LR = 0.003  # at the tutorial's 0.01 the flattened head of these few digits may die at once


def lanes(h: int = 8, hidden: int = 100, max_epochs: int = EPOCHS, train_size: int = IMAGES) -> list[Lane]:
    """The two configurations, on the embedded digits. Raises SpecError for numbers that can't be."""
    base = recipes.get("gap-demo").spec
    changes = {"h": h, "hidden": hidden, "max_epochs": max_epochs, "train_size": train_size, "lr": LR, "num_threads": 1}
    return [Lane(name=name, spec=base.changed({**changes, "model": model})) for name, model in MODELS.items()]
