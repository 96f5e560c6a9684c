"""Augmentation of a whole batch at once, on the device it is on.

Every number that is drawn comes from one table of uniform draws, a row for each use: turning one augmentation on or
off leaves what the others do to each image as it was.
"""

import math

import torch
from torch import Tensor

from cnnviz.augment_spec import AugmentSpec
from cnnviz.data import augment_affine, augment_colour

WHITE = 255.0
# What each row of draws is for; new ones go to the end, so that a seed keeps its meaning.
_USES = (
    "rotation", "shift_x", "shift_y", "scale", "horizontal_flip", "vertical_flip", "crop_x", "crop_y",
    "brightness", "contrast", "saturation", "hue", "invert", "blur", "area", "aspect", "erase_x", "erase_y",
)  # fmt: skip


class Draws:
    """Uniform draws for n images: one number for each image and use, on the images' device."""

    def __init__(self, num_images: int, generator: torch.Generator, device: torch.device) -> None:
        table = torch.rand((len(_USES), num_images), generator=generator, device=generator.device).to(device)
        self.rows: dict[str, Tensor] = dict(zip(_USES, table, strict=True))

    def share(self, use: str) -> Tensor:
        """Numbers from [0, 1)."""
        return self.rows[use]

    def around(self, use: str, reach: float) -> Tensor:
        """Numbers from ±reach."""
        return torch.mul(2 * self.rows[use] - 1, reach)

    def happens(self, use: str, share: float) -> Tensor:
        """True for that share of the images."""
        return torch.lt(self.rows[use], share)


def augment(images: Tensor, spec: AugmentSpec, generator: torch.Generator) -> Tensor:
    """uint8 (n, C, H, W) → float32 (n, C, H, W) from 0 to 255, contiguous, on the images' device.

    The same generator state gives the same images; a generator on the CPU serves images anywhere. The images given
    stay as they are. Order: flips, rotation, scale, shift and crop in one interpolation; colour; blur; erase; noise.
    """
    floats = images.to(torch.float32, memory_format=torch.contiguous_format, copy=True)
    if spec.is_off or not len(images):
        return floats
    draws = Draws(len(images), generator, images.device)
    floats = _blurred(_coloured(_moved(floats, spec, draws), spec, draws), spec, draws)
    return _noisy(_erased(floats, spec, draws), spec, generator)


def _moved(images: Tensor, spec: AugmentSpec, draws: Draws) -> Tensor:
    mirror_x = draws.happens("horizontal_flip", spec.horizontal_flip)
    mirror_y = draws.happens("vertical_flip", spec.vertical_flip)
    if not (spec.rotation or spec.shift or spec.scale or spec.crop):
        return augment_affine.flip(images, mirror_x, mirror_y)  # exact, and quicker than interpolating
    height, width = images.shape[2:]
    crop_x, crop_y = (torch.floor(draws.share(use) * (2 * spec.crop + 1)) - spec.crop for use in ("crop_x", "crop_y"))
    return augment_affine.move(
        images,
        degrees=draws.around("rotation", spec.rotation),
        factor=1 + draws.around("scale", spec.scale),
        right=draws.around("shift_x", spec.shift * width) + crop_x,
        down=draws.around("shift_y", spec.shift * height) + crop_y,
        mirror_x=mirror_x,
        mirror_y=mirror_y,
    )


def _coloured(images: Tensor, spec: AugmentSpec, draws: Draws) -> Tensor:
    if spec.brightness or spec.contrast or spec.saturation or spec.hue:
        images = augment_colour.recolour(
            images,
            brightness=1 + draws.around("brightness", spec.brightness),
            contrast=1 + draws.around("contrast", spec.contrast),
            saturation=1 + draws.around("saturation", spec.saturation),
            turn=draws.around("hue", spec.hue),
        )
    if spec.invert:
        negative = draws.happens("invert", spec.invert).reshape(-1, 1, 1, 1)
        images = torch.where(negative, WHITE - images, images)
    return images


def _blurred(images: Tensor, spec: AugmentSpec, draws: Draws) -> Tensor:
    return blur(images, draws.share("blur") * spec.blur) if spec.blur else images


def blur(images: Tensor, sigma: Tensor) -> Tensor:
    """A Gaussian blur with a standard deviation of sigma (n,) pixels for each of the images (n, C, H, W).

    Weights beyond the border are left out and the rest add up to 1, so borders do not darken. Two products with
    banded matrices, one for each axis: for small images that beats a convolution with a kernel for each image.
    """
    height, width = images.shape[2:]
    rows = _gaussian(height, sigma)
    columns = rows if width == height else _gaussian(width, sigma)
    across = torch.einsum("nij,ncjk->ncik", rows, images)
    return torch.einsum("ncik,nlk->ncil", across, columns).contiguous()


def _gaussian(side: int, sigma: Tensor) -> Tensor:
    place = torch.arange(side, device=sigma.device)
    distance = place / sigma.clamp_min(1e-3)[:, None]
    # Cut at 10 standard deviations: denormal numbers would make the products ten times slower.
    weights = torch.exp(-0.5 * distance.square()).masked_fill(distance > 10, 0)
    banded = weights.index_select(1, (place[:, None] - place).abs().flatten()).reshape(-1, side, side)
    return banded / banded.sum(2, keepdim=True)


def _erased(images: Tensor, spec: AugmentSpec, draws: Draws) -> Tensor:
    """Black out one rectangle an image, as in https://arxiv.org/abs/1708.04896, from 1:3 to 3:1."""
    if not spec.erase:
        return images
    height, width = images.shape[2:]
    root = torch.sqrt(draws.share("area") * spec.erase)
    stretch = torch.exp(draws.around("aspect", math.log(3) / 2))
    covered_y = _covered(height, root * stretch, root / stretch, draws.share("erase_y"))
    covered_x = _covered(width, root / stretch, root * stretch, draws.share("erase_x"))
    return images.masked_fill((covered_y[:, :, None] & covered_x[:, None, :])[:, None], 0.0)


def _covered(side: int, share: Tensor, other: Tensor, place: Tensor) -> Tensor:
    """Which pixels along a side (n, side) lie in the rectangle; what does not fit this side goes to the other."""
    length = torch.round((share * other.clamp_min(1)).clamp_max(1) * side)
    start = torch.floor(place * (side - length + 1))
    pixel = torch.arange(side, device=share.device)
    return (pixel >= start[:, None]) & (pixel < (start + length)[:, None])


def _noisy(images: Tensor, spec: AugmentSpec, generator: torch.Generator) -> Tensor:
    if not spec.noise:
        return images
    noise = torch.randn(images.shape, generator=generator, device=generator.device).to(images.device)
    return images.add_(noise, alpha=spec.noise * WHITE).clamp_(0, WHITE)
