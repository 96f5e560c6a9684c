"""How much memory a network's outputs take at once, each kept from its making to its last use."""

from cnnviz.introspection.graph import Graph

# These hand on what they get, seen otherwise, or write over it: no memory of their own.
VIEWS = {"flatten", "view", "reshape", "permute", "transpose", "squeeze", "unsqueeze", "expand", "Flatten", "Identity"}
IDLE_IN_EVAL = {"Dropout", "Dropout2d", "dropout", "dropout2d", "StochasticDepth", "stochastic_depth"}


def peak_bytes(graph: Graph) -> int:
    """The most bytes of outputs alive at once when one image is scored, the input included."""
    last_use = {op.index: op.index for op in graph.ops}
    owner: dict[int, int] = {}  # whose memory an op's output is
    for op in graph.ops:
        takes = [owner[source] for source in op.inputs]
        owner[op.index] = takes[0] if len(takes) == 1 and _writes_nothing(op.label, op.detail) else op.index
        for source in (*takes, owner[op.index]):
            last_use[source] = op.index
    return _most(graph, owner, last_use)


def _writes_nothing(label: str, detail: str) -> bool:
    return label in VIEWS | IDLE_IN_EVAL or "inplace=True" in detail


def _most(graph: Graph, owner: dict[int, int], last_use: dict[int, int]) -> int:
    sizes = {op.index: op.output_bytes for op in graph.ops if owner[op.index] == op.index}
    alive = most = 0
    for op in graph.ops:
        alive += sizes.get(op.index, 0)
        most = max(most, alive)
        alive -= sum(size for index, size in sizes.items() if last_use[index] == op.index)
    return most
