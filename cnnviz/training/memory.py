"""Memory: what a batch takes at least, and what to say when there is not enough."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.errors import TrainingError
from cnnviz.specs import TrainSpec
from cnnviz.training.device import free_bytes

COPIES = 3  # weights, their gradients, at least one state of the optimiser
_REFUSED = re.compile(r"allocate memory: you tried to allocate (\d+) bytes|not enough memory: you tried to.* (\d+) by")
_REFUSED_BY_GPU = re.compile(r"Tried to allocate ([\d.]+) ([KMG]iB)")
_UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


@contextmanager
def out_of_memory_said(spec: TrainSpec) -> Iterator[None]:
    """Turn torch's errors of missing memory into a TrainingError that says how much was wanted and what to do."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        wanted = wanted_bytes(error)
        if wanted is None:
            raise
        more = f" when {size_text(wanted)} more were wanted at once" if wanted else ""
        raise TrainingError(f"Memory ran out{more}.", smaller(spec.batch_size // 2), field="batch_size") from error


def wanted_bytes(error: BaseException) -> int | None:
    """The bytes that could not be had; 0 when the error does not say, None when it is about something else."""
    if by_gpu := _REFUSED_BY_GPU.search(str(error)):
        return int(float(by_gpu[1]) * _UNITS[by_gpu[2]])
    if by_system := _REFUSED.search(str(error)):
        return int(by_system[1] or by_system[2])
    return 0 if isinstance(error, torch.OutOfMemoryError | MemoryError) else None


def check_memory(spec: TrainSpec, model: nn.Module, image_bytes: int, device: torch.device, num_images: int) -> None:
    """Raise TrainingError when a batch can't fit: what its layers put out must be kept for the way back.

    ``image_bytes`` is what the layers put out for one image (see ``output_bytes``). The true need is higher, so this
    refuses only what is sure to fail.
    """
    fixed = COPIES * sum(weights.numel() * weights.element_size() for weights in model.parameters())
    batch = min(spec.batch_size, num_images)
    free = free_bytes(device)
    if not free or fixed + batch * image_bytes <= free:
        return
    fits = max((free - fixed) // (2 * image_bytes), 0)
    raise TrainingError(
        f"A batch of {batch:,} takes at least {size_text(fixed + batch * image_bytes)} of memory, and "
        f"{size_text(free)} are free.",
        smaller(fits),
        field="batch_size",
    )


def output_bytes(model: nn.Module, example: Tensor) -> int:
    """What a network's layers put out for an example (1, C, H, W), in bytes. Draws no random number that counts."""
    sizes: list[int] = []

    def note(_: nn.Module, __: Any, output: Any) -> None:  # noqa: ANN401 - whatever a layer returns
        if isinstance(output, Tensor):
            sizes.append(output.numel() * output.element_size())

    leaves = [layer for layer in model.modules() if not list(layer.children())]
    hooks = [layer.register_forward_hook(note) for layer in leaves]
    try:
        model.eval()
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            model(example)
    finally:
        for hook in hooks:
            hook.remove()
    return sum(sizes)


def smaller(batch_size: int) -> str:
    """The hint to take smaller batches."""
    if batch_size < 1:
        return "Choose a smaller network or smaller images."
    return f"Choose a batch size of {1 << (batch_size.bit_length() - 1):,} or less."


def size_text(num_bytes: int) -> str:
    """Bytes as a person says them: "3.2 GB"."""
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if num_bytes >= size:
            return f"{num_bytes / size:.1f} {unit}"
    return f"{num_bytes / 1000:.1f} kB"
