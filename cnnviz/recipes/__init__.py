"""Recipes: named training specs, one or more for each system that cnnviz brings to life."""

from dataclasses import replace

from cnnviz.errors import SpecError
from cnnviz.naming import did_you_mean
from cnnviz.recipes import s1, s2, s3, s4, s5
from cnnviz.recipes.recipe import Kind, Recipe

__all__ = ["DEFAULT", "RECIPES", "SYSTEMS", "YOUR_STACK", "Kind", "Recipe", "for_stack", "get", "title_of"]

SYSTEMS = {
    "S1": "Convolution for generalisation",
    "S2": "LeNet on MNIST",
    "S3": "Over-fitting and global average pooling",
    "S4": "Wafer-map defects",
    "S5": "Coloured, turned digits",
}
RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for system in (s2, s1, s3, s4, s5)  # the default first
    for recipe in system.RECIPES
}
DEFAULT = "lenet-digits"
YOUR_STACK = "your-stack"


def for_stack(model: str) -> Recipe:
    """A recipe for a stack of one's own, by its model name; trains like the default."""
    about = model.split(":", 2)[-1]
    spec = replace(RECIPES[DEFAULT].spec, recipe=YOUR_STACK, model=model)
    return Recipe(name=YOUR_STACK, title="Your stack", system="", about=about, spec=spec, kind="own")


def title_of(name: str) -> str:
    """The title of a recipe by its name, or the name."""
    return "Your stack" if name == YOUR_STACK else RECIPES[name].title if name in RECIPES else name


def get(name: str) -> Recipe:
    """The recipe of that name. Raises SpecError, with the nearest name as a hint."""
    if name in RECIPES:
        return RECIPES[name]
    raise SpecError(f"There is no recipe called {name!r}.", did_you_mean(name, RECIPES), field="recipe")
