"""A network's forward pass as a list of operations, modules and functional calls alike.

Traced with ``torch.fx`` and run once on the meta device, which yields shapes without computing. One multiply-add (MAC)
is two floating-point operations: ``FLOPs = 2 · MACs``, counted by ``torch.utils.flop_counter``, which counts matrix
products and convolutions and leaves out what costs little beside them (biases, activations, pools, norms).
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Shape = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Op:
    """One operation. Shapes leave the batch out; ``macs`` and ``output_bytes`` are for one image.

    ``index``: its place in ``Graph.ops``; the network's input is op 0.
    ``label``: Conv2d, max_pool2d, flatten, + …; ``path``: the module's, such as ``features.0``, or "".
    ``detail``: its arguments, as torch prints them.
    ``inputs``: the indices of the ops whose results it takes.
    ``num_params``: of what it uses; ``new_params``: of that, what no earlier op has used.
    ``call``: 1 for the first call of its module, 2 for the second …; 0 for a function.
    ``receptive_field``: rows and columns of the input that one cell sees, by the formula, padding included; None where
    it can't be followed.
    """

    index: int
    name: str
    kind: Literal["input", "module", "function", "method", "parameter"]
    label: str
    path: str = ""
    detail: str = ""
    inputs: tuple[int, ...] = ()
    input_shapes: tuple[Shape, ...] = ()
    output_shape: Shape = ()
    num_params: int = 0
    new_params: int = 0
    call: int = 0
    macs: int = 0
    output_bytes: int = 0
    receptive_field: tuple[int, int] | None = None

    @property
    def shared(self) -> bool:
        """Whether it uses parameters that an earlier op has used."""
        return self.num_params > self.new_params

    def as_dict(self) -> dict[str, Any]:
        """The op as plain JSON types."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class Unused:
    """A module that is declared and never called."""

    path: str
    label: str
    detail: str
    num_params: int


@dataclass(frozen=True, kw_only=True)
class Graph:
    """The operations in the order they run.

    ``skips``: (from, to) of what by-passes ops and is joined again, ``from`` and ``to`` being indices of ops.
    ``edges``: every (from, to). ``traced``: False when only modules could be listed; ``note`` then says why.
    ``macs``: for one image, of everything, listed or not.
    """

    ops: tuple[Op, ...]
    input_shape: Shape
    output_shape: Shape
    macs: int
    skips: tuple[tuple[int, int], ...] = ()
    unused: tuple[Unused, ...] = ()
    traced: bool = True
    note: str = ""

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Every (from, to)."""
        return tuple((source, op.index) for op in self.ops for source in op.inputs)

    @property
    def hidden_from_tables(self) -> tuple[Op, ...]:
        """The functional calls, which a table of modules does not show."""
        return tuple(op for op in self.ops if op.kind in {"function", "method"})
