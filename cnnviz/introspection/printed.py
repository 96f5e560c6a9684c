"""A network's table as torchsummary itself prints it."""

import io
from contextlib import redirect_stdout

from torch import nn
from torchsummary import summary

from cnnviz.introspection.graph import Shape


def as_printed(model: nn.Module, input_shape: Shape) -> str:
    """torchsummary's text for images of (C, H, W). It runs the network, on the CPU, on a batch of two.

    Where it fails, as it does on a layer with several results, the text says so.
    """
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            summary(model.eval(), input_shape, device="cpu")
    except Exception as error:  # noqa: BLE001 - whatever a network does with it
        return f"torchsummary can't list this network: {type(error).__name__}: {error}\n"
    return printed.getvalue()
