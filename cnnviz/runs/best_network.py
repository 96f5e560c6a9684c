"""A run's network with its best weights, and the images that validated it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from cnnviz.data.image_set import ImageSet
from cnnviz.errors import RunError
from cnnviz.models import registry
from cnnviz.runs import checkpoints
from cnnviz.runs.folder import RunFolder
from cnnviz.training.trainer import split_for


@dataclass(frozen=True)
class BestNetwork:
    """The network in eval mode, on the CPU; images uint8 (N, C, H, W), labels (N,); mean and std of its training."""

    model: nn.Module
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    mean: tuple[float, ...]
    std: tuple[float, ...]


def best_network(run: RunFolder, images: ImageSet) -> BestNetwork:
    """The network of a run's best epoch. Raises RunError while there are no weights, CnnvizError for others' ones."""
    spec, state = run.spec(), checkpoints.load(run, "best.pt")
    if state is None:
        raise RunError(f"Run {run.id} has no weights yet.", "Wait for its first epoch.")
    model = registry.build(spec.model, spec.model_options, num_classes=len(images.classes), input_shape=images.shape)
    try:
        model.load_state_dict(state)
    except (RuntimeError, TypeError) as error:
        raise checkpoints.unreadable(run, "best.pt", error) from error
    valid = split_for(spec, images).valid
    return BestNetwork(model.eval(), images.images[valid], images.labels[valid], spec.mean, spec.std)
