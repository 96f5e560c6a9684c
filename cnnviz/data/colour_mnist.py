"""``colour-mnist``: MNIST's digits in colour on a coloured ground, turned, scaled, shifted and blurred; seeded.

Made from all of MNIST where its files are at hand, else from the 5,000 digits that come with the app. A digit for
training stays one for training.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.data import kept, mnist_5k
from cnnviz.data.idx_sets import MNIST
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress

if TYPE_CHECKING:
    from torch import Generator, Tensor

SEED, CHUNK = 5, 2_000
ROTATION, SCALE, SHIFT, BLUR = 75.0, 0.25, 2.0, 1.1  # degrees, share, pixels, pixels
MIN_CONTRAST = 60.0  # in luma, of 255
# Goes up when what is drawn changes, so that kept images are drawn anew.
VERSION = 1


def facts(folder: Path) -> dict[str, Any]:
    """What depends on which MNIST is at hand: the numbers of images and what is said about them."""
    if MNIST.at_hand(folder):
        source, num_images, num_train = "all of MNIST, which is at hand", 70_000, 60_000
    else:
        source, num_images, num_train = "the 5,000 digits that come with the app, as MNIST is not at hand", 5_000, None
    about = f"Digits in colour on a coloured ground, turned, scaled and blurred. {num_images:,}, made from {source}."
    return {"num_images": num_images, "num_train": num_train, "about": about}


def load(folder: Path, progress: Progress) -> ImageSet:
    """The coloured digits as (N, 3, 28, 28), in the order of the MNIST they are made from; kept once made."""
    source = (MNIST.load if MNIST.at_hand(folder) else mnist_5k.load)(folder, progress)
    (images,) = kept.arrays(
        folder / "colour-mnist.npz",
        lambda: [paint(source.images, SEED, progress)],
        ("images",),
        mark=f"version {VERSION} of {source.name} with {len(source)}",
    )
    return ImageSet("colour-mnist", images, source.labels, source.classes, source.num_train)


def paint(digits: NDArray[np.uint8], seed: int, progress: Progress) -> NDArray[np.uint8]:
    """Grey digits (N, 1, H, W), bright on dark, as colour images (N, 3, H, W); the same for the same seed."""
    import torch

    draw = torch.Generator().manual_seed(seed)
    painted = np.empty((len(digits), 3, *digits.shape[2:]), np.uint8)
    for start in range(0, len(digits), CHUNK):
        progress("Colouring the digits, once", start / len(digits))
        part = torch.from_numpy(digits[start : start + CHUNK].astype(np.float32) / 255)
        painted[start : start + CHUNK] = _painted(part, draw).numpy()
    return painted


def _painted(ink: "Tensor", draw: "Generator") -> "Tensor":
    """Shares of ink (n, 1, H, W) → uint8 (n, 3, H, W)."""
    import torch

    from cnnviz.data.augment import blur
    from cnnviz.data.augment_affine import move

    count = len(ink)
    turn, scale, right, down, sigma = torch.rand((5, count), generator=draw)
    never = torch.zeros(count, dtype=torch.bool)
    moved = move(
        ink,
        degrees=(2 * turn - 1) * ROTATION,
        factor=1 + (2 * scale - 1) * SCALE,
        right=(2 * right - 1) * SHIFT,
        down=(2 * down - 1) * SHIFT,
        mirror_x=never,
        mirror_y=never,
    )
    ground, colour = _colours(count, draw)
    painted = torch.lerp(ground, colour, blur(moved, sigma * BLUR))
    return painted.round_().clamp_(0, 255).to(torch.uint8)


def _colours(count: int, draw: "Generator") -> tuple["Tensor", "Tensor"]:
    """Colours of ground and digit, (n, 3, 1, 1) each; where they are about equally bright, the digit's moves away."""
    import torch

    from cnnviz.data.augment_colour import grey

    ground, colour = torch.rand((2, count, 3, 1, 1), generator=draw) * 255
    too_near = (grey(ground) - grey(colour)).abs() < MIN_CONTRAST
    darker, brighter = colour * 0.25, 255 - (255 - colour) * 0.25
    return ground, torch.where(too_near, torch.where(grey(ground) > 127, darker, brighter), colour)
