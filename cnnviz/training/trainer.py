"""From a spec and its images to a trainer, seeded."""

from functools import partial

import torch
from torch import nn

from cnnviz.data.augment import augment
from cnnviz.data.image_set import ImageSet
from cnnviz.data.split import Split, split
from cnnviz.errors import TrainingError
from cnnviz.models import registry
from cnnviz.settings import usable_cores
from cnnviz.specs import TrainSpec
from cnnviz.training.device import choose_device
from cnnviz.training.feed import Feed
from cnnviz.training.initialise import initialise
from cnnviz.training.loop import EVAL_BATCH, Trainer
from cnnviz.training.memory import check_memory, out_of_memory_said, output_bytes
from cnnviz.training.objective import Objective, class_weights
from cnnviz.training.schedule import make_schedule
from cnnviz.training.stored import start_from

EVAL_BYTES = 2**29  # of layers' outputs at once while scoring


def split_for(spec: TrainSpec, images: ImageSet) -> Split:
    """The split that a spec asks for; the same for the same seed."""
    return split(
        images,
        valid_fraction=spec.valid_fraction,
        seed=spec.seed,
        train_size=spec.train_size,
        valid_size=spec.valid_size,
        num_folds=spec.num_folds,
        fold=spec.fold,
    )


def prepare(spec: TrainSpec, images: ImageSet, parts: Split | None = None) -> Trainer:
    """A trainer at its first epoch. Seeds torch; sets its number of threads.

    Raises ModelError, DataError, SpecError or TrainingError when the parts do not fit.
    """
    torch.set_num_threads(spec.num_threads or usable_cores())
    device = choose_device(spec.device)
    parts = parts or split_for(spec, images)
    check_fit(spec, images, len(parts.train))
    weights = class_weights(spec, images.labels[parts.train], images.classes)
    torch.manual_seed(spec.seed)
    model = registry.build(spec.model, spec.model_options, num_classes=len(images.classes), input_shape=images.shape)
    initialise(model, spec.init)
    start_from(model, spec.weights)
    with out_of_memory_said(spec):
        model = model.to(device).to(memory_format=torch.channels_last)
        order, augmentation = torch.Generator(), torch.Generator(device)
        train, valid = (
            Feed(images.images[part], images.labels[part], mean=spec.mean, std=spec.std, device=device)
            for part in (parts.train, parts.valid)
        )
        image_bytes = max(output_bytes(model, valid.normalised(valid.images[:1])), 1)
    if not spec.augment.is_off:
        train.augment = partial(augment, spec=spec.augment, generator=augmentation)
    check_memory(spec, model, image_bytes, device, len(train))
    check_batch_of_one(spec, model, train)
    optimizer = make_optimizer(spec, model)
    return Trainer(
        spec=spec,
        model=model,
        optimizer=optimizer,
        objective=Objective(spec, model, None if weights is None else weights.to(device)),
        train=train,
        valid=valid,
        device=device,
        order=order.manual_seed(spec.seed),
        augmentation=augmentation.manual_seed(spec.seed),
        schedule=make_schedule(spec, optimizer),
        eval_batch=min(EVAL_BATCH, max(EVAL_BYTES // image_bytes, 1)),
    )


def make_optimizer(spec: TrainSpec, model: nn.Module) -> torch.optim.Optimizer:
    """The spec's optimiser, fused: one pass over all parameters instead of one for each."""
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if spec.optimizer == "sgd":
        return torch.optim.SGD(weights, lr=spec.lr, momentum=spec.momentum, weight_decay=spec.weight_decay, fused=True)
    kind = torch.optim.Adam if spec.optimizer == "adam" else torch.optim.AdamW
    return kind(weights, lr=spec.lr, weight_decay=spec.weight_decay, fused=True)


def check_fit(spec: TrainSpec, images: ImageSet, num_train: int) -> None:
    """Raise ModelError when the network does not take such images, TrainingError when an epoch would have no batch."""
    registry.check_data(spec.model, images.name, images.shape, len(images.classes))
    if spec.drop_last and num_train < spec.batch_size:
        raise TrainingError(
            f"With drop_last, {num_train:,} images leave no batch of {spec.batch_size:,}.",
            "Choose a smaller batch or more images.",
            field="batch_size",
        )


def check_batch_of_one(spec: TrainSpec, model: nn.Module, train: Feed) -> None:
    """Raise TrainingError when some batch has one image and the network can't train on one.

    Batch norm has no variance to divide by where a channel has a single value.
    """
    last = len(train) % spec.batch_size or spec.batch_size
    if spec.max_epochs == 0 or last != 1 or (spec.drop_last and spec.batch_size > 1):
        return
    if not any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in model.modules()):
        return
    before = {name: values.clone() for name, values in model.state_dict().items()}
    try:
        model.train()
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            model(train.plain().normalised(train.images[:1]))
    except ValueError as error:
        only = "Every batch" if spec.batch_size == 1 else f"The last of the batches of {spec.batch_size:,}"
        hint = "Choose another batch size" + (", or turn drop_last on." if spec.batch_size > 1 else ".")
        raise TrainingError(
            f"{only} has a single image, and batch norm needs more than one.", hint, field="batch_size"
        ) from error
    finally:
        model.load_state_dict(before)
