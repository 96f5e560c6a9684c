"""How long networks take on this machine, side by side, and what a training step keeps in memory."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from cnnviz.errors import ModelError, SpecError
from cnnviz.introspection.network_facts import facts_of
from cnnviz.introspection.trace import trace
from cnnviz.models.trial import memory_budget


@dataclass(frozen=True)
class PassTimes:
    """Of one network. The medians of interleaved repeats, in seconds, for one batch.

    ``forward_s``: scoring, without gradients; ``training_s``: forward and backward of a training step, without the
    optimiser; ``kept_bytes``: what the forward pass of that step keeps for the backward pass, measured, the
    parameters not counted.
    """

    batch_size: int
    repeats: int
    forward_s: float
    training_s: float
    kept_bytes: int

    @property
    def backward_s(self) -> float:
        """The backward pass alone: what a training step takes beyond a forward pass."""
        return max(0.0, self.training_s - self.forward_s)


def time_passes(
    networks: Sequence[tuple[nn.Module, tuple[int, ...]]], *, batch_size: int = 32, budget_s: float = 2.0
) -> tuple[PassTimes, ...]:
    """Time networks, each with its input shape (C, H, W), on random images, turn by turn: all meet the same load.

    Stops after about ``budget_s`` seconds, but not before each has had a turn; a first turn only warms up, unless it
    takes all the time there is. They must be the caller's own: gradients are left None, batch norm's statistics as
    they were. Raises SpecError for an odd batch, ModelError for one that memory does not hold.
    """
    if not 1 <= batch_size <= 1024:
        raise SpecError(f"batch_size is {batch_size}.", "Give a number from 1 to 1,024.", field="batch_size")
    for model, shape in networks:
        _check_memory(facts_of(model, trace(model, shape)).training_bytes_for(batch_size), batch_size)
    lanes = [_Lane(model, torch.rand(batch_size, *shape)) for model, shape in networks]
    try:
        started = time.perf_counter()
        kept = [lane.kept_bytes() for lane in lanes]
        for lane in lanes:
            lane.turn()
        if (rest := budget_s - (time.perf_counter() - started)) > 0:
            _repeat(lanes, time.perf_counter() + rest)
    finally:
        for lane in lanes:
            lane.restore()
    return tuple(lane.times(bytes_) for lane, bytes_ in zip(lanes, kept, strict=True))


def _repeat(lanes: "Sequence[_Lane]", end: float) -> None:
    for lane in lanes:  # so far they were warming up
        lane.forward.clear()
        lane.training.clear()
    while not lanes[0].forward or time.perf_counter() < end:
        for lane in lanes:
            lane.turn()


def _check_memory(num_bytes: int, batch_size: int) -> None:
    if num_bytes > memory_budget():
        raise ModelError(
            f"A training step with {batch_size} images would take about {num_bytes / 2**30:,.1f} GiB, "
            f"and {memory_budget() / 2**30:,.1f} GiB are allowed, half of this machine's memory.",
            "Take a smaller batch or smaller images.",
            field="batch_size",
        )


class _Lane:
    """One network with its images and its times."""

    def __init__(self, model: nn.Module, images: Tensor) -> None:
        device = next((part.device for part in model.parameters()), torch.device("cpu"))
        self.model, self.images = model, images.to(device)
        self.forward: list[float] = []
        self.training: list[float] = []
        self.was_training = {part: part.training for part in model.modules()}
        self.buffers = {name: part.clone() for name, part in model.named_buffers()}

    def turn(self) -> None:
        """One forward pass and one training step."""
        started = time.perf_counter()
        with torch.inference_mode():
            self.model.eval()(self.images)
        self._wait()
        between = time.perf_counter()
        self._step()
        self._wait()
        self.forward.append(between - started)
        self.training.append(time.perf_counter() - between)

    def _step(self) -> None:
        self.model.train()(self.images).float().square().mean().backward()
        self.model.zero_grad(set_to_none=True)

    def _wait(self) -> None:
        if self.images.device.type == "cuda":
            torch.cuda.synchronize(self.images.device)

    def kept_bytes(self) -> int:
        """What the forward pass of a training step keeps for the backward pass."""
        own = {part.untyped_storage().data_ptr() for part in self.model.parameters()}
        kept: dict[int, int] = {}

        def keep(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in own:
                kept[storage.data_ptr()] = storage.nbytes()
            return tensor

        with saved_tensors_hooks(keep, lambda tensor: tensor):
            result = self.model.train()(self.images)
        result.float().square().mean().backward()
        self.model.zero_grad(set_to_none=True)
        return sum(kept.values())

    def restore(self) -> None:
        """Modes and statistics as they were."""
        for part, training in self.was_training.items():
            part.training = training
        with torch.no_grad():
            for name, buffer in self.model.named_buffers():
                buffer.copy_(self.buffers[name])

    def times(self, kept_bytes: int) -> PassTimes:
        """The medians."""
        return PassTimes(len(self.images), len(self.forward), median(self.forward), median(self.training), kept_bytes)
