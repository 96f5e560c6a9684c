"""Networks without their numbers: on torch's meta device a forward pass yields shapes, and costs no memory."""

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnviz.errors import ModelError


def on_meta(model: nn.Module) -> nn.Module:
    """A copy whose parameters and buffers have shapes but no values. The model itself is not touched.

    What the model shares, the copy shares. No value is copied, so this is quick for the largest network.
    Raises ModelError for one that holds what can't be copied, such as an open file.
    """
    memo: dict[int, object] = {}
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            memo[id(parameter)] = nn.Parameter(_empty(parameter), requires_grad=parameter.requires_grad)
        for tensor in (*module.buffers(recurse=False), *vars(module).values()):
            if isinstance(tensor, Tensor):
                memo[id(tensor)] = _empty(tensor)
    try:
        return copy.deepcopy(model, memo)
    except Exception as error:
        hint = "Keep files, locks and the like out of the network."
        raise ModelError(f"The network can't be copied: {error}.", hint, field="model") from error


def _empty(tensor: Tensor) -> Tensor:
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")


def needs_values(error: Exception) -> bool:
    """Whether something failed for want of values, as it may on the meta device."""
    return isinstance(error, NotImplementedError) or "meta" in str(error).lower()


class WithoutValues(TorchFunctionMode):
    """While it lasts, modules make their parameters on the meta device; other tensors, which may be read, are real."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # noqa: ANN401
        """As torch calls it, for every function."""
        kwargs = kwargs or {}
        if func is torch.empty and kwargs.get("device") is None:
            kwargs = {**kwargs, "device": "meta"}
        return func(*args, **kwargs)
