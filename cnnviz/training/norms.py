"""How large the gradients and weights of each layer are."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

Norms = dict[str, float]


@torch.no_grad()
def layer_norms(model: nn.Module) -> tuple[Norms, Norms]:
    """(gradient norms, weight norms): L2 over all parameters of each layer, by the layer's name.

    Gradients are those of the last batch. Everything is computed on the device and fetched in one piece.
    """
    layers = [(name, list(layer.parameters(recurse=False))) for name, layer in model.named_modules()]
    layers = [(name or "network", own) for name, own in layers if own]
    if not layers:
        return {}, {}
    rows = [torch.stack([_norm([w.grad for w in own], own[0]), _norm(own, own[0])]) for _, own in layers]
    gradients, weights = torch.stack(rows, 1).tolist()
    names = [name for name, _ in layers]
    return dict(zip(names, gradients, strict=True)), dict(zip(names, weights, strict=True))


def _norm(tensors: Sequence[Tensor | None], like: Tensor) -> Tensor:
    norms = [torch.linalg.vector_norm(tensor) for tensor in tensors if tensor is not None]
    return torch.linalg.vector_norm(torch.stack(norms)) if norms else like.new_zeros(())


def first_kernels(model: nn.Module) -> Tensor | None:
    """The first convolution's weights (out_channels, in_channels // groups, kH, kW), or None where there is none."""
    layer = next((layer for layer in model.modules() if isinstance(layer, nn.Conv2d)), None)
    return None if layer is None else layer.weight.detach()
