"""A network's table as CSV and as Markdown, to take away."""

import csv
import io
from collections.abc import Sequence
from typing import Literal

from cnnviz.introspection.graph import Graph, Shape
from cnnviz.introspection.layer_table import LayerTable

OP_COLUMNS = ("op", "layer", "path", "detail", "from", "output_shape", "params", "macs", "output_bytes", "field")
LAYER_COLUMNS = ("layer", "output_shape", "params")
Row = tuple[str, ...]


def layer_text(table: LayerTable, form: Literal["csv", "markdown"]) -> str:
    """torchsummary's table, the total of its column below it in Markdown."""
    rows: list[Row] = [(row.layer, shape_text(row.output_shape), str(row.num_params)) for row in table.rows]
    totals = [] if form == "csv" else [("listed in all", "", str(table.listed_params))]
    return _written(LAYER_COLUMNS, [*rows, *totals], form)


def graph_text(graph: Graph, form: Literal["csv", "markdown"]) -> str:
    """The ops, functional calls among them; ``from`` holds the numbers of the ops that feed each."""
    rows: list[Row] = [
        (
            str(op.index),
            op.label,
            op.path,
            op.detail,
            " ".join(str(source) for source in op.inputs),
            shape_text(op.output_shape),
            str(op.num_params),
            str(op.macs),
            str(op.output_bytes),
            shape_text(op.receptive_field or ()),
        )
        for op in graph.ops
    ]
    return _written(OP_COLUMNS, rows, form)


def shape_text(shape: Shape) -> str:
    """16×7×7."""
    return "×".join(str(size) for size in shape)


def _written(columns: Row, rows: Sequence[Row], form: Literal["csv", "markdown"]) -> str:
    if form == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([columns, *rows])
        return text.getvalue()
    lines = [columns, tuple("---" for _ in columns), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
