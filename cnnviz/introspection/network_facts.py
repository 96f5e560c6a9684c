"""What a network is and costs, in one look: parameters, multiply-adds, memory."""

from dataclasses import asdict, dataclass
from typing import Any

from torch import nn

from cnnviz.introspection.graph import Graph, Shape
from cnnviz.introspection.layer_table import LayerTable, layer_table
from cnnviz.introspection.liveness import peak_bytes
from cnnviz.introspection.trace import trace


@dataclass(frozen=True, kw_only=True)
class NetworkFacts:
    """Totals. MACs, FLOPs and activation bytes are for one image.

    ``num_params``: each parameter once; ``num_trainable``: those that learn; ``num_unused``: those no op
    uses, 0 where only modules could be listed.
    ``buffer_bytes``: running statistics and the like. ``flops`` = 2 · ``macs``.
    ``forward_bytes``: every op's output, views among them; ``largest_bytes``: the largest of these.
    ``peak_bytes``: the most that is held at once when scoring, each output kept until its last use; 0 where unknown.
    ``training_bytes``: an estimate for a training step of one image: every output and its gradient, and of the
    parameters the values, the gradients and Adam's two moments.
    """

    num_params: int
    num_trainable: int
    num_unused: int
    param_bytes: int
    buffer_bytes: int
    macs: int
    flops: int
    num_ops: int
    forward_bytes: int
    largest_bytes: int
    peak_bytes: int
    training_bytes: int

    @property
    def num_frozen(self) -> int:
        """Parameters that do not learn."""
        return self.num_params - self.num_trainable

    def as_dict(self) -> dict[str, Any]:
        """The facts as plain JSON types."""
        return asdict(self)

    def training_bytes_for(self, batch_size: int) -> int:
        """The estimate for a whole batch."""
        return 4 * self.param_bytes + 2 * self.forward_bytes * batch_size


@dataclass(frozen=True)
class Summary:
    """All that is known of a network for one input shape: facts, torchsummary's table, the ops."""

    facts: NetworkFacts
    table: LayerTable
    graph: Graph


def summarise(model: nn.Module, input_shape: Shape) -> Summary:
    """Facts, table and ops for images of (C, H, W), without running the network, so at once for a large one.

    Raises ModelError when the network does not take such images.
    """
    graph = trace(model, input_shape)
    return Summary(facts_of(model, graph), layer_table(model, input_shape), graph)


def facts_of(model: nn.Module, graph: Graph) -> NetworkFacts:
    """The totals of a traced network."""
    parameters = list(model.parameters())
    param_bytes = sum(part.numel() * part.element_size() for part in parameters)
    outputs = [op.output_bytes for op in graph.ops if op.kind != "input"]
    num_params = sum(part.numel() for part in parameters)
    return NetworkFacts(
        num_params=num_params,
        num_trainable=sum(part.numel() for part in parameters if part.requires_grad),
        num_unused=num_params - sum(op.new_params for op in graph.ops) if graph.traced else 0,
        param_bytes=param_bytes,
        buffer_bytes=sum(part.numel() * part.element_size() for part in model.buffers()),
        macs=graph.macs,
        flops=2 * graph.macs,
        num_ops=sum(op.kind in {"module", "function", "method"} for op in graph.ops),
        forward_bytes=sum(outputs),
        largest_bytes=max(outputs, default=0),
        peak_bytes=peak_bytes(graph) if graph.traced else 0,
        training_bytes=4 * param_bytes + 2 * sum(outputs),
    )
