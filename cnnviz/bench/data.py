"""``bench data``: augmented batches against a transform per image in a DataLoader, and how soon a parsed set is ready.

Every round gives each contestant the same number of batches in turn, so that a machine shared with others slows them
alike. A DataLoader is measured without workers and with two, once they run; the better one counts.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from cnnviz.augment_spec import AugmentSpec
from cnnviz.bench.data_import import add_import
from cnnviz.bench.report import Report
from cnnviz.data.augment import augment
from cnnviz.data.image_set import ImageSet
from cnnviz.data.registry import load
from cnnviz.data.split import split
from cnnviz.training.feed import Feed

Say = Callable[[str], None]
ROUNDS, BATCH_SIZE, BATCHES = 5, 128, 10
NUM_DIGITS = 60_000
HALF = (0.5, 0.5, 0.5)
SPEC = AugmentSpec(rotation=30, shift=0.1, scale=0.2, brightness=0.2, contrast=0.2, saturation=0.2, blur=1)


class Pictures(Dataset[tuple[Tensor, int]]):
    """Coloured digits as a tutorial has them: a picture and torchvision's transforms, for each image, each time."""

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        from torchvision import transforms

        self.images, self.labels = np.ascontiguousarray(images.transpose(0, 2, 3, 1)), labels
        self.transform = transforms.Compose(
            [
                transforms.RandomAffine(
                    SPEC.rotation,
                    (SPEC.shift, SPEC.shift),
                    (1 - SPEC.scale, 1 + SPEC.scale),
                    interpolation=transforms.InterpolationMode.BILINEAR,
                ),
                transforms.ColorJitter(SPEC.brightness, SPEC.contrast, SPEC.saturation),
                transforms.GaussianBlur(7, (0.01, SPEC.blur)),
                transforms.ToTensor(),
                transforms.Normalize(HALF, HALF),
            ]
        )

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        from PIL import Image

        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def run(say: Say) -> Report:
    """Measure in a data folder of its own, which is thrown away."""
    report = Report("data")
    with _own_folder():
        say("Making coloured digits")
        coloured = load("colour-mnist")
        with _one_thread():
            _measure_batches(report, coloured, say)
        _measure_ready(report, load("mnist-5k"), say)
    add_import(report, say)
    return report


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread in this process: two that wait for one another suffer more from a shared machine than workers do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _own_folder() -> Iterator[None]:
    before = os.environ.get("CNNVIZ_DATA")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNVIZ_DATA"] = str(Path(folder))
        try:
            yield
        finally:
            del os.environ["CNNVIZ_DATA"]
            if before is not None:
                os.environ["CNNVIZ_DATA"] = before


def _measure_batches(report: Report, images: ImageSet, say: Say) -> None:
    loaders = {f"torchvision, {workers} workers": _loaded(images, workers) for workers in (0, 2)}
    contestants = {**loaders, "app": _batched(images)}
    speeds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(ROUNDS + 1):
        for name, batches in contestants.items():
            say(f"augmented batches, round {turn} of {ROUNDS}, {name}")
            speed = _speed(batches)
            if turn:  # the first round warms up
                speeds[name].append(speed)
    for name, values in speeds.items():
        report.add(f"augmented colour-mnist, {BATCH_SIZE} a batch: {name}", values, "batches/s")
    best = max(loaders, key=lambda name: median(speeds[name]))
    pairs = [ours / theirs for ours, theirs in zip(speeds["app"], speeds[best], strict=True)]
    report.ratios["augment: app_vs_torchvision"] = median(pairs)


def _speed(batches: Iterator[Tensor]) -> float:
    """Batches a second, once the first is there: what it takes to start is not counted."""
    next(batches)
    started = time.perf_counter()
    for _ in range(BATCHES):
        next(batches)
    return BATCHES / (time.perf_counter() - started)


def _loaded(images: ImageSet, workers: int) -> Iterator[Tensor]:
    """Epoch after epoch of a DataLoader whose workers stay."""
    pictures = Pictures(images.images, images.labels)
    loader = DataLoader(
        pictures, BATCH_SIZE, shuffle=True, drop_last=True, num_workers=workers, persistent_workers=workers > 0
    )
    while True:
        for batch, _ in loader:
            yield batch


def _batched(images: ImageSet) -> Iterator[Tensor]:
    """The app's way: index the resident images, augment the batch, normalise it."""
    feed = Feed(images.images.copy(), images.labels.copy(), mean=HALF, std=HALF, device=torch.device("cpu"))
    draw = torch.Generator().manual_seed(0)
    while True:
        for part in torch.randperm(len(feed), generator=draw).split(BATCH_SIZE):  # type: ignore[no-untyped-call]
            if len(part) == BATCH_SIZE:
                yield feed.normalised(augment(feed.images[part], SPEC, draw))


def _measure_ready(report: Report, digits: ImageSet, say: Say) -> None:
    """From 60,000 parsed digits to the split, both feeds on the device and the first normalised batch."""
    device, seconds = torch.device("cpu"), []
    images = ImageSet(
        "60,000 digits",
        np.resize(digits.images, (NUM_DIGITS, *digits.shape)),
        np.resize(digits.labels, NUM_DIGITS),
        digits.classes,
    )
    for turn in range(ROUNDS):
        say(f"{NUM_DIGITS:,} digits, round {turn + 1} of {ROUNDS}")
        started = time.perf_counter()
        parts = split(images)
        train, _ = (
            Feed(images.images[part], images.labels[part], mean=(0.5,), std=(0.5,), device=device)
            for part in (parts.train, parts.valid)
        )
        next(iter(train.batches(BATCH_SIZE, order=torch.randperm(len(train)))))
        seconds.append(time.perf_counter() - started)
    report.add("60,000 digits from parsed to the first batch", seconds, "s")
