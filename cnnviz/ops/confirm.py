"""Hold what the browser computed against PyTorch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import SpecError
from cnnviz.images import Picture
from cnnviz.kernel_specs import KernelLab
from cnnviz.ops.apply import apply_lab, to_tensor

TOLERANCE = 1e-4  # of the range


@dataclass(frozen=True)
class Confirmation:
    """values: PyTorch's result (C, H, W) of the last step; difference: the largest from the browser's
    ``count``."""

    lab: KernelLab
    values: NDArray[np.float32]
    difference: float
    count: int

    @property
    def agrees(self) -> bool:
        """True when the difference is under 1e-4 of the range of the values."""
        spread = float(np.ptp(self.values)) or max(1.0, float(np.abs(self.values).max()))
        return self.difference <= TOLERANCE * spread


def confirm(picture: Picture, lab: KernelLab, told: Sequence[object]) -> Confirmation:
    """Run a laboratory with PyTorch and compare with values told, taken evenly over the result.

    Raises SpecError when what was told can't be the result, ShapeError when the laboratory does not fit
    the picture.
    """
    values = apply_lab(to_tensor(picture.pixels), lab)[-1][0].numpy()
    try:
        theirs = np.asarray(told, dtype=np.float64)
    except (TypeError, ValueError):
        theirs = np.zeros((0, 0))
    if theirs.ndim != 1 or not 0 < theirs.size <= values.size or not np.isfinite(theirs).all():
        raise SpecError("The browser's values could not be read.", "Reload the page.")
    at = np.arange(theirs.size) * values.size // theirs.size
    difference = float(np.abs(values.reshape(-1)[at] - theirs).max())
    return Confirmation(lab, values, difference, int(theirs.size))
