"""torch.fx's symbolic tracing, made safe for a server with several visitors.

While torch.fx traces, it has every call of every module in the process pass through its tracer. So only one thread may
trace at a time, and what other threads call meanwhile must run as ever.
"""

import threading
from collections.abc import Callable
from typing import Any

from torch import fx, nn

_one_at_a_time = threading.Lock()


def symbolic(model: nn.Module) -> tuple[fx.GraphModule, set[int]]:
    """The traced network, and the ids of its modules that are called. Raises whatever the network raises."""
    with _one_at_a_time:
        tracer = _Tracer()
        return fx.GraphModule(model, tracer.trace(model)), tracer.called


class _Tracer(fx.Tracer):
    def __init__(self) -> None:
        super().__init__()
        self.called: set[int] = set()
        self.thread = threading.get_ident()

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:  # noqa: ANN401 - as torch.fx has it
        if threading.get_ident() != self.thread:
            return forward(*args, **kwargs)
        self.called.add(id(m))
        return super().call_module(m, forward, args, kwargs)
