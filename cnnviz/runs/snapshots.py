"""Small snapshots epoch by epoch: the first layer's kernels, and what the network says of a dozen images."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.errors import RunError
from cnnviz.runs import checkpoints
from cnnviz.runs.folder import RunFolder
from cnnviz.training.loop import Trainer
from cnnviz.training.norms import first_kernels, layer_norms

WATCHED = 12  # validation images
DENSE = 100  # epochs up to which each is kept; from then on every second, from twice as many every fourth …
MOST_KERNELS = 64
SMALL = 64_000  # parameters up to which a snapshot holds all weights


@dataclass(frozen=True)
class Snapshot:
    """kernels: float32 (out_channels, in_channels, kH, kW), or None without a convolution.

    indices, targets: int64 (n,), of the watched images in their set. probs: float32 (n, classes).
    """

    epoch: int
    kernels: NDArray[np.float32] | None
    indices: NDArray[np.int64]
    targets: NDArray[np.int64]
    probs: NDArray[np.float32]


def is_kept(epoch: int) -> bool:
    """True for the epochs that are kept: all at first, then ever fewer, so that 10,000 epochs keep some 450."""
    doublings = max(math.ceil(math.log2(max(epoch, 1) / DENSE)), 0)
    return epoch % (1 << doublings) == 0


class Snapshots:
    """Keeps snapshots and norms of a run. indices: int64 (N,), the validation images' places in their set."""

    def __init__(self, run: RunFolder, indices: NDArray[np.int64]) -> None:
        self.run = run
        # Evenly spread: sets sorted by class then show each class.
        self.places = torch.from_numpy(np.unique(np.linspace(0, len(indices) - 1, WATCHED).astype(np.int64)))
        self.indices = torch.from_numpy(indices)[self.places]

    def keep(self, epoch: int, logits: Tensor, trainer: Trainer) -> None:
        """Write the epoch's snapshot and norms, if it is one that is kept."""
        if not is_kept(epoch):
            return
        gradient, weight = layer_norms(trainer.model)
        self.run.append("norms", {"epoch": epoch, "gradient": gradient, "weight": weight})
        kernels = first_kernels(trainer.model)
        content: dict[str, Any] = {
            "epoch": epoch,
            "kernels": None if kernels is None else kernels[:MOST_KERNELS].half().cpu().contiguous(),
            "indices": self.indices,
            "targets": trainer.valid.labels.cpu()[self.places],
            "probs": logits[self.places].float().softmax(1).half(),
        }
        if sum(weights.numel() for weights in trainer.model.parameters()) <= SMALL:
            content["model"] = {name: _halved(values) for name, values in trainer.model.state_dict().items()}
        checkpoints.save(self.run, _name(epoch), content)


def _halved(values: Tensor) -> Tensor:
    return values.half().cpu() if values.is_floating_point() else values.cpu()


def _name(epoch: int) -> str:
    return f"epochs/{epoch:04d}.pt"


def kept(run: RunFolder) -> list[int]:
    """The epochs that a run has snapshots of, in order."""
    return sorted(int(path.stem) for path in (run.path / "epochs").glob("*.pt") if path.stem.isdecimal())


def read(run: RunFolder, epoch: int) -> Snapshot:
    """A run's snapshot of an epoch. Raises RunError when there is none or it can't be read."""
    content = _content(run, epoch)
    try:
        kernels = content["kernels"]
        return Snapshot(
            epoch,
            None if kernels is None else kernels.float().numpy(),
            content["indices"].numpy(),
            content["targets"].numpy(),
            content["probs"].float().numpy(),
        )
    except (KeyError, AttributeError) as error:
        raise checkpoints.unreadable(run, _name(epoch), error) from error


def read_model(run: RunFolder, epoch: int) -> Mapping[str, Tensor] | None:
    """All weights of an epoch as a state dict in float16, or None where the network is too large to keep them."""
    return _content(run, epoch).get("model")


def _content(run: RunFolder, epoch: int) -> dict[str, Any]:
    content = checkpoints.load(run, _name(epoch))
    if content is None:
        raise RunError(f"Run {run.id} has no snapshot of epoch {epoch}.", "Choose another epoch.")
    return content
