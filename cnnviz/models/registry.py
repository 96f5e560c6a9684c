"""The registry of networks. Listing them costs nothing; torch is imported when one is built."""

from collections.abc import Collection, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from cnnviz.errors import ModelError, SpecError
from cnnviz.models import own, own_files, stack_name, torchvision_names
from cnnviz.models.entry import ModelEntry
from cnnviz.models.torchvision_names import TORCHVISION
from cnnviz.models.zoo import ZOO
from cnnviz.naming import did_you_mean
from cnnviz.specs import Option

if TYPE_CHECKING:
    from torch import nn

MODELS = {entry.name: entry for entry in ZOO}


def get(name: str) -> ModelEntry:
    """The entry of that name. Raises ModelError, with the nearest name as a hint."""
    if name.startswith(stack_name.PREFIX):
        _, shape = stack_name.read(name)
        return ModelEntry(
            name=name, title="Your stack", system="", location="", input_shape=shape, fixed_shape=True, group="stack"
        )
    if name.startswith(own.PREFIX):
        return own.find(name).entry
    if name in MODELS:
        return MODELS[name]
    if name in TORCHVISION:
        return TORCHVISION[name]
    known: Collection[str] = TORCHVISION if name.startswith(torchvision_names.PREFIX) else MODELS
    if f"{torchvision_names.PREFIX}{name}" in TORCHVISION:
        raise ModelError(
            f"There is no model called {name!r} here.",
            f"torchvision's is {torchvision_names.PREFIX}{name}.",
            field="model",
        )
    raise ModelError(f"There is no model called {name!r}.", did_you_mean(name, known), field="model")


def all_entries() -> tuple[ModelEntry, ...]:
    """The zoo, people's own, torchvision's: ``group`` tells them apart. Their own are imported by this, torch too."""
    return (*MODELS.values(), *(model.entry for model in own.own_models().models.values()), *TORCHVISION.values())


def version_of(name: str) -> str:
    """What changes when a network of a person's own does, as a key for caches; "" for all others. Raises ModelError."""
    return own_files.version_of(own.find(name).path) if name.startswith(own.PREFIX) else ""


def check_options(name: str, options: Mapping[str, Option]) -> dict[str, Option]:
    """The network's options, the missing ones at their defaults. Raises SpecError for one it does not have."""
    entry = get(name)
    for option in options:
        if option not in entry.options:
            known = ", ".join(entry.options) or "none"
            raise SpecError(
                f"{option!r} is neither a setting of a run nor an option of {name}.",
                f"Options of {name}: {known}.",
                field=option,
            )
    return {key: spec.check(key, options.get(key, spec.default)) for key, spec in entry.options.items()}


def check_data(name: str, data: str, shape: tuple[int, int, int], num_classes: int) -> None:
    """Raise ModelError unless the network takes images of that shape, (C, H, W), and tells that many classes apart."""
    entry = get(name)
    if entry.fixed_shape and entry.input_shape != shape:
        raise ModelError(
            f"The network takes images of {entry.input_shape}, and those of {data} are {shape}.",
            "Choose another network or data set.",
            field="data",
        )
    if min(shape[1:]) < entry.min_size:
        raise ModelError(
            f"{entry.title} needs images of at least {entry.min_size}×{entry.min_size} pixels, "
            f"and those of {data} are {shape[1]}×{shape[2]}: its pools would leave nothing.",
            "Choose another network or data set.",
            field="data",
        )
    if entry.in_channels and entry.in_channels != shape[0]:
        raise ModelError(
            f"{entry.title} takes images of {entry.in_channels} channels, and those of {data} have {shape[0]}.",
            "Choose another network or data set.",
            field="data",
        )
    if entry.fixed_classes and entry.num_classes != num_classes:
        raise ModelError(
            f"{entry.title} tells {entry.num_classes} classes apart, and {data} has {num_classes}.",
            "Let its constructor take num_classes, or choose another data set.",
            field="data",
        )
    if name.startswith(stack_name.PREFIX):
        stack_name.check_classes(name, num_classes)


def build(
    name: str,
    options: Mapping[str, Option] | None = None,
    *,
    num_classes: int | None = None,
    input_shape: tuple[int, int, int] | None = None,
) -> "nn.Module":
    """A fresh network, initialised from torch's global random state.

    ``num_classes`` and ``input_shape`` (C, H, W) are the entry's own unless given.
    """
    entry = get(name)
    classes = entry.num_classes if num_classes is None else num_classes
    shape = input_shape or entry.input_shape
    checked = check_options(name, options or {})
    match entry.group:
        case "stack":
            return _build_stack(name, classes)
        case "torchvision":
            return _build_torchvision(entry, classes)
        case "own":
            return own.build_own(name, checked, classes, shape)
    module, _, kind = entry.location.partition(":")
    model: nn.Module = getattr(import_module(module), kind)(num_classes=classes, input_shape=shape, **checked)
    return model


def sketch(
    name: str,
    options: Mapping[str, Option] | None = None,
    *,
    num_classes: int | None = None,
    input_shape: tuple[int, int, int] | None = None,
) -> "nn.Module":
    """The same network without values, so at once however large it is: for its shapes and costs.

    One of a person's own is built as it is: its class may look at values.
    """
    import torch

    from cnnviz.models.meta import WithoutValues, on_meta

    with torch.random.fork_rng(devices=[]):
        if name.startswith(own.PREFIX):
            return build(name, options, num_classes=num_classes, input_shape=input_shape)
        with WithoutValues():
            return on_meta(build(name, options, num_classes=num_classes, input_shape=input_shape))


def _build_torchvision(entry: ModelEntry, num_classes: int) -> "nn.Module":
    from torchvision import models

    kind = entry.name.removeprefix(torchvision_names.PREFIX)
    model: nn.Module = models.get_model(
        kind, weights=None, num_classes=num_classes, **torchvision_names.ARGUMENTS.get(kind, {})
    )
    return model


def _build_stack(name: str, num_classes: int) -> "nn.Module":
    from cnnviz.models.stack import build_stack

    stack_name.check_classes(name, num_classes)
    return build_stack(*stack_name.read(name))
