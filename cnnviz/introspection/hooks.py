"""A network's modules in the order they are called, for networks that torch.fx can't follow."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.errors import ModelError
from cnnviz.introspection.called import Counted, bytes_of, shape_of, unused
from cnnviz.introspection.counting import FlopCount
from cnnviz.introspection.graph import Graph, Op, Shape
from cnnviz.introspection.op_words import first_line
from cnnviz.models.meta import needs_values


def by_hooks(model: nn.Module, copy: nn.Module, shape: Shape, note: str) -> Graph:
    """The modules without children, in the order they are called by a copy without values, or else by the model.

    Raises ModelError when the network does not take images of (C, H, W).
    """
    try:
        return _listed(copy, torch.empty(1, *shape, device="meta"), note)
    except Exception as error:
        if not needs_values(error) or any(part.is_meta for part in model.parameters()):
            raise does_not_take(shape, first_line(error)) from error
    with evaluating(model):
        try:
            return _listed(model, torch.zeros(1, *shape), note)
        except Exception as error:
            raise does_not_take(shape, first_line(error)) from error


def does_not_take(shape: Shape, why: str) -> ModelError:
    """The error for images of (C, H, W) that a network fails on."""
    sizes = "×".join(str(size) for size in shape)
    hint = "Change the input size or the network."
    return ModelError(f"The network does not take images of {sizes}. {why}.", hint, field="input_shape")


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """While it lasts, the network is in eval mode; then each part is as it was."""
    was_training = {part: part.training for part in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for part, training in was_training.items():
            part.training = training


def _listed(model: nn.Module, images: Tensor, note: str) -> Graph:
    counter, counted = FlopCount(), Counted()
    ops = [_input(images)]
    with _hooks(model, ops, counter, counted, len(images)), torch.no_grad(), counter:
        result = model(images)
    return Graph(
        ops=tuple(ops),
        input_shape=tuple(images.shape[1:]),
        output_shape=shape_of(result),
        macs=counter.total // 2 // len(images),
        unused=unused(model, set(counted.calls)),
        traced=False,
        note=note,
    )


def _input(images: Tensor) -> Op:
    shape = tuple(images.shape[1:])
    return Op(
        index=0,
        name="input",
        kind="input",
        label="Input",
        output_shape=shape,
        output_bytes=bytes_of(images) // len(images),
    )


@contextmanager
def _hooks(model: nn.Module, ops: list[Op], counter: FlopCount, counted: Counted, batch: int) -> Iterator[None]:
    """While it lasts, every call of a module without children becomes an op."""
    paths = {module: path for path, module in model.named_modules() if not list(module.children())}
    before: list[int] = []

    def enter(module: nn.Module, _args: object) -> None:
        before.append(counter.total)

    def leave(module: nn.Module, args: tuple[Any, ...], value: object) -> None:
        num_params, new_params = counted.params(list(module.parameters()))
        ops.append(
            Op(
                index=len(ops),
                name=paths[module].replace(".", "_"),
                kind="module",
                label=type(module).__name__,
                path=paths[module],
                detail=module.extra_repr(),
                input_shapes=tuple(tuple(each.shape[1:]) for each in args if isinstance(each, Tensor)),
                output_shape=shape_of(value),
                num_params=num_params,
                new_params=new_params,
                call=counted.call(module),
                macs=(counter.total - before.pop()) // 2 // batch,
                output_bytes=bytes_of(value) // batch,
            )
        )

    handles = [module.register_forward_pre_hook(enter) for module in paths]
    handles += [module.register_forward_hook(leave) for module in paths]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
