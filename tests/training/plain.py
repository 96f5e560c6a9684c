"""A training loop as a textbook writes it, and small random images for it: the oracle of the loop's tests."""

from typing import Any

import numpy as np
import torch
from torch import nn

from cnnviz.data.image_set import ImageSet
from cnnviz.specs import TrainSpec
from cnnviz.training.trainer import split_for

STACK = "stack:1x8x8:conv 4 k3 / relu / flatten / linear 3"


def random_images(num_images: int = 60, seed: int = 0) -> ImageSet:
    """Noise with a bright corner that tells the three classes apart."""
    draw = np.random.default_rng(seed)
    labels = draw.permutation(np.arange(num_images) % 3 * (np.arange(num_images) % 7 > 0))
    images = draw.integers(0, 100, (num_images, 1, 8, 8), dtype=np.uint8)
    images[labels == 1, :, :3, :3] += 100
    images[labels == 2, :, 5:, 5:] += 100
    return ImageSet("noise", images, labels.astype(np.int64), ("none", "left", "right"))


def network() -> nn.Module:
    """What STACK names."""
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 6 * 6, 3))


def optimizer_of(spec: TrainSpec, model: nn.Module) -> torch.optim.Optimizer:
    common = {"lr": spec.lr, "weight_decay": spec.weight_decay, "foreach": False}
    if spec.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), momentum=spec.momentum, **common)
    return {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[spec.optimizer](model.parameters(), **common)


def schedule_of(spec: TrainSpec, optimizer: torch.optim.Optimizer) -> Any:
    from torch.optim import lr_scheduler

    if spec.schedule == "plateau":
        return lr_scheduler.ReduceLROnPlateau(optimizer, factor=spec.schedule_factor, patience=spec.schedule_patience)
    if spec.schedule == "step":
        return lr_scheduler.StepLR(optimizer, spec.schedule_epochs, spec.schedule_factor)
    return lr_scheduler.CosineAnnealingLR(optimizer, spec.schedule_epochs) if spec.schedule == "cosine" else None


def weights_of(spec: TrainSpec, labels: torch.Tensor) -> torch.Tensor | None:
    if spec.class_weights == "balanced":
        from sklearn.utils.class_weight import compute_class_weight

        balanced = compute_class_weight("balanced", classes=np.arange(3), y=labels.numpy())
        return torch.tensor(balanced, dtype=torch.float32)
    return torch.tensor([float(part) for part in spec.class_weights.split(",")]) if spec.class_weights else None


def train_plainly(spec: TrainSpec, images: ImageSet) -> list[dict[str, float]]:
    """train_loss, valid_loss, train_accuracy, valid_accuracy, penalty and lr of each epoch."""
    parts = split_for(spec, images)
    floats = (torch.from_numpy(images.images.copy()).float() / 255 - 0.5) / 0.5
    labels = torch.from_numpy(images.labels.copy())
    torch.manual_seed(spec.seed)
    model = network()
    optimizer = optimizer_of(spec, model)
    schedule = schedule_of(spec, optimizer)
    criterion = nn.CrossEntropyLoss(weights_of(spec, labels[parts.train]))
    order, rows = torch.Generator().manual_seed(spec.seed), []
    for _ in range(spec.max_epochs):
        rows.append({"lr": optimizer.param_groups[0]["lr"]})
        sums, count = {"train_loss": 0.0, "train_accuracy": 0.0, "penalty": 0.0}, 0
        places = torch.from_numpy(parts.train)
        if spec.shuffle:
            places = places[torch.randperm(len(places), generator=order)]
        for batch in places.split(spec.batch_size):
            if spec.drop_last and len(batch) < spec.batch_size:
                continue
            logits = model(floats[batch])
            loss = criterion(logits, labels[batch])
            penalty = spec.l1_penalty * sum(weights.abs().sum() for weights in model.parameters())
            penalty = penalty + spec.l2_penalty * sum((weights**2).sum() for weights in model.parameters())
            optimizer.zero_grad()
            (loss + penalty).backward()
            optimizer.step()
            sums["train_loss"] += loss.item() * len(batch)
            sums["penalty"] += penalty.item() * len(batch)
            sums["train_accuracy"] += (logits.argmax(1) == labels[batch]).sum().item()
            count += len(batch)
        with torch.no_grad():
            logits = model(floats[parts.valid])
            valid_loss = criterion(logits, labels[parts.valid]).item()
            accuracy = (logits.argmax(1) == labels[parts.valid]).float().mean().item()
        rows[-1] |= {name: total / count for name, total in sums.items()}
        rows[-1] |= {"valid_loss": valid_loss, "valid_accuracy": accuracy}
        if spec.schedule == "plateau":
            schedule.step(valid_loss)
        elif schedule is not None:
            schedule.step()
    return rows
