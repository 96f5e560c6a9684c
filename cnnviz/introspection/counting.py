"""Floating-point operations as they happen, by PyTorch's own formulas.

``torch.utils.flop_counter.FlopCounterMode`` counts the same, and tests hold the two equal. It also hooks into every
module of the process, other visitors' among them, to tell modules apart, and imports the compiler, which takes seconds.
"""

from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class FlopCount(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it lasts, ``total`` grows with what is computed in this thread."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.total = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here, so there is no compiler to keep out

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # noqa: ANN401
        """As torch calls it, for every operation."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if formula := flop_registry.get(func.overloadpacket):
            self.total += formula(*args, **kwargs, out_val=result)
        return result
