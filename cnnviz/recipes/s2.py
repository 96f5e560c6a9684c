"""S2: LeNet learns handwritten digits."""

from cnnviz.recipes.recipe import recipe
from cnnviz.specs import TrainSpec

BASE = TrainSpec(model="lenet", data="mnist", lr=1e-4, batch_size=100, max_epochs=12)
_FIRST = {"epoch": 1, "train_loss": 0.580, "train_accuracy": 0.8457, "valid_loss": 0.172, "valid_accuracy": 0.9502}
_LAST = {"epoch": 12, "train_loss": 0.0302, "train_accuracy": 0.9906, "valid_loss": 0.0322, "valid_accuracy": 0.9888}
_REPORTED = {**{name: value for name, value in _LAST.items() if name != "epoch"}, "epochs": 12}
RECIPES = (
    recipe(
        "lenet-digits",
        "LeNet on 5,000 digits",
        "The quick one: real MNIST digits that come with the app, about 98 % right after 12 epochs.",
        BASE,
        data="mnist-5k",
        lr=1e-3,
        system="S2",
        kind="demo",
    ),
    recipe(
        "lenet-mnist",
        "LeNet on all of MNIST",
        "The tutorial to the letter: 60,000 digits, Adam at 0.0001, 12 epochs of 100 a batch. Scored in eval mode.",
        BASE,
        system="S2",
        reported=_REPORTED,
        reported_epochs=(_FIRST, _LAST),
    ),
    recipe(
        "lenet-mnist-as-scored",
        "LeNet, scored with dropout on",
        "As the tutorial scored: validation with dropout still on, which costs about a third of a percent.",
        BASE,
        system="S2",
        score_in_training_mode=True,
        reported=_REPORTED,
        reported_epochs=(_FIRST, _LAST),
    ),
)
