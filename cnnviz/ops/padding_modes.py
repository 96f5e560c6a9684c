"""What the four padding modes put around the same corner of a picture, and what a blur then makes of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import ShapeError
from cnnviz.layer_specs import PADDING_MODES

TORCH_NAMES = {"zeros": "constant"}


@dataclass(frozen=True)
class Padded:
    """One mode: the picture padded (H + 2p, W + 2p, 3), and its (2p + 1)² means (H, W, 3), 0 … 1."""

    mode: str
    padded: NDArray[np.float32]
    blurred: NDArray[np.float32]


def pad_each_way(picture: NDArray[np.float32], padding: int) -> list[Padded]:
    """Pad a picture (H, W, 3) of values 0 … 1 on all sides in each mode, by torch.

    Raises ShapeError where reflect or circular would need more rows than the picture has.
    """
    import torch
    from torch.nn import functional

    if not 0 <= padding < min(picture.shape[:2]):
        raise ShapeError(
            f"padding {padding} is not between 0 and {min(picture.shape[:2]) - 1}.",
            "The mirror holds no more rows than that.", field="padding",
        )  # fmt: skip
    image = torch.from_numpy(picture).permute(2, 0, 1)[None]
    results = []
    for mode in PADDING_MODES:
        around = functional.pad(image, (padding,) * 4, mode=TORCH_NAMES.get(mode, mode))
        blurred = functional.avg_pool2d(around, 2 * padding + 1, stride=1)
        results.append(Padded(mode, _picture(around), _picture(blurred)))
    return results


def _picture(image: object) -> NDArray[np.float32]:
    import torch

    assert isinstance(image, torch.Tensor)  # noqa: S101
    return np.ascontiguousarray(image[0].permute(1, 2, 0).numpy(), dtype=np.float32)
