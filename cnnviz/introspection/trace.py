"""From a network to its Graph: traced by torch.fx, or where that fails, listed by forward hooks."""

import operator
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, fx, nn

from cnnviz.introspection.called import Counted, bytes_of, shape_of, tensors, unused
from cnnviz.introspection.counting import FlopCount
from cnnviz.introspection.graph import Graph, Op, Shape
from cnnviz.introspection.hooks import by_hooks, does_not_take
from cnnviz.introspection.joins import find_skips
from cnnviz.introspection.op_words import arguments, first_line, kind, label
from cnnviz.introspection.receptive import FieldTracer
from cnnviz.introspection.tracer import symbolic
from cnnviz.models.meta import needs_values, on_meta

BATCHES = (1, 2)  # costs are for one image; but some networks squeeze a batch of one away


def trace(model: nn.Module, input_shape: Shape) -> Graph:
    """The operations of a network for images of (C, H, W). It is neither changed nor run: a copy without values is.

    Only a network that looks at values as it runs is run as it is, with two images of zeros, in eval mode.
    Raises ModelError when the network does not take such images.
    """
    copy = on_meta(model).eval()
    try:
        traced, called = symbolic(copy)
    except Exception as error:  # noqa: BLE001 - a network may raise anything; without fx its modules are listed
        return by_hooks(model, copy, input_shape, _why_not(error))
    try:
        run = _run(traced, input_shape)
    except NeedsValuesError as error:
        return by_hooks(model, copy, input_shape, _why_not(error))
    return _graph(copy, run, called)


class NeedsValuesError(Exception):
    """An op that can't run without values."""


class _Run(fx.Interpreter):
    """One run of a traced network, op by op: what each gives and what it costs."""

    def __init__(self, traced: fx.GraphModule, images: Tensor) -> None:
        super().__init__(traced)
        self.images, self.values, self.flops = images, dict[fx.Node, Any](), dict[fx.Node, int]()
        self.counter = FlopCount()
        with torch.no_grad(), self.counter:
            self.result = self.run(images)

    def run_node(self, n: fx.Node) -> Any:  # noqa: ANN401 - as torch.fx has it
        before = self.counter.total
        try:
            value = super().run_node(n)
        except Exception as error:
            if needs_values(error):
                raise NeedsValuesError(first_line(error)) from error
            raise does_not_take(tuple(self.images.shape[1:]), f"{n.target}: {first_line(error)}") from error
        self.values[n], self.flops[n] = value, self.counter.total - before
        return value


def _run(traced: fx.GraphModule, shape: Shape) -> "_Run":
    """A run with one image, or with two if those of one do not come out as a batch."""
    one, two = (torch.empty(batch, *shape, device="meta") for batch in BATCHES)
    run = _Run(traced, one)
    return run if all(each.ndim > 1 and len(each) == len(one) for each in tensors(run.result)) else _Run(traced, two)


def _why_not(error: Exception) -> str:
    return (
        "torch.fx can't follow this network's forward pass, because what it does depends on the values in it or on "
        f"Python it can't see through ({first_line(error)}). Its modules are listed as they are called; functional "
        "calls and skip connections are not."
    )


def _graph(copy: nn.Module, run: _Run, called: set[int]) -> Graph:
    shape = tuple(run.images.shape[1:])
    counted, fields = Counted(), FieldTracer(shape)
    places: dict[fx.Node, tuple[int, ...]] = {}  # the op, or for what is not listed the ops it comes from
    ops: list[Op] = []
    for node, value in run.values.items():
        sources = _unique(place for each in node.all_input_nodes for place in places.get(each, ()))
        if not _is_listed(node, value, run):
            places[node] = sources
            continue
        places[node] = (len(ops),)
        ops.append(_op(len(ops), node, sources, run, counted, ops, fields))
    used = called | {id(part) for part in copy.modules() if any(id(p) in counted.met for p in part.parameters(False))}
    return Graph(
        ops=tuple(ops),
        input_shape=shape,
        output_shape=shape_of(run.result),
        macs=run.counter.total // 2 // len(run.images),
        skips=find_skips([op.inputs for op in ops]),
        unused=unused(copy, used),
    )


def _is_listed(node: fx.Node, value: object, run: _Run) -> bool:
    """Ops that give tensors; not the picking of one from several, nor constants."""
    if node.op == "output" or not tensors(value):
        return False
    if node.op == "get_attr":
        return isinstance(value, nn.Parameter)
    picks = node.op == "call_function" and node.target is operator.getitem
    return not (picks and isinstance(run.values.get(node.all_input_nodes[0]), tuple | list))


def _op(
    index: int,
    node: fx.Node,
    sources: tuple[int, ...],
    run: _Run,
    counted: Counted,
    ops: list[Op],
    fields: FieldTracer,
) -> Op:
    value, module = run.values[node], _module(node, run)
    found = list(module.parameters()) if module else [value] if node.op == "get_attr" else []
    num_params, new_params = counted.params(found)
    inputs = [tuple(run.values[each].shape) for each in node.all_input_nodes if isinstance(run.values[each], Tensor)]
    return Op(
        index=index,
        name=node.name,
        kind=kind(node),
        label=label(node, module),
        path=str(node.target) if node.op in {"call_module", "get_attr"} else "",
        detail=module.extra_repr() if module else arguments(node),
        inputs=sources,
        input_shapes=tuple(ops[source].output_shape for source in sources),
        output_shape=tuple(value.shape) if node.op == "get_attr" else shape_of(value),
        num_params=num_params,
        new_params=new_params,
        call=counted.call(module) if module else 0,
        macs=run.flops[node] // 2 // len(run.images),
        output_bytes=0 if node.op == "get_attr" else bytes_of(value) // len(run.images),
        receptive_field=fields.follow(index, sources, node, module, inputs, shape_of(value)),
    )


def _module(node: fx.Node, run: _Run) -> nn.Module | None:
    return run.module.get_submodule(str(node.target)) if node.op == "call_module" else None


def _unique(places: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(places))
