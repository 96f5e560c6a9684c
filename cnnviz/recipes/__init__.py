"""Recipes: named training specs, one or more for each system that cnnviz brings to life."""

import json
from collections.abc import Mapping
from dataclasses import replace
from zlib import crc32

from cnnviz.errors import SpecError
from cnnviz.naming import did_you_mean
from cnnviz.recipes import s1, s2, s3, s4, s5
from cnnviz.recipes.recipe import Kind, Recipe
from cnnviz.specs import Option

__all__ = [
    "DEFAULT",
    "RECIPES",
    "SYSTEMS",
    "YOUR_MODEL",
    "YOUR_STACK",
    "Kind",
    "Recipe",
    "for_model",
    "for_stack",
    "get",
    "title_of",
]

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
YOUR_STACK, YOUR_MODEL = "your-stack", "your-model"


def for_stack(model: str, *, data: str = "", weights: str = "") -> Recipe:
    """A recipe for a stack of one's own, by its model name; trains like the default, on its data unless given."""
    about = model.split(":", 2)[-1]
    like = RECIPES[DEFAULT].spec
    spec = replace(like, recipe=YOUR_STACK, model=model, data=data or like.data, weights=weights)
    return Recipe(name=YOUR_STACK, title="Your stack", system="", about=about, spec=spec, kind="own")


def for_model(
    model: str, options: Mapping[str, Option] | None = None, *, title: str = "", data: str = "", weights: str = ""
) -> Recipe:
    """A recipe for any network by name, with its options; trains as its system's first recipe does, or the default.

    ``data`` and ``weights`` are the recipe's own unless given.
    """
    if model.startswith("stack:"):
        return for_stack(model, data=data, weights=weights)
    like = next((recipe for recipe in RECIPES.values() if recipe.spec.model == model), RECIPES[DEFAULT])
    spec = replace(
        like.spec, recipe=YOUR_MODEL, model=model, model_options=dict(options or {}), data=data or like.spec.data,
        weights=weights,
    )  # fmt: skip
    about = f"{title or model}, as you set it on the Architectures page."
    asked = json.dumps([model, sorted(spec.model_options.items()), weights])
    name = f"{YOUR_MODEL}-{crc32(asked.encode()):08x}"  # its own, so that its controls start from what was asked
    return Recipe(name=name, title=title or model, system="", about=about, spec=spec, kind="own")


def title_of(name: str) -> str:
    """The title of a recipe by its name, or the name."""
    own = {YOUR_STACK: "Your stack", YOUR_MODEL: "Your network"}
    return own[name] if name in own else RECIPES[name].title if name in RECIPES else name


def get(name: str) -> Recipe:
    """The recipe of that name. Raises SpecError, with the nearest name as a hint."""
    if name in RECIPES:
        return RECIPES[name]
    raise SpecError(f"There is no recipe called {name!r}.", did_you_mean(name, RECIPES), field="recipe")
