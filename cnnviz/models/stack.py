"""A stack of layer specifications as a PyTorch model."""

from collections.abc import Sequence
from dataclasses import asdict

import torch
import torch.fx
from torch import nn

from cnnviz.errors import ShapeError
from cnnviz.layer_specs import LayerSpec
from cnnviz.ops.output_shape import Shape, shape_text
from cnnviz.ops.stack import trace


class StackModel(nn.Module):
    """The layers of a stack, one after the other: (N, *input_shape) in, (N, *output_shape) out."""

    def __init__(self, specs: Sequence[LayerSpec], input_shape: Shape) -> None:
        super().__init__()
        followed = trace(specs, input_shape)
        if failure := followed.failure:
            name = type(failure.spec).__name__
            raise ShapeError(
                f"Layer {failure.index + 1}, {name}: {failure.error.message}",
                failure.error.hint,
                field="stack",
            )
        self.specs, self.input_shape, self.output_shape = tuple(specs), input_shape, followed.output_shape
        self.layers = nn.Sequential(*(build_layer(spec) for spec in specs))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """images: (N, *input_shape). Raises ShapeError for any other shape."""
        check_images(images, self.input_shape)
        result: torch.Tensor = self.layers(images)
        return result


@torch.fx.wrap  # its look at the shape is no part of the network that torch.fx is to follow
def check_images(images: torch.Tensor, input_shape: Shape) -> None:
    """Raise ShapeError unless the images are (N, *input_shape)."""
    if tuple(images.shape[1:]) != input_shape:
        raise ShapeError(
            f"The model takes {shape_text(input_shape)}, not {shape_text(tuple(images.shape[1:]))}.",
            "Resize the images or change the stack's input.", field="input",
        )  # fmt: skip


def build_layer(spec: LayerSpec) -> nn.Module:
    """The module of one layer, freshly initialised as torch does."""
    module: nn.Module = getattr(nn, type(spec).__name__)(**asdict(spec))
    return module


def build_stack(specs: Sequence[LayerSpec], input_shape: Shape) -> StackModel:
    """The model of a stack for inputs of (C, H, W). Raises ShapeError when its layers do not fit."""
    return StackModel(specs, input_shape)
