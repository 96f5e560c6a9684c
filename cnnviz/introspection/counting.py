"""PyTorch's own count of floating-point operations, without its hooks on every module of the process."""

from typing import Self

from torch.utils.flop_counter import FlopCounterMode
from torch.utils.module_tracker import ModuleTracker


class _Nowhere(ModuleTracker):
    """Stands for the tracker that tells which module runs: hooks that other threads' networks would meet."""

    def __init__(self) -> None:
        super().__init__()
        self.parents = {"Global"}

    def __enter__(self) -> Self:
        """Nothing to set up."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to undo."""


def flop_counter() -> FlopCounterMode:
    """A counter of totals alone; use it in a ``with``."""
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = _Nowhere()
    return counter
