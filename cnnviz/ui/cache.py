"""Every cache of the app, each bounded. What comes out of one is shared by all visitors: never change it."""

import atexit
import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz import pictures
from cnnviz.data.background import Background
from cnnviz.data.image_set import ImageSet
from cnnviz.data.inspection import Inspection, inspect
from cnnviz.data.registry import load_at_hand, stamp
from cnnviz.data.sources import Source
from cnnviz.data.split import default_parts
from cnnviz.data.statistics import Duplicates, Values, class_means, values
from cnnviz.data.statistics import duplicates as find_duplicates
from cnnviz.evaluation.mistakes import Mistake, find_mistakes
from cnnviz.images import Picture
from cnnviz.layer_specs import LayerSpec
from cnnviz.models.registry import version_of
from cnnviz.ops import samples, stack, stack_text
from cnnviz.ops.output_shape import Shape
from cnnviz.runs import split_file, store
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.jobs import Jobs
from cnnviz.specs import Option

if TYPE_CHECKING:
    from cnnviz.evaluation.shifts import ShiftRow
    from cnnviz.introspection.check_input import InputCheck
    from cnnviz.introspection.effective_field import EffectiveField
    from cnnviz.introspection.network_facts import Summary
    from cnnviz.runs.snapshots import Snapshot


@dataclass(frozen=True)
class Statistics:
    """values of all pixels and of those for training; means: the average image of each class, (classes, C, H, W)."""

    values: Values
    train_values: Values
    means: NDArray[np.uint8]


@st.cache_resource(show_spinner=False, max_entries=1)
def jobs() -> Jobs:
    """The server's training processes; they end with it."""
    made = Jobs()
    atexit.register(made.close)
    return made


def image_set(name: str) -> ImageSet:
    """A data set's images; read-only arrays. Raises DataError when they are not at hand."""
    return _image_set(name, stamp(name))


@st.cache_resource(show_spinner=False, max_entries=3)
def _image_set(name: str, stamp: str) -> ImageSet:
    return load_at_hand(name)


def run_images(run: RunFolder) -> ImageSet:
    """The images that a run has used. Raises DataError when they are gone, RunError when they were replaced."""
    name = run.spec().data
    split_file.check_images(run, name)
    return image_set(name)


@st.cache_resource(show_spinner=False, max_entries=1)
def background() -> Background:
    """Imports and downloads that are under way."""
    return Background()


def class_counts(name: str) -> dict[str, int]:
    """How many images of each class a data set has, by the class's name. Raises DataError when it is not at hand."""
    return _class_counts(name, stamp(name))


@st.cache_data(show_spinner=False, max_entries=32)
def _class_counts(name: str, stamp: str) -> dict[str, int]:
    images = image_set(name)
    counts = np.bincount(images.labels, minlength=len(images.classes))
    return {title: int(count) for title, count in zip(images.classes, counts, strict=True)}


def kept_epochs(run: RunFolder) -> list[int]:
    """The epochs that a run has snapshots of, in order."""
    from cnnviz.runs import snapshots  # torch: only the views that need it

    return snapshots.kept(run)


@st.cache_data(show_spinner=False, max_entries=256)
def snapshot(run_id: str, epoch: int) -> "Snapshot":
    """A run's snapshot of an epoch; one that is written again says the same. Raises RunError."""
    from cnnviz.runs import snapshots

    return snapshots.read(store.find(run_id), epoch)


def mistakes(run: RunFolder) -> tuple[list[Mistake], int, int]:
    """(mistakes, number of validation images, epoch) of a run's best epoch so far. Raises RunError."""
    try:
        changed_at = run.predictions_path.stat().st_mtime_ns
    except OSError:
        changed_at = 0
    return _mistakes(run.id, changed_at)


@st.cache_data(show_spinner=False, max_entries=32)
def _mistakes(run_id: str, changed_at: int) -> tuple[list[Mistake], int, int]:
    predictions = store.find(run_id).predictions()
    found = find_mistakes(predictions.logits, predictions.targets, predictions.indices)
    return found, len(predictions.targets), predictions.epoch


@st.cache_resource(show_spinner=False, max_entries=64)
def stack_trace(chunks: tuple[str, ...], input_shape: Shape) -> stack.Trace:
    """A typed stack followed through its layers. Raises SpecError for words it can't read."""
    return stack.trace(stack_text.parse_chunks(chunks, input_shape), input_shape)


@st.cache_resource(show_spinner=False, max_entries=64)
def sample_picture(name: str, height: int, width: int) -> NDArray[np.uint8]:
    """A bundled photograph, (height, width, 3)."""
    return samples.sample(name, height, width)


@st.cache_resource(show_spinner=False, max_entries=128)
def effective_field(
    specs: tuple[LayerSpec, ...], picture: str, input_shape: Shape, cell: tuple[int, int]
) -> "EffectiveField":
    """The effective receptive field of a cell on a bundled photograph."""
    from cnnviz.introspection import effective_field as effective

    return effective.effective_field(specs, samples.as_input(picture, input_shape), cell)


@st.cache_resource(max_entries=24, show_spinner=False)
def bundled_picture(name: str) -> Picture:
    """A photograph or test pattern, decoded once."""
    return pictures.bundled(name)


@st.cache_resource(max_entries=16, show_spinner=False)
def picture_base64(key: str, _picture: Picture) -> str:
    """A picture's bytes as the browser gets them; key is the picture's own."""
    return base64.b64encode(_picture.pixels.tobytes()).decode()


Options = tuple[tuple[str, Option], ...]


def network_summary(
    name: str, options: Options, num_classes: int, built_for: tuple[int, int, int], fed: tuple[int, int, int]
) -> "Summary":
    """Facts, layer table and ops of a network built for one shape and fed another. Raises CnnvizError."""
    return _network_summary(version_of(name), name, options, num_classes, built_for, fed)


@st.cache_resource(max_entries=64, show_spinner=False)
def _network_summary(
    version: str,
    name: str,
    options: Options,
    num_classes: int,
    built_for: tuple[int, int, int],
    fed: tuple[int, int, int],
) -> "Summary":
    from cnnviz.introspection.network_facts import summarise
    from cnnviz.models import registry

    return summarise(registry.sketch(name, dict(options), num_classes=num_classes, input_shape=built_for), fed)


def input_check(
    name: str, options: Options, num_classes: int, built_for: tuple[int, int, int], fed: tuple[int, int, int]
) -> "InputCheck":
    """How an image of another size fares. Raises CnnvizError when the network can't be built."""
    return _input_check(version_of(name), name, options, num_classes, built_for, fed)


@st.cache_resource(max_entries=32, show_spinner=False)
def _input_check(
    version: str,
    name: str,
    options: Options,
    num_classes: int,
    built_for: tuple[int, int, int],
    fed: tuple[int, int, int],
) -> "InputCheck":
    from cnnviz.introspection.check_input import check_input
    from cnnviz.models import registry

    return check_input(registry.sketch(name, dict(options), num_classes=num_classes, input_shape=built_for), fed)


@st.cache_data(max_entries=32, show_spinner=False)
def shift_rows(run_id: str, changed_at: int) -> "list[ShiftRow]":
    """Accuracy of a run's best weights on shifted validation images; ``changed_at`` is best.pt's."""
    from cnnviz.evaluation.shifts import shift_accuracies
    from cnnviz.runs.best_network import best_network

    run = store.find(run_id)
    best = best_network(run, image_set(run.spec().data))
    return shift_accuracies(best.model, best.images, best.labels, best.mean, best.std)


@st.cache_data(max_entries=256, show_spinner=False)
def activation_maps(run_id: str, changed_at: int, place: int) -> "list[NDArray[np.float32]]":
    """The class activation map of every class for one validation image; ``changed_at`` is best.pt's."""
    from cnnviz.attribution.class_activation import class_activation
    from cnnviz.evaluation.shifts import normalised
    from cnnviz.runs.best_network import best_network

    run = store.find(run_id)
    images = image_set(run.spec().data)
    best = best_network(run, images)
    pixels = normalised(best.images[place : place + 1], best.mean, best.std)
    features, head = best.model.get_submodule("features"), best.model.get_submodule("classifier")
    found = [class_activation(features, head, pixels, target) for target in range(len(images.classes))]
    return [each.maps[0].numpy() for each in found]


def changed_at(run: RunFolder) -> int:
    """When a run's best weights were written; 0 while there are none."""
    try:
        return (run.path / "best.pt").stat().st_mtime_ns
    except OSError:
        return 0


def num_params(name: str, options: Options, num_classes: int, input_shape: tuple[int, int, int]) -> int:
    """The parameters of a network, each once. Raises CnnvizError when it can't be built."""
    return _num_params(version_of(name), name, options, num_classes, input_shape)


@st.cache_data(max_entries=256, show_spinner=False)
def _num_params(version: str, name: str, options: Options, num_classes: int, input_shape: tuple[int, int, int]) -> int:
    from cnnviz.models import registry

    network = registry.sketch(name, dict(options), num_classes=num_classes, input_shape=input_shape)
    return sum(parameter.numel() for parameter in network.parameters())


@st.cache_data(max_entries=8, show_spinner=False)
def two_passes_apart(name: str, options: Options, input_shape: tuple[int, int, int]) -> float:
    """The largest difference of the logits of two passes of one random batch of 8, in training mode, seeded."""
    import torch

    from cnnviz.models import registry

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        network = registry.build(name, dict(options), input_shape=input_shape).train()
        images = torch.rand(8, *input_shape)
        return float((network(images) - network(images)).abs().max())


def statistics(name: str) -> Statistics:
    """The figures of a data set that its page shows. Raises DataError when it is not at hand."""
    return _statistics(name, stamp(name))


@st.cache_resource(show_spinner=False, max_entries=8)
def _statistics(name: str, stamp: str) -> Statistics:
    images = image_set(name)
    train = default_parts(images).train
    return Statistics(values(images.images), values(images.images, train), class_means(images))


@st.cache_resource(show_spinner=False, max_entries=8)
def duplicates(name: str, stamp: str) -> Duplicates:
    """Images that a data set has twice, by its default split."""
    images = image_set(name)
    parts = default_parts(images)
    return find_duplicates(images, parts.train, parts.valid)


@st.cache_resource(show_spinner=False, max_entries=4)
def inspection(key: tuple[str, ...], _open: Callable[[], Source]) -> Inspection:
    """A look at a collection; key says which and how its labels are read."""
    return inspect(_open())
