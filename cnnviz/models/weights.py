"""A network's weights as files, and how well some weights fit a network."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from safetensors import torch as safe
from torch import Tensor, nn

from cnnviz.errors import ModelError

Shape = tuple[int, ...]


def save_state(
    model: nn.Module, form: Literal["pt", "safetensors"] = "pt", notes: Mapping[str, str] | None = None
) -> bytes:
    """The state_dict as the content of a .pt file, or of a .safetensors file with notes in its head.

    What modules share is written under each of its names, so that any loader finds all of them.
    """
    state = model.state_dict()
    if form == "safetensors":
        return safe.save(
            {name: part.detach().cpu().contiguous().clone() for name, part in state.items()},
            dict(notes) if notes else None,
        )
    packed = io.BytesIO()
    torch.save({name: part.detach().cpu().clone() for name, part in state.items()}, packed)
    return packed.getvalue()


@dataclass(frozen=True)
class Misshapen:
    """A name that both know, with different shapes."""

    name: str
    found: Shape
    wanted: Shape

    def __str__(self) -> str:
        return f"{self.name} is {_times(self.found)}, and the network has {_times(self.wanted)}"


@dataclass(frozen=True)
class Fit:
    """How some weights fit a network: names in both, in the network alone, in the weights alone, of another shape."""

    matching: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    misshapen: tuple[Misshapen, ...]

    @property
    def fits(self) -> bool:
        """Whether all of the weights are the network's, and all of the network's are there."""
        return not (self.missing or self.unexpected or self.misshapen)

    def lines(self) -> list[str]:
        """The differences, one a line."""
        return [
            *(f"missing: {name}" for name in self.missing),
            *(f"unexpected: {name}" for name in self.unexpected),
            *(f"another shape: {each}" for each in self.misshapen),
        ]

    def sentence(self) -> str:
        """The differences in short."""
        if self.fits:
            return f"All {len(self.matching)} tensors fit."
        counts = (
            (len(self.missing), "missing"),
            (len(self.unexpected), "unexpected"),
            (len(self.misshapen), "of another shape"),
        )
        apart = ", ".join(f"{count} {what}" for count, what in counts if count)
        return f"{len(self.matching)} tensors fit, {apart}: {'; '.join(self.lines()[:3])}."


def _times(shape: Shape) -> str:
    return "×".join(str(size) for size in shape) or "one number"


def compare_state(model: nn.Module, state: Mapping[str, Tensor]) -> Fit:
    """How weights fit a network. A name that shares its tensor with one that is there is not missing."""
    own = model.state_dict(keep_vars=True)  # the parameters themselves: what is shared is one object
    there = {_place(own[name]) for name in own if name in state}
    return Fit(
        matching=tuple(name for name in own if name in state and own[name].shape == state[name].shape),
        missing=tuple(name for name in own if name not in state and _place(own[name]) not in there),
        unexpected=tuple(name for name in state if name not in own),
        misshapen=tuple(
            Misshapen(name, tuple(state[name].shape), tuple(own[name].shape))
            for name in own
            if name in state and own[name].shape != state[name].shape
        ),
    )


def _place(tensor: Tensor) -> tuple[int, int] | int:
    """Where a tensor lies, the same for those that share; on the meta device, where all lie nowhere, itself."""
    return id(tensor) if tensor.is_meta or not tensor.numel() else (tensor.data_ptr(), tensor.numel())


def load_state(model: nn.Module, state: Mapping[str, Tensor], *, partly: bool = False) -> Fit:
    """Put weights into a network; ``partly`` takes those that fit and leaves the rest as it is.

    Raises ModelError, and changes nothing, when they do not fit.
    """
    fit = compare_state(model, state)
    if not fit.fits and not partly:
        raise ModelError(
            f"The weights are another network's. {fit.sentence()}",
            "Choose the network, with the options, that they come from.",
            field="weights",
        )
    if not fit.matching:
        raise ModelError("None of the weights is this network's.", "Choose another network or file.", field="weights")
    model.load_state_dict({name: state[name] for name in fit.matching}, strict=False)
    return fit
