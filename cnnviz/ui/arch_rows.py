"""A network's summary as what is drawn and listed: blocks, rows of tables."""

import pandas as pd

from cnnviz.charts.network_drawing import Block
from cnnviz.introspection.check_input import InputCheck
from cnnviz.introspection.graph import Graph, Op
from cnnviz.introspection.network_facts import NetworkFacts, Summary

MOST_BLOCKS = 48  # beyond, ops that keep the shape are drawn with the one before
LINEAR = {"Linear", "linear", "matmul", "@", "bmm", "MultiheadAttention", "NonDynamicallyQuantizableLinear"}


def kind_of(op: Op) -> str:
    """The kind of an op, as the drawing colours it."""
    kind = _kind(op.label)
    return "join" if kind == "other" and len(op.inputs) > 1 else kind


def _kind(label: str) -> str:
    if label in LINEAR:
        return "linear"
    if label.lower().startswith("conv"):
        return "convolution"
    return "pooling" if "pool" in label.lower() else "join" if label == "+" else "other"


def times(shape: tuple[int, ...]) -> str:
    """16×8×8."""
    return "×".join(str(size) for size in shape) or "1"


def memory(count: int) -> str:
    """Memory for a person."""
    if count < 1024:
        return f"{count} B"
    if count < 1024**2:
        return f"{count / 1024:,.1f} KiB"
    return f"{count / 1024**2:,.1f} MiB" if count < 1024**3 else f"{count / 1024**3:,.1f} GiB"


def large(count: int) -> str:
    """A large number in short: 4.1 G."""
    for unit, size in (("G", 10**9), ("M", 10**6)):
        if count >= 10 * size or (count >= size and unit == "G"):
            return f"{count / size:,.2f} {unit}"
    return f"{count:,}"


def sees(op: Op) -> str:
    """The receptive field of an op's cells, or a dash."""
    return f"{op.receptive_field[0]}×{op.receptive_field[1]}" if op.receptive_field else "–"


def numbers(op: Op) -> str:
    """All that is known of an op, in one line."""
    called = f"{op.path} {op.label}({op.detail})" if op.detail else f"{op.path} {op.label}"
    parts = [f"{op.index} · {called.strip()} → {times(op.output_shape)}"]
    if op.num_params:
        parts.append(f"{op.num_params:,} parameters" + (", shared with an earlier call" if op.shared else ""))
    if op.macs:
        parts.append(f"{op.macs:,} multiply-adds")
    return " · ".join([*parts, memory(op.output_bytes), f"sees {sees(op)}"])


def blocks_of(graph: Graph, whole: bool) -> tuple[list[Block], list[tuple[int, int]]]:
    """The blocks and the skips between them; ``whole`` draws every op of a long network too."""
    dropped: dict[int, int] = {}
    blocks = []
    for op in graph.ops:
        kind = kind_of(op)
        if not whole and len(graph.ops) > MOST_BLOCKS and _keeps_shape(graph, op, kind):
            dropped[op.index] = dropped.get(op.inputs[0], op.inputs[0])
            continue
        label = {"input": "input"}.get(op.kind, op.label)
        blocks.append(Block(op.index, label, kind, op.output_shape, times(op.output_shape), numbers(op)))
    skips = [(dropped.get(a, a), dropped.get(b, b)) for a, b in graph.skips]
    return blocks, [(a, b) for a, b in skips if a != b]


def blocks_until(check: InputCheck) -> list[Block]:
    """The ops that went well, and the one that fails."""
    blocks = [
        Block(at, "input" if step.label == "Input" else step.label, _kind(step.label), step.output_shape,
              times(step.output_shape), f"{at} · {step.path} {step.label} → {times(step.output_shape)}")
        for at, step in enumerate(check.steps)
    ]  # fmt: skip
    if (failure := check.failure) is not None:
        shape = failure.input_shapes[0] if failure.input_shapes else check.input_shape
        said = f"{failure.label} gets {failure.got}, wants {failure.wanted}" if failure.wanted else failure.why
        blocks.append(Block(len(blocks), f"{failure.label} ✕", "fails here", shape, "", said))
    return blocks


def _keeps_shape(graph: Graph, op: Op, kind: str) -> bool:
    alone = kind == "other" and len(op.inputs) == 1
    return alone and graph.ops[op.inputs[0]].output_shape == op.output_shape


def op_rows(graph: Graph) -> pd.DataFrame:
    """One row an op: what torchsummary can't show."""
    return pd.DataFrame([
        {
            "#": op.index,
            "op": op.label,
            "kind": op.kind,
            "name": op.path,
            "arguments": op.detail,
            "from": ", ".join(str(each) for each in op.inputs),
            "output": times(op.output_shape),
            "params": op.num_params,
            "note": _note(graph, op),
            "macs": op.macs,
            "memory": op.output_bytes / 1024,
            "sees": sees(op),
        }
        for op in graph.ops
    ])  # fmt: skip


def _note(graph: Graph, op: Op) -> str:
    joined = [f"joins a skip from {source}" for source, target in graph.skips if target == op.index]
    return "; ".join([*(["same weights as before"] if op.shared else []), *joined])


def table_rows(summary: Summary) -> pd.DataFrame:
    """torchsummary's rows."""
    return pd.DataFrame(
        [(row.layer, times(row.output_shape), row.num_params) for row in summary.table.rows],
        columns=["Layer (type)", "Output shape", "Param #"],
    )


def param_rows(graph: Graph) -> pd.DataFrame:
    """layer, kind, params: each parameter once, at the op that uses it first."""
    return pd.DataFrame(
        [(_named(op), kind_of(op), op.new_params) for op in graph.ops if op.new_params],
        columns=["layer", "kind", "params"],
    )


def _named(op: Op) -> str:
    return f"{op.path} {op.label}" if op.kind == "module" else f"{op.path or op.label}"


def last_field(graph: Graph) -> str:
    """What a cell of the last feature map sees; the flattened layers see all of it."""
    maps = [op for op in graph.ops if len(op.output_shape) == 3 and op.receptive_field and op.kind != "input"]
    deepest = [op for op in maps if op.output_shape[1:] != (1, 1)] or maps
    return sees(deepest[-1]) if deepest else "–"


def figures(facts: NetworkFacts, graph: Graph) -> dict[str, tuple[str, str]]:
    """The figures of a network: label → (value, help)."""
    return {
        "Parameters": (f"{facts.num_params:,}", "Each counted once, shared or not."),
        "Multiply-adds": (large(facts.macs), f"{facts.macs:,} for one image; 2 FLOPs each, by torch's own counter."),
        "Activations": (memory(facts.forward_bytes), "Every op's output for one image, in float32."),
        "Receptive field": (last_field(graph), "Pixels that one cell of the last feature map sees."),
    }
