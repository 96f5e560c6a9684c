"""A network's layers as torchsummary lists them: name, output shape, parameters."""

import io
import re
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from torch import nn
from torchsummary import summary

ROW = re.compile(r"^\s*(?P<layer>\w+-\d+)\s+\[(?P<shape>[-\d, ]+)\]\s+(?P<params>[\d,]+)\s*$")


@dataclass(frozen=True)
class LayerRow:
    """One layer. output_shape leaves the batch out."""

    layer: str
    output_shape: tuple[int, ...]
    num_params: int

    def as_dict(self) -> dict[str, Any]:
        """The row as plain JSON types."""
        return {"layer": self.layer, "output_shape": list(self.output_shape), "params": self.num_params}


@dataclass(frozen=True)
class LayerTable:
    """The layers in the order they run. num_params counts every parameter of the network, listed or not."""

    rows: tuple[LayerRow, ...]
    num_params: int


def layer_table(model: nn.Module, input_shape: tuple[int, ...]) -> LayerTable:
    """The table for one input shape, (C, H, W). Works on the CPU and on a network of its own: it runs it forward.

    torchsummary prints its table and returns nothing, so the print is read. Functional calls are no modules and do
    not appear in it.
    """
    printed = io.StringIO()
    with redirect_stdout(printed):
        summary(model, input_shape, device="cpu")
    return LayerTable(
        rows=tuple(_rows(printed.getvalue())),
        num_params=sum(parameter.numel() for parameter in model.parameters()),
    )


def _rows(text: str) -> list[LayerRow]:
    found = (ROW.match(line) for line in text.splitlines())
    return [
        LayerRow(
            layer=row["layer"],
            output_shape=tuple(int(size) for size in row["shape"].split(",")[1:]),
            num_params=int(row["params"].replace(",", "")),
        )
        for row in found
        if row
    ]
