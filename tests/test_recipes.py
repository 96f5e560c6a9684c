"""Recipes hold the tutorials' runs with their figures; demos are short; races differ in what they say."""

import pytest

from cnnviz.data.registry import DATA_SETS
from cnnviz.errors import SpecError
from cnnviz.models import registry
from cnnviz.race_sets import MOST, RACES, own_lanes
from cnnviz.recipes import RECIPES, SYSTEMS, for_model, get
from cnnviz.spec_words import differences

# (loss first, loss last, train, valid) after 100 epochs, as the tutorial's table has them.
S1 = {
    "cifar-baseline": (0.581, 0.154, 0.94, 0.89),
    "cifar-baseline-gpu": (0.578, 0.165, 0.93, 0.90),
    "cifar-width": (0.561, 0.085, 0.97, 0.89),
    "cifar-l2": (0.608, 0.212, 0.92, 0.89),
    "cifar-dropout": (0.568, 0.239, 0.90, 0.87),
    "cifar-batch-norm": (0.466, 0.012, 0.98, 0.88),
    "cifar-depth": (0.685, 0.071, 0.96, 0.89),
    "cifar-res": (0.625, 0.095, 0.97, 0.90),
    "cifar-res-deep-100": (1.941, 0.035, 0.97, 0.85),
}
NUM_PARAMS = {
    "cifar-baseline": 18_090,
    "cifar-width": 38_386,
    "cifar-batch-norm": 38_482,
    "cifar-res-deep-100": 75_810,
    "lenet-mnist": 431_080,
    "overfit-cnn": 162_806,
    "fc-cnn": 80_758,
    "gap-cnn": 3_958,
    "wafer-lswmd": 94_857,
    "colour-best": 1_251_658,
}


@pytest.mark.parametrize("name", S1)
def test_the_nine_runs_of_s1_are_there_with_their_figures(name: str) -> None:
    recipe = get(name)
    reported = recipe.reported
    names = ("first_train_loss", "train_loss", "train_accuracy", "valid_accuracy")
    assert tuple(reported[figure] for figure in names) == S1[name]
    spec = recipe.spec
    assert (spec.data, spec.batch_size, spec.max_epochs, spec.optimizer, spec.momentum) == (
        "cifar-2",
        64,
        100,
        "sgd",
        0,
    )
    assert spec.lr == (0.003 if "deep" in name else 0.01)


@pytest.mark.parametrize("name", NUM_PARAMS)
def test_networks_have_the_parameters_of_the_tutorials(name: str) -> None:
    spec = get(name).spec
    network = registry.build(spec.model, spec.model_options)
    assert sum(weights.numel() for weights in network.parameters()) == NUM_PARAMS[name]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)
def test_every_recipe_is_whole(recipe: object) -> None:
    recipe = get(recipe.name)
    assert recipe.spec.recipe == recipe.name and recipe.system in SYSTEMS and recipe.about
    registry.check_options(recipe.spec.model, recipe.spec.model_options)
    if recipe.spec.data in DATA_SETS:
        data = DATA_SETS[recipe.spec.data]
        registry.check_data(recipe.spec.model, data.title, data.shape, data.num_classes)
        assert len(recipe.spec.mean) in (1, data.shape[0])
    if recipe.kind == "demo":
        assert not recipe.reported  # it trains on something else


def test_the_grid_of_s5_has_its_twelve_runs() -> None:
    grid = [r for r in RECIPES.values() if r.system == "S5" and r.kind == "reported"]
    points = {(r.spec.lr, r.spec.model_options["keep_prob"], r.spec.weight_decay) for r in grid}
    assert len(grid) == len(points) == 12
    assert all((r.spec.batch_size, r.spec.patience, r.spec.schedule) == (2048, 8, "plateau") for r in grid)


def test_every_system_has_a_demo() -> None:
    assert {recipe.system for recipe in RECIPES.values() if recipe.kind == "demo"} == set(SYSTEMS)


@pytest.mark.parametrize("name", RACES)
def test_lanes_of_a_race_can_be_trained_and_differ(name: str) -> None:
    lanes = RACES[name].lanes()
    assert 2 <= len(lanes) <= MOST and RACES[name].look.endswith((".", "?"))
    assert len({lane.spec.seed for lane in lanes}) == len({lane.spec.batch_size for lane in lanes}) == 1
    for lane in lanes:
        registry.check_options(lane.spec.model, lane.spec.model_options)
        assert lane is lanes[0] or differences(lane.spec, lanes[0].spec)


def test_lanes_of_ones_own() -> None:
    base = get("lenet-digits").spec
    assert [lane.name for lane in own_lanes(base, "lr", [0.1, 0.01, 0.1])] == [
        "Learning rate 0.1",
        "Learning rate 0.01",
    ]
    assert own_lanes(base, "dropout", [0.0, 0.5])[1].spec.model_options == {"dropout": 0.5}
    for values in ([0.1], [1.0 * n for n in range(1, 8)], [0.1, -1.0]):
        with pytest.raises(SpecError):
            own_lanes(base, "lr", values)


def test_a_stack_takes_the_data_and_the_weights_that_are_asked_for():
    spec = for_model("stack:1x8x8:flatten / linear 10", data="digits", weights="mine").spec
    assert (spec.data, spec.weights) == ("digits", "mine")
