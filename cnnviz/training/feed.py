"""Images as one resident tensor, handed out in batches that are normalised on the device.

Keeping the bytes and scaling a batch at a time is as fast as keeping floats and needs a quarter of the memory.
"""

import copy
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.errors import SpecError

Augment = Callable[[Tensor], Tensor]  # uint8 (n, C, H, W) → float32 (n, C, H, W) in 0..255


class Feed:
    """Labelled images on a device. ``images`` is uint8 (N, C, H, W), ``labels`` int64 (N,).

    ``augment``, where given, changes each batch before it is normalised.
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
        *,
        mean: Sequence[float],
        std: Sequence[float],
        device: torch.device,
        augment: Augment | None = None,
    ) -> None:
        self.augment = augment
        channels = images.shape[1]
        if len(mean) not in (1, channels):
            raise SpecError(
                f"mean has {len(mean)} numbers and the images have {channels} channels.",
                f"Give 1 or {channels}.",
                field="mean",
            )
        self.images = torch.from_numpy(np.ascontiguousarray(images)).to(device)
        self.labels = torch.from_numpy(np.ascontiguousarray(labels)).to(device)
        # (x / 255 − mean) / std in one multiplication and one subtraction.
        deviation = torch.tensor(std, device=device).reshape(1, -1, 1, 1)
        self.scale = 1 / (255 * deviation)
        self.shift = torch.tensor(mean, device=device).reshape(1, -1, 1, 1) / deviation

    def __len__(self) -> int:
        return len(self.labels)

    def plain(self) -> "Feed":
        """The same images without augmentation."""
        other = copy.copy(self)
        other.augment = None
        return other

    def num_batches(self, batch_size: int, *, drop_last: bool = False) -> int:
        """How many batches an epoch has."""
        return len(self) // batch_size if drop_last else -(-len(self) // batch_size)

    def normalised(self, images: Tensor) -> Tensor:
        """uint8 (n, C, H, W) → float32, channels last: convolutions on the CPU are a third faster that way."""
        if self.augment is not None:
            images = self.augment(images)
        floats = images.to(torch.float32, memory_format=torch.channels_last)
        return floats.mul_(self.scale).sub_(self.shift)

    def batches(
        self, batch_size: int, *, order: Tensor | None = None, drop_last: bool = False
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """(images, labels) batch by batch, in the given order of indices or as they stand."""
        for batch in range(self.num_batches(batch_size, drop_last=drop_last)):
            part = slice(batch * batch_size, (batch + 1) * batch_size)
            chosen = part if order is None else order[part]
            yield self.normalised(self.images[chosen]), self.labels[chosen]
