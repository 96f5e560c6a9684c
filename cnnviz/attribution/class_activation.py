"""The class activation map that global average pooling gives for nothing.

B. Zhou, A. Khosla, A. Lapedriza, A. Oliva and A. Torralba, "Learning deep features for discriminative localization"
(2016). With one linear layer after the pool, the logit is Σ_k w_k · mean(A_k), and the map Σ_k w_k · A_k says which
cells it came from. A head with a hidden layer has no such w; the gradient ∂logit/∂mean(A_k) takes its place. That is
Grad-CAM on the last maps (R. R. Selvaraju and others, 2017), before its ReLU and up to the number of cells.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class ClassActivation:
    """maps: (N, H, W), signed; weights: (N, K), what each of the last K maps counts for; logits: (N, classes)."""

    maps: Tensor
    weights: Tensor
    logits: Tensor


def class_activation(features: nn.Module, head: nn.Module, images: Tensor, target: int) -> ClassActivation:
    """The map of a class for images (N, C, H, W), in eval mode.

    features: images → (N, K, H, W); head: their means, (N, K) → logits (N, classes). With a linear head the weights
    are that layer's row, exactly, and the mean of the map plus the bias is the logit.
    """
    features.eval()
    head.eval()
    with torch.no_grad():
        last = features(images)
    pooled = last.mean((2, 3)).requires_grad_()
    with torch.enable_grad():
        logits = head(pooled)
        weights = torch.autograd.grad(logits[:, target].sum(), pooled)[0]
    return ClassActivation(torch.einsum("nk,nkhw->nhw", weights, last), weights, logits.detach())
