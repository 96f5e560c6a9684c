"""Lightning's and fastai's loops for ``bench train``: ``python -m cnnviz.bench.frameworks NAME``, in an environment
of their own (see bench_env). Speaks as bench.loops does. Each gets the tutorial's data loaders and the least that its
framework does: no logger, no checkpoints, no progress bar.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader

from cnnviz.bench.loops import Pictures, network, plain_optimizer
from cnnviz.bench.systems import images_of
from cnnviz.data.image_set import ImageSet
from cnnviz.data.split import Split
from cnnviz.recipes import get
from cnnviz.specs import TrainSpec
from cnnviz.training.trainer import split_for


def lightning(spec: TrainSpec, images: ImageSet, parts: Split) -> list[float]:
    """Lightning's Trainer. Seconds of each epoch, validation included."""
    import lightning as pl

    class Module(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model, self.criterion = network(spec, images), nn.CrossEntropyLoss()
            self.ends: list[float] = []

        def training_step(self, batch: Any, _: int) -> torch.Tensor:  # noqa: ANN401
            return self._told("train", batch)

        def validation_step(self, batch: Any, _: int) -> torch.Tensor:  # noqa: ANN401
            return self._told("valid", batch)

        def _told(self, part: str, batch: Any) -> torch.Tensor:  # noqa: ANN401
            inputs, labels = batch
            outputs = self.model(inputs)
            loss: torch.Tensor = self.criterion(outputs, labels)
            accuracy = (outputs.argmax(1) == labels).float().mean()
            self.log_dict({f"{part}_loss": loss, f"{part}_accuracy": accuracy}, on_step=False, on_epoch=True)
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return plain_optimizer(spec, self.model)

        def on_train_epoch_start(self) -> None:
            self.ends.append(time.perf_counter())

        def on_fit_end(self) -> None:
            self.ends.append(time.perf_counter())

    module = Module()
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    trainer = pl.Trainer(
        max_epochs=spec.max_epochs,
        accelerator="cpu",
        num_sanity_val_steps=0,
        enable_model_summary=False,
        **quiet,
    )
    trainer.fit(module, *loaders(spec, images, parts, DataLoader))
    return [after - before for before, after in zip(module.ends, module.ends[1:], strict=False)]


def fastai(spec: TrainSpec, images: ImageSet, parts: Split) -> list[float]:
    """fastai's Learner. Seconds of each epoch, validation included."""
    import fastai.callback.progress  # noqa: F401 - it is what gives a learner no_bar
    from fastai.callback.core import Callback
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader as FastLoader
    from fastai.learner import Learner
    from fastai.metrics import accuracy
    from fastai.optimizer import SGD, Adam

    class Clock(Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            self.begins: list[float] = []

        def before_epoch(self) -> None:
            self.begins.append(time.perf_counter())

        def after_fit(self) -> None:
            self.begins.append(time.perf_counter())

    clock = Clock()
    learner = Learner(
        DataLoaders(*loaders(spec, images, parts, FastLoader), device=torch.device("cpu")),
        network(spec, images),
        loss_func=nn.CrossEntropyLoss(),
        opt_func=SGD if spec.optimizer == "sgd" else Adam,
        metrics=accuracy,
        cbs=[clock],
    )
    with learner.no_bar(), learner.no_logging():
        learner.fit(spec.max_epochs, lr=spec.lr, wd=spec.weight_decay)
    return [after - before for before, after in zip(clock.begins, clock.begins[1:], strict=False)]


def loaders(spec: TrainSpec, images: ImageSet, parts: Split, kind: Callable[..., Any]) -> tuple[Any, Any]:
    """The tutorial's loaders: for training, shuffled, and for validation."""
    train, valid = (Pictures(images.images[part], images.labels[part]) for part in (parts.train, parts.valid))
    size = "batch_size" if kind is DataLoader else "bs"
    workers: dict[str, int] = {} if kind is DataLoader else {"num_workers": 0}
    return (
        kind(train, **{size: spec.batch_size}, shuffle=True, drop_last=spec.drop_last, **workers),
        kind(valid, **{size: spec.batch_size}, **workers),
    )


def main() -> None:
    """Answer each line of settings with the median speed of its epochs."""
    import logging

    warnings.filterwarnings("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    loop = {"lightning": lightning, "fastai": fastai}[sys.argv[1]]
    out, sys.stdout = sys.stdout, sys.stderr  # whatever they print is no answer
    for line in sys.stdin:
        spec = get("lenet-digits").spec.changed(json.loads(line))
        images = images_of(spec.data)
        parts = split_for(spec, images)
        torch.manual_seed(spec.seed)
        durations = loop(spec, images, parts)
        print(json.dumps({"images_per_s": len(parts.train) / median(durations)}), flush=True, file=out)


if __name__ == "__main__":
    main()
