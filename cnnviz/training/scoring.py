"""Scoring a network on images that it does not train on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnviz.training.feed import Feed

EVAL_BATCH = 1000
Loss = Callable[[Tensor, Tensor], Tensor]


@torch.inference_mode()
def evaluate(
    model: nn.Module,
    feed: Feed,
    loss: Loss = functional.cross_entropy,
    *,
    training_mode: bool = False,
    batch_size: int = EVAL_BATCH,
) -> tuple[float, float, Tensor]:
    """(mean loss, accuracy, logits (N, classes) on the CPU).

    In eval mode, and leaves the model in it; or with dropout and batch norm as they are in training, which is what
    forgetting ``eval()`` does. Batch norm's running figures stay as they are either way.
    """
    model.train(training_mode)
    with _running_figures_kept(model):
        logits = torch.cat([model(images) for images, _ in feed.batches(batch_size)])
    mean = loss(logits, feed.labels)
    accuracy = (logits.argmax(1) == feed.labels).float().mean()
    return mean.item(), accuracy.item(), logits.cpu()


@contextmanager
def _running_figures_kept(model: nn.Module) -> Iterator[None]:
    """While this lasts, batch norm in training mode takes each batch's own figures and remembers none."""
    if not model.training:
        yield
        return
    tracking = [
        layer
        for layer in model.modules()
        if isinstance(layer, nn.modules.batchnorm._NormBase) and layer.track_running_stats
    ]
    for layer in tracking:
        layer.track_running_stats = False
    try:
        yield
    finally:
        for layer in tracking:
            layer.track_running_stats = True
