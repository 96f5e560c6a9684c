"""Changing the colours of a batch, each image its own way; torchvision's definitions, on values from 0 to 255."""

import math

import torch
from torch import Tensor

# Luma of ITU-R BT.601, as torchvision has it.
LUMA = (0.2989, 0.587, 0.114)
# YIQ of the NTSC standard: I and Q hold the colour, and a turn of their plane is a turn of the hue.
_TO_YIQ = ((0.299, 0.587, 0.114), (0.595716, -0.274453, -0.321263), (0.211456, -0.522591, 0.311135))


def recolour(images: Tensor, brightness: Tensor, contrast: Tensor, saturation: Tensor, turn: Tensor) -> Tensor:
    """Multiplied, moved away from the image's mean grey, then each pixel from its own grey, then turned in hue.

    images (n, C, H, W), factors (n,), turn in full circles (n,). All four are one matrix and one offset for each
    image, so that the pixels are read once and clamped once, at the end. Alone each is torchvision's, but for the hue:
    torchvision goes through HSV pixel by pixel, here the colours turn about the grey axis in YIQ and keep their luma.
    Saturation and hue leave images of any other number of channels than three as they are.
    """
    gain, channels = brightness * contrast, images.shape[1]
    offset = (1 - contrast) * brightness * grey(images.mean((2, 3), keepdim=True)).flatten()
    if channels != 3:
        return torch.addcmul(offset.reshape(-1, 1, 1, 1), images, gain.reshape(-1, 1, 1, 1)).clamp_(0, 255)
    matrices = gain[:, None, None] * torch.matmul(hue_matrices(turn), _saturation_matrices(saturation))
    return torch.baddbmm(offset[:, None, None], matrices, images.flatten(2)).reshape(images.shape).clamp_(0, 255)


def _saturation_matrices(factor: Tensor) -> Tensor:
    """factor·I + (1 − factor)·(every row the luma)."""
    factor = factor[:, None, None]
    return factor * torch.eye(3, device=factor.device) + (1 - factor) * torch.tensor(LUMA, device=factor.device)


def grey(images: Tensor) -> Tensor:
    """(n, 1, H, W): the luma of three channels, or the mean of any other number."""
    if images.shape[1] != 3:
        return images.mean(1, keepdim=True)
    weights = torch.tensor(LUMA, device=images.device).reshape(1, 3, 1, 1)
    return (images * weights).sum(1, keepdim=True)


def hue_matrices(turn: Tensor) -> Tensor:
    """(n, 3, 3), to multiply red, green and blue with; turns of (n,) circles."""
    angle = turn * (2 * math.pi)
    to_yiq = torch.tensor(_TO_YIQ, device=turn.device)
    cos, sin, zero, one = torch.cos(angle), torch.sin(angle), torch.zeros_like(angle), torch.ones_like(angle)
    rows = [torch.stack(row, 1) for row in ((one, zero, zero), (zero, cos, -sin), (zero, sin, cos))]
    return torch.matmul(torch.linalg.inv(to_yiq) @ torch.stack(rows, 1), to_yiq)
