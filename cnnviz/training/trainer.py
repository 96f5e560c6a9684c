"""From a spec and its images to a trainer, seeded."""

import torch
from torch import nn

from cnnviz.data.image_set import ImageSet
from cnnviz.data.split import Split, split
from cnnviz.errors import TrainingError
from cnnviz.models import registry
from cnnviz.specs import TrainSpec
from cnnviz.training.device import choose_device, usable_cores
from cnnviz.training.feed import Feed
from cnnviz.training.loop import Trainer


def split_for(spec: TrainSpec, images: ImageSet) -> Split:
    """The split that a spec asks for; the same for the same seed."""
    return split(
        images,
        valid_fraction=spec.valid_fraction,
        seed=spec.seed,
        train_size=spec.train_size,
        valid_size=spec.valid_size,
    )


def prepare(spec: TrainSpec, images: ImageSet, parts: Split | None = None) -> Trainer:
    """A trainer at its first epoch. Seeds torch; sets its number of threads.

    Raises ModelError, DataError, SpecError or TrainingError when the parts do not fit.
    """
    torch.set_num_threads(spec.num_threads or usable_cores())
    device = choose_device(spec.device)
    parts = parts or split_for(spec, images)
    check_fit(spec, images, len(parts.train))
    torch.manual_seed(spec.seed)
    model = registry.build(spec.model, spec.model_options, num_classes=len(images.classes), input_shape=images.shape)
    model = model.to(device).to(memory_format=torch.channels_last)
    train, valid = (
        Feed(images.images[part], images.labels[part], mean=spec.mean, std=spec.std, device=device)
        for part in (parts.train, parts.valid)
    )
    order = torch.Generator().manual_seed(spec.seed)
    return Trainer(spec, model, make_optimizer(spec, model), train, valid, device, order)


def make_optimizer(spec: TrainSpec, model: nn.Module) -> torch.optim.Optimizer:
    """The spec's optimiser, fused: one pass over all parameters instead of one for each."""
    if spec.optimizer in ("adam", "adamw"):
        kind = torch.optim.Adam if spec.optimizer == "adam" else torch.optim.AdamW
        return kind(model.parameters(), lr=spec.lr, weight_decay=spec.weight_decay, fused=True)
    return torch.optim.SGD(
        model.parameters(), lr=spec.lr, momentum=spec.momentum, weight_decay=spec.weight_decay, fused=True
    )


def check_fit(spec: TrainSpec, images: ImageSet, num_train: int) -> None:
    """Raise ModelError when the network does not take such images, TrainingError when an epoch would have no batch."""
    registry.check_data(spec.model, images.name, images.shape, len(images.classes))
    if spec.drop_last and num_train < spec.batch_size:
        raise TrainingError(
            f"With drop_last, {num_train:,} images leave no batch of {spec.batch_size:,}.",
            "Choose a smaller batch or more images.",
            field="batch_size",
        )
