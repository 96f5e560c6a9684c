"""Recipes: named training specs, one or more for each system that cnnviz brings to life."""

from dataclasses import dataclass, field, replace

from cnnviz.errors import SpecError
from cnnviz.naming import did_you_mean
from cnnviz.specs import TrainSpec


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A spec with a name, what it shows, and the figures its tutorial printed (never measured here)."""

    name: str
    title: str
    system: str
    about: str
    spec: TrainSpec
    reported: dict[str, float] = field(default_factory=dict)


_ALL = (
    Recipe(
        name="lenet-digits",
        title="LeNet on 5,000 digits",
        system="S2",
        about="The quick one: real MNIST digits that come with the app, about 98 % right after 12 epochs.",
        spec=TrainSpec(recipe="lenet-digits", model="lenet", data="mnist-5k", lr=1e-3),
    ),
    Recipe(
        name="lenet-mnist",
        title="LeNet on all of MNIST",
        system="S2",
        about="The tutorial to the letter: 60,000 digits, Adam at 0.0001, 12 epochs of 100 a batch.",
        spec=TrainSpec(recipe="lenet-mnist", model="lenet", data="mnist", lr=1e-4),
        reported={
            "train_loss": 0.0302,
            "train_accuracy": 0.9906,
            "valid_loss": 0.0322,
            "valid_accuracy": 0.9888,
        },
    ),
)
RECIPES = {recipe.name: recipe for recipe in _ALL}
DEFAULT = "lenet-digits"
YOUR_STACK = "your-stack"


def for_stack(model: str) -> Recipe:
    """A recipe for a stack of one's own, by its model name; trains like the default."""
    about = model.split(":", 2)[-1]
    spec = replace(RECIPES[DEFAULT].spec, recipe=YOUR_STACK, model=model)
    return Recipe(name=YOUR_STACK, title="Your stack", system="", about=about, spec=spec)


def title_of(name: str) -> str:
    """The title of a recipe by its name, or the name."""
    return "Your stack" if name == YOUR_STACK else RECIPES[name].title if name in RECIPES else name


def get(name: str) -> Recipe:
    """The recipe of that name. Raises SpecError, with the nearest name as a hint."""
    if name in RECIPES:
        return RECIPES[name]
    raise SpecError(f"There is no recipe called {name!r}.", did_you_mean(name, RECIPES), field="recipe")
