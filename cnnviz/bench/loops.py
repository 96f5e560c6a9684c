"""The training loops that ``bench train`` compares: ``python -m cnnviz.bench.loops NAME``.

Reads a JSON line of settings, trains, answers with a JSON line; ends with its standard input. Each gives the same
network the same images for the same epochs and validates after each.
"""

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from cnnviz.bench.systems import images_of
from cnnviz.data import registry
from cnnviz.data.image_set import ImageSet
from cnnviz.data.split import Split
from cnnviz.models.registry import build
from cnnviz.recipes import get
from cnnviz.runs import store
from cnnviz.runs.worker import train_run
from cnnviz.specs import TrainSpec
from cnnviz.training.history import EpochRow, StepRow
from cnnviz.training.loop import Trainer
from cnnviz.training.trainer import prepare, split_for


class Pictures(Dataset[tuple[Tensor, int]]):
    """A data set as a tutorial has it from torchvision: a PIL image and its transform, for each image, each time."""

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        from torchvision import transforms

        grey = images.shape[1] == 1
        self.images = images[:, 0].copy() if grey else images.transpose(0, 2, 3, 1).copy()
        self.labels = labels
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        # What the data sets of torchvision do.
        image = Image.fromarray(self.images[index])
        return self.transform(image), int(self.labels[index])


def network(spec: TrainSpec, images: ImageSet) -> nn.Module:
    """The spec's network as its class makes it."""
    return build(spec.model, spec.model_options, num_classes=len(images.classes), input_shape=images.shape)


def plain_optimizer(spec: TrainSpec, model: nn.Module) -> torch.optim.Optimizer:
    """The spec's optimiser as a tutorial writes it."""
    if spec.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), lr=spec.lr, momentum=spec.momentum, weight_decay=spec.weight_decay)
    return torch.optim.Adam(model.parameters(), lr=spec.lr, weight_decay=spec.weight_decay)


def tutorial(spec: TrainSpec, images: ImageSet, parts: Split) -> list[float]:
    """A DataLoader, a transform per image, ``.item()`` at each step. Seconds of each epoch."""
    train = Pictures(images.images[parts.train], images.labels[parts.train])
    valid = Pictures(images.images[parts.valid], images.labels[parts.valid])
    train_loader = DataLoader(train, batch_size=spec.batch_size, shuffle=True, drop_last=spec.drop_last)
    valid_loader = DataLoader(valid, batch_size=spec.batch_size)
    model, criterion = network(spec, images), nn.CrossEntropyLoss()
    optimizer = plain_optimizer(spec, model)
    durations = []
    for _ in range(spec.max_epochs):
        started = time.perf_counter()
        loss_sum, right = 0.0, 0
        model.train()
        for inputs, labels in train_loader:
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item()
            right += int((outputs.argmax(1) == labels).sum().item())
        model.eval()
        with torch.no_grad():
            for inputs, labels in valid_loader:
                outputs = model(inputs)
                loss_sum += criterion(outputs, labels).item()
                right += int((outputs.argmax(1) == labels).sum().item())
        durations.append(time.perf_counter() - started)
    return durations


def tensor(spec: TrainSpec, images: ImageSet, parts: Split) -> list[float]:
    """Images as one tensor, indexed by a permutation, figures summed as tensors. Seconds of each epoch."""
    floats = (torch.from_numpy(images.images.copy()).float() / 255 - 0.5) / 0.5
    labels = torch.from_numpy(images.labels.copy())
    train, valid = torch.from_numpy(parts.train), torch.from_numpy(parts.valid)
    model, criterion = network(spec, images), nn.CrossEntropyLoss()
    optimizer = plain_optimizer(spec, model)
    durations = []
    for _ in range(spec.max_epochs):
        started = time.perf_counter()
        loss_sum, right = torch.zeros(()), torch.zeros((), dtype=torch.long)
        model.train()
        for batch in train[torch.randperm(len(train))].split(spec.batch_size):  # type: ignore[no-untyped-call]
            outputs = model(floats[batch])
            loss = criterion(outputs, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach()
            right += (outputs.argmax(1) == labels[batch]).sum()
        model.eval()
        with torch.no_grad():
            for batch in valid.split(spec.batch_size):  # type: ignore[no-untyped-call]
                outputs = model(floats[batch])
                loss_sum += criterion(outputs, labels[batch])
                right += (outputs.argmax(1) == labels[batch]).sum()
        loss_sum.item(), right.item()
        durations.append(time.perf_counter() - started)
    return durations


class Silent:
    """A watcher that does nothing."""

    def __init__(self) -> None:
        self.durations: list[float] = []

    def on_tick(self) -> None:
        """Nobody asks."""

    def on_step(self, row: StepRow) -> None:
        """Nobody looks."""

    def on_epoch(self, row: EpochRow, logits: Tensor, trainer: Trainer) -> None:
        """Keep the time."""
        self.durations.append(row.duration_s)


def silent(spec: TrainSpec, images: ImageSet, parts: Split) -> list[float]:
    """The app's loop without live figures, checkpoints or a run folder. Seconds of each epoch."""
    watcher = Silent()
    prepare(spec, images, parts).fit(watcher)
    return watcher.durations


def app(spec: TrainSpec, images: ImageSet, parts: Split) -> list[float]:
    """What a worker of the pool does with a run folder, all that it writes included. Seconds of each epoch."""
    run = store.create(spec)
    with patch.object(registry, "load", return_value=images):  # those that stand in are in no catalogue
        train_run(str(run.path))
    return [float(row["duration_s"]) for row in run.history()]


LOOPS: dict[str, Callable[[TrainSpec, ImageSet, Split], list[float]]] = {
    "tutorial": tutorial,
    "tensor": tensor,
    "silent": silent,
    "app": app,
}


def main() -> None:
    """Answer each line of settings with the median speed of its epochs."""
    loop = LOOPS[sys.argv[1]]
    for line in sys.stdin:
        spec = get("lenet-digits").spec.changed(json.loads(line))
        images = images_of(spec.data)
        parts = split_for(spec, images)
        torch.manual_seed(spec.seed)
        durations = loop(spec, images, parts)
        print(json.dumps({"images_per_s": len(parts.train) / median(durations)}), flush=True)


if __name__ == "__main__":
    main()
