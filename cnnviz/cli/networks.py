"""What ``models`` and ``summary`` print."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from cnnviz.errors import SpecError
from cnnviz.models import registry
from cnnviz.models.entry import ModelEntry
from cnnviz.models.own import own_models

if TYPE_CHECKING:
    from cnnviz.introspection.network_facts import Summary


def use_models(files: str | None) -> None:
    """Take these files for people's own networks, here and in the processes that are started."""
    if files:
        os.environ["CNNVIZ_MODELS"] = files


def rows(console: Console, with_torchvision: bool) -> list[dict[str, Any]]:
    """A row for each network: the zoo, people's own; torchvision's, without layers, when asked for."""
    from cnnviz.introspection.layer_table import layer_table

    for problem in own_models().problems:
        console.print(str(problem), markup=False, highlight=False)
    listed = [entry for entry in registry.all_entries() if entry.group != "torchvision"]
    found = []
    for entry in listed:
        table = layer_table(registry.sketch(entry.name), entry.input_shape)
        found.append({**_row(entry, table.num_params), "rows": [row.as_dict() for row in table.rows]})
    others = [entry for entry in registry.all_entries() if entry.group == "torchvision" and with_torchvision]
    return [*found, *(_row(entry, _num_params(entry)) for entry in others)]


def _num_params(entry: ModelEntry) -> int:
    return sum(part.numel() for part in registry.sketch(entry.name).parameters())


def _row(entry: ModelEntry, num_params: int) -> dict[str, Any]:
    return {
        "name": entry.name,
        "system": entry.system,
        "group": entry.group,
        "input": list(entry.input_shape),
        "num_params": num_params,
    }


def summary(name: str, size: str | None, options: Mapping[str, Any]) -> tuple[dict[str, Any], "Summary"]:
    """A network's row, with what it costs and all its ops, and the summary itself. Raises CnnvizError."""
    from cnnviz.introspection.network_facts import summarise

    entry = registry.get(name)
    shape = parse_shape(size) if size else entry.input_shape
    registry.check_data(name, "--input", shape, entry.num_classes)
    found = summarise(registry.sketch(name, options, input_shape=shape), shape)
    row = {
        **_row(entry, found.facts.num_params),
        "input": list(shape),
        "rows": [each.as_dict() for each in found.table.rows],
        **found.facts.as_dict(),
        "listed_params": found.table.listed_params,
        "skips": [list(skip) for skip in found.graph.skips],
        "unused": [each.path for each in found.graph.unused],
        "ops": [op.as_dict() for op in found.graph.ops],
        "note": found.graph.note,
    }
    return row, found


def parse_shape(text: str) -> tuple[int, int, int]:
    """C,H,W as numbers. Raises SpecError."""
    parts = text.replace("x", ",").replace("×", ",").split(",")
    sizes = [int(part) for part in parts if part.strip().isdecimal()]
    if len(parts) != 3 or len(sizes) != 3 or not all(1 <= size <= 4096 for size in sizes):
        raise SpecError(f"--input is {text!r}.", "Write channels, height and width: 3,32,32.", field="input")
    return sizes[0], sizes[1], sizes[2]


def show_summary(name: str, found: "Summary", console: Console) -> None:
    """The ops, then the totals, for a person."""
    table = Table(title=name)
    for column in ("op", "layer", "path", "from", "output", "params", "MACs", "field"):
        table.add_column(column, justify="left" if column in {"layer", "path"} else "right")
    for op in found.graph.ops:
        shared = " (shared)" if op.shared else ""
        field = "×".join(str(side) for side in op.receptive_field or ())
        shape = "×".join(str(side) for side in op.output_shape)
        sources = " ".join(str(each) for each in op.inputs)
        cells = (str(op.index), op.label, op.path, sources, shape, f"{op.num_params:,}{shared}", f"{op.macs:,}", field)
        table.add_row(*cells)
    console.print(table)
    for line in total_lines(found):
        console.print(line, markup=False, highlight=False)


def total_lines(found: "Summary") -> list[str]:
    """The totals, one a line."""
    facts, graph = found.facts, found.graph
    unused = ", ".join(f"{each.path} ({each.label})" for each in graph.unused)
    apart = (
        "" if found.table.listed_params == facts.num_params else f"; torchsummary says {found.table.listed_params:,}"
    )
    return [
        f"parameters: {facts.num_params:,}{apart}; {facts.num_trainable:,} trainable; {_mib(facts.param_bytes)}",
        f"multiply-adds: {facts.macs:,} for one image ({facts.flops:,} FLOPs)",
        f"outputs of all ops: {_mib(facts.forward_bytes)} for one image; at most {_mib(facts.peak_bytes)} at once",
        f"a training step, estimated: {_mib(facts.training_bytes_for(32))} with a batch of 32",
        *([f"{'never called' if graph.traced else 'not called with a blank image'}: {unused}"] if unused else []),
        *([graph.note] if graph.note else []),
    ]


def _mib(num_bytes: int) -> str:
    return f"{num_bytes / 2**20:,.2f} MiB"
