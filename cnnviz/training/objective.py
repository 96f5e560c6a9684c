"""What training brings down: cross entropy, weighted class by class if asked, and penalties on the weights."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from cnnviz.errors import TrainingError
from cnnviz.specs import TrainSpec


class Objective:
    """Cross entropy as a mean over a batch, plus λ₁·Σ|w| + λ₂·Σw² over all trainable parameters.

    With class weights the mean is weighted by them, as in torch.nn.CrossEntropyLoss. The penalty is kept apart from
    the loss that is told, so that training and validation stay comparable.
    """

    def __init__(self, spec: TrainSpec, model: nn.Module, class_weights: Tensor | None = None) -> None:
        self.l1, self.l2, self.class_weights = spec.l1_penalty, spec.l2_penalty, class_weights
        self.parameters = [weights for weights in model.parameters() if weights.requires_grad]

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Mean cross entropy of logits (n, classes) and labels (n,)."""
        return functional.cross_entropy(logits, labels, self.class_weights)

    def penalty(self) -> Tensor | None:
        """λ₁·Σ|w| + λ₂·Σw², or None where both are off."""
        if not (self.l1 or self.l2):
            return None
        terms = []
        if self.l1:
            terms.append(self.l1 * torch.stack([weights.abs().sum() for weights in self.parameters]).sum())
        if self.l2:
            terms.append(self.l2 * torch.stack([weights.square().sum() for weights in self.parameters]).sum())
        return torch.stack(terms).sum()


def class_weights(spec: TrainSpec, labels: NDArray[np.int64], classes: Sequence[str]) -> Tensor | None:
    """One weight a class, float32 (classes,), or None. "balanced" gives n / (k · n_c), as scikit-learn has it.

    n, n_c and the number of classes k count the training images; a class without any gets 1.
    Raises TrainingError when there are not as many weights as classes.
    """
    if not spec.class_weights:
        return None
    if spec.class_weights == "balanced":
        counts = np.bincount(labels, minlength=len(classes))
        present = np.count_nonzero(counts)
        return torch.from_numpy(np.where(counts, len(labels) / (present * np.maximum(counts, 1)), 1.0)).float()
    weights = [float(part) for part in spec.class_weights.split(",")]
    if len(weights) != len(classes):
        raise TrainingError(
            f"class_weights has {len(weights)} numbers and {spec.data} has {len(classes)} classes.",
            f"Give {len(classes)} numbers, or balanced.",
            field="class_weights",
        )
    return torch.tensor(weights)
