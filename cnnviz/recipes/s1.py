"""S1: airplanes and birds from CIFAR-10, and what width, depth, penalties and skips do to generalisation."""

from functools import partial
from typing import Any

from cnnviz.recipes.recipe import Recipe, recipe
from cnnviz.specs import TrainSpec

BASE = TrainSpec(
    model="cifar_baseline",
    data="cifar-2",
    optimizer="sgd",
    momentum=0.0,
    lr=0.01,
    batch_size=64,
    max_epochs=100,
    mean=(0.4915, 0.4823, 0.4468),
    std=(0.2470, 0.2435, 0.2616),
)
# The digits that come with the app, so that the lesson needs no download: few of them, so that they over-fit.
DEMO = TrainSpec(
    model="cifar_baseline",
    data="mnist-5k",
    optimizer="sgd",
    momentum=0.9,
    lr=0.01,
    batch_size=64,
    max_epochs=20,
    train_size=600,
    valid_size=1000,
)


def _figures(first: float, last: float, train: float, valid: float) -> dict[str, float]:
    return {
        "first_train_loss": first,
        "train_loss": last,
        "train_accuracy": train,
        "valid_accuracy": valid,
        "epochs": 100,
    }


def _run(name: str, title: str, about: str, **changes: Any) -> Recipe:  # noqa: ANN401
    return recipe(name, title, about, BASE, system="S1", **changes)


_demo = partial(recipe, system="S1", kind="demo")
_MODE = "Its figures come from training mode, here scoring is in eval mode; “Score in training mode” shows the cost."
RECIPES = (
    _demo(
        "birds-demo",
        "Demo: the baseline on 600 digits",
        "The network of the birds over-fits 600 digits in well under a minute. Airplanes and birds themselves need "
        "the CIFAR-10 download (170 MB): take the recipe “Baseline”.",
        DEMO,
    ),
    _demo(
        "birds-dropout-demo",
        "Demo: dropout on 600 digits",
        "The wider network with dropout: training stays behind, validation gains.",
        DEMO,
        model="cifar_dropout",
    ),
    _run(
        "cifar-baseline",
        "Baseline",
        "Airplanes against birds: two convolutions with tanh, 18,090 parameters, SGD at 0.01, 100 epochs.",
        reported=_figures(0.581, 0.154, 0.94, 0.89),
    ),
    _run(
        "cifar-baseline-gpu",
        "Baseline, as its GPU run",
        "The same network; the tutorial's GPU runs do not shuffle.",
        shuffle=False,
        reported=_figures(0.578, 0.165, 0.93, 0.90),
    ),
    _run(
        "cifar-width",
        "Width",
        "Twice the channels: 38,386 parameters fit the training images better, and the new ones no better.",
        model="cifar_width",
        reported=_figures(0.561, 0.085, 0.97, 0.89),
    ),
    _run(
        "cifar-l2",
        "L2 penalty",
        "The baseline with 0.001 · Σw² added to the loss: train and validation come closer.",
        l2_penalty=0.001,
        reported=_figures(0.608, 0.212, 0.92, 0.89),
    ),
    _run(
        "cifar-dropout",
        "Dropout",
        f"The wide network with 40 % of its channels switched off after each pool. {_MODE}",
        model="cifar_dropout",
        reported=_figures(0.568, 0.239, 0.90, 0.87),
    ),
    _run(
        "cifar-batch-norm",
        "Batch norm",
        f"The wide network with batch norm before each tanh: it learns fastest. {_MODE}",
        model="cifar_batch_norm",
        reported=_figures(0.466, 0.012, 0.98, 0.88),
    ),
    _run(
        "cifar-depth",
        "Depth",
        "Three convolutions with ReLU and fewer parameters: 16,130.",
        model="cifar_depth",
        reported=_figures(0.685, 0.071, 0.96, 0.89),
    ),
    _run(
        "cifar-res",
        "Residual",
        "Depth with a skip around its third convolution; not one parameter more.",
        model="cifar_res",
        reported=_figures(0.625, 0.095, 0.97, 0.90),
    ),
    _run(
        "cifar-res-deep-10",
        "Residual, 10 blocks",
        "Ten residual blocks that share one set of weights, as the tutorial builds them; 75,810 parameters.",
        model="cifar_res_deep",
        num_blocks=10,
        lr=0.003,
    ),
    _run(
        "cifar-res-deep-100",
        "Residual, 100 blocks",
        "A hundred residual blocks that share one set of weights: slow on a CPU, about a minute an epoch.",
        model="cifar_res_deep",
        num_blocks=100,
        lr=0.003,
        reported=_figures(1.941, 0.035, 0.97, 0.85),
    ),
)
