"""Changing the colours of a batch, each image its own way; torchvision's definitions, on values from 0 to 255."""

import math

import torch
from torch import Tensor

# Luma of ITU-R BT.601, as torchvision has it.
LUMA = (0.2989, 0.587, 0.114)
# YIQ of the NTSC standard: I and Q hold the colour, and a turn of their plane is a turn of the hue.
_TO_YIQ = ((0.299, 0.587, 0.114), (0.595716, -0.274453, -0.321263), (0.211456, -0.522591, 0.311135))


def brighten(images: Tensor, factor: Tensor) -> Tensor:
    """Every value multiplied: images (n, C, H, W), factor (n, 1, 1, 1)."""
    return (images * factor).clamp_(0, 255)


def change_contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Every value moved away from the image's mean grey, or towards it."""
    mean = grey(images).mean((1, 2, 3), keepdim=True)
    return torch.lerp(mean, images, factor).clamp_(0, 255)


def saturate(images: Tensor, factor: Tensor) -> Tensor:
    """Every pixel moved away from its own grey, or towards it; images (n, 3, H, W)."""
    return torch.lerp(grey(images), images, factor).clamp_(0, 255)


def grey(images: Tensor) -> Tensor:
    """(n, 1, H, W): the luma of three channels, or the mean of any other number."""
    if images.shape[1] != 3:
        return images.mean(1, keepdim=True)
    weights = torch.tensor(LUMA, device=images.device).reshape(1, 3, 1, 1)
    return (images * weights).sum(1, keepdim=True)


def turn_hue(images: Tensor, turn: Tensor) -> Tensor:
    """The colours turned about the grey axis by ``turn`` (n,) of a full circle; luma stays. images (n, 3, H, W).

    One matrix for each image in the YIQ space; torchvision goes through HSV pixel by pixel, which keeps other
    quantities and costs ten times as much.
    """
    matrices = hue_matrices(turn)
    return torch.bmm(matrices, images.flatten(2)).reshape(images.shape).clamp_(0, 255)


def hue_matrices(turn: Tensor) -> Tensor:
    """(n, 3, 3), to multiply red, green and blue with; turns of (n,) circles."""
    angle = turn * (2 * math.pi)
    to_yiq = torch.tensor(_TO_YIQ, device=turn.device)
    cos, sin, zero, one = torch.cos(angle), torch.sin(angle), torch.zeros_like(angle), torch.ones_like(angle)
    rows = [torch.stack(row, 1) for row in ((one, zero, zero), (zero, cos, -sin), (zero, sin, cos))]
    return torch.matmul(torch.linalg.inv(to_yiq) @ torch.stack(rows, 1), to_yiq)
