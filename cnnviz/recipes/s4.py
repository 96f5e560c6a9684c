"""S4: nine kinds of wafer maps, far more of one than of any other, and weight decay against over-fitting."""

from cnnviz.augment_spec import AugmentSpec
from cnnviz.recipes.recipe import recipe
from cnnviz.specs import TrainSpec

# A channel is 0 or 1, one for each die state, so nothing is left to normalise.
BASE = TrainSpec(
    model="wafer_cnn",
    data="wafer-lswmd",
    lr=1e-4,
    weight_decay=1e-4,
    batch_size=64,
    max_epochs=100,
    patience=10,
    restore_best=True,
    best_by="valid_loss",
    augment=AugmentSpec(horizontal_flip=0.5, vertical_flip=0.5),  # the tutorial augments and does not say how
    mean=(0.0,),
    std=(1.0,),
)
_CLASSES = {
    "Center": 0.9693,
    "Donut": 0.9438,
    "Edge-Loc": 0.8971,
    "Edge-Ring": 0.9948,
    "Loc": 0.8363,
    "Near-full": 0.9167,
    "Random": 0.9058,
    "Scratch": 0.8000,
    "none": 0.9845,
}
_FIRST = {"epoch": 1, "train_loss": 0.2927, "train_accuracy": 0.9096, "valid_loss": 0.1107, "valid_accuracy": 0.9666}
_LAST = {"epoch": 21, "train_loss": 0.0329, "train_accuracy": 0.9895, "valid_loss": 0.0876, "valid_accuracy": 0.9746}
RECIPES = (
    recipe(
        "wafer-demo",
        "Demo: synthetic wafer maps",
        "Nine kinds of defects, drawn by a generator that comes with the app; rare kinds are learnt last.",
        BASE,
        system="S4",
        kind="demo",
        data="wafer-synthetic",
        lr=1e-3,
        train_size=1500,
        valid_size=700,
        max_epochs=12,
    ),
    recipe(
        "wafer-synthetic",
        "Synthetic wafer maps, as the tutorial trains",
        "The tutorial's settings on the synthetic maps; its figures belong to the real ones.",
        BASE,
        system="S4",
        data="wafer-synthetic",
    ),
    recipe(
        "wafer-lswmd",
        "Wafer maps, WM-811K",
        "Needs the LSWMD file on this machine: see the Data page. Adam at 0.0001, weight decay 0.0001, patience 10. "
        "The tutorial augments without saying how; here maps are mirrored.",
        BASE,
        system="S4",
        reported={
            **{name: value for name, value in _LAST.items() if name != "epoch"},
            "best_epoch": 11,
            "best_valid_loss": 0.0778,
            "epochs": 21,
        },
        reported_epochs=(_FIRST, _LAST),
        reported_classes=_CLASSES,
    ),
)
