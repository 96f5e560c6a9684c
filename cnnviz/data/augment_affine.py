"""Turning, scaling, shifting and mirroring a batch, each image its own way, in one interpolation."""

import torch
from torch import Tensor
from torch.nn import functional


def flip(images: Tensor, mirror_x: Tensor, mirror_y: Tensor) -> Tensor:
    """Mirror those of the images (n, C, H, W) whose flags (n,) say so, left to right and top to bottom; exact."""
    for dim, mirror in ((3, mirror_x), (2, mirror_y)):
        if bool(mirror.any()):
            images = torch.where(mirror.reshape(-1, 1, 1, 1), images.flip(dim), images)
    return images


def move(
    images: Tensor, *, degrees: Tensor, factor: Tensor, right: Tensor, down: Tensor, mirror_x: Tensor, mirror_y: Tensor
) -> Tensor:
    """Mirror, then turn clockwise about the middle and scale, then shift by (right, down) pixels; black comes in.

    images: float32 (n, C, H, W), values of at least 0; everything else (n,). Bilinear; the same as torchvision's
    ``affine`` with its default centre.
    """
    matrices = _matrices(images.shape[2], images.shape[3], degrees, factor, right, down)
    matrices[:, 0] *= torch.where(mirror_x, -1.0, 1.0)[:, None]
    matrices[:, 1] *= torch.where(mirror_y, -1.0, 1.0)[:, None]
    grid = functional.affine_grid(matrices, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _matrices(height: int, width: int, degrees: Tensor, factor: Tensor, right: Tensor, down: Tensor) -> Tensor:
    """(n, 2, 3) from where a pixel goes to where it comes from, in grid_sample's units of half a side.

    In pixels from the middle, out = s·R·in + t, hence in = Rᵀ·(out − t) / s with R = [[cos, −sin], [sin, cos]],
    clockwise because y points down.
    """
    angle = torch.deg2rad(degrees)
    cos, sin = torch.cos(angle) / factor, torch.sin(angle) / factor
    from_x = torch.stack([cos, sin * (height / width), -2 * (cos * right + sin * down) / width], dim=1)
    from_y = torch.stack([-sin * (width / height), cos, -2 * (cos * down - sin * right) / height], dim=1)
    return torch.stack([from_x, from_y], dim=1)
