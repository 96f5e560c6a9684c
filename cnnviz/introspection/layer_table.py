"""A network's layers as torchsummary lists them, quirks included: name, output shape, parameters.

torchsummary prints and returns nothing, and runs a batch of two for real. This is its table counted without computing;
tests hold the two equal. Its quirks: functional calls are no modules and do not appear; only ``weight`` and ``bias``
are counted; a module that is called twice is listed and counted twice. So its total need not be the network's.
"""

from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.introspection.called import tensors
from cnnviz.introspection.graph import Shape
from cnnviz.introspection.hooks import does_not_take, evaluating
from cnnviz.introspection.op_words import first_line
from cnnviz.models.meta import needs_values, on_meta

MEGABYTE = 1024**2
BYTES_PER_VALUE = 4


@dataclass(frozen=True)
class LayerRow:
    """One call of a module. output_shape leaves the batch out. params_trainable: whether they learn."""

    layer: str
    output_shape: tuple[int, ...]
    num_params: int
    trainable: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The row as plain JSON types."""
        return {"layer": self.layer, "output_shape": list(self.output_shape), "params": self.num_params}


@dataclass(frozen=True)
class LayerTable:
    """The layers in the order they run.

    ``num_params`` counts every parameter of the network once, listed or not; ``listed_params`` is torchsummary's
    "Total params", the sum of the rows. The sizes are torchsummary's, in MiB for one image, float32 taken for granted:
    ``forward_backward_mb`` counts each row's output twice, once for its gradient.
    """

    rows: tuple[LayerRow, ...]
    num_params: int
    listed_params: int = 0
    listed_trainable: int = 0
    input_mb: float = 0.0
    forward_backward_mb: float = 0.0
    params_mb: float = 0.0

    @property
    def total_mb(self) -> float:
        """torchsummary's "Estimated Total Size"."""
        return self.input_mb + self.forward_backward_mb + self.params_mb


def layer_table(model: nn.Module, input_shape: tuple[int, ...]) -> LayerTable:
    """The table for one input shape, (C, H, W). The network is neither changed nor run: a copy without values is.

    Only one that looks at values is run as it is. Raises ModelError when it does not take such images.
    """
    rows = _called(model, input_shape)
    listed = sum(row.num_params for row in rows)
    return LayerTable(
        rows=tuple(rows),
        num_params=sum(parameter.numel() for parameter in model.parameters()),
        listed_params=listed,
        listed_trainable=sum(row.num_params for row in rows if row.trainable),
        input_mb=prod(input_shape) * BYTES_PER_VALUE / MEGABYTE,
        forward_backward_mb=2 * sum(prod(row.output_shape) for row in rows) * BYTES_PER_VALUE / MEGABYTE,
        params_mb=listed * BYTES_PER_VALUE / MEGABYTE,
    )


def _called(model: nn.Module, shape: Shape) -> list[LayerRow]:
    try:
        return _rows(on_meta(model).eval(), torch.empty(2, *shape, device="meta"))
    except Exception as error:
        if not needs_values(error) or any(part.is_meta for part in model.parameters()):
            raise does_not_take(shape, first_line(error)) from error
    with evaluating(model):
        try:
            return _rows(model, torch.zeros(2, *shape))
        except Exception as error:
            raise does_not_take(shape, first_line(error)) from error


def _rows(model: nn.Module, images: Tensor) -> list[LayerRow]:
    rows: list[LayerRow] = []
    handles: list[torch.utils.hooks.RemovableHandle] = []

    def listen(module: nn.Module) -> None:
        if module is not model and not isinstance(module, nn.Sequential | nn.ModuleList):
            handles.append(module.register_forward_hook(note))

    def note(module: nn.Module, _args: object, output: object) -> None:
        rows.append(_row(module, output, len(rows) + 1))

    model.apply(listen)  # as torchsummary does: what hangs in two places is listened to twice
    try:
        with torch.no_grad():
            model(images)
    finally:
        for handle in handles:
            handle.remove()
    return rows


def _row(module: nn.Module, output: object, number: int) -> LayerRow:
    own = [part for name in ("weight", "bias") if isinstance(part := getattr(module, name, None), Tensor)]
    weight = getattr(module, "weight", None)
    return LayerRow(
        layer=f"{type(module).__name__}-{number}",
        output_shape=next((tuple(each.shape[1:]) for each in tensors(output)), ()),
        num_params=sum(part.numel() for part in own),
        trainable=isinstance(weight, Tensor) and weight.requires_grad,
    )
