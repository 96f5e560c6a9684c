"""A network as an ONNX file, by PyTorch's own exporter."""

import copy
import logging
import re
import threading
import warnings

import torch
from torch import nn

from cnnviz.errors import ModelError

_one_at_a_time = threading.Lock()  # the exporter changes torch while it works
MAX_BYTES = 2**31  # what one ONNX file holds


def to_onnx(model: nn.Module, input_shape: tuple[int, ...]) -> bytes:
    """The content of an .onnx file: ``images`` (N, C, H, W) in, ``logits`` (N, num_classes) out, any N, in eval mode.

    It takes seconds, and the file holds the weights. The network is not changed. Raises ModelError when the exporter
    can't follow it, or when it is too large for one file.
    """
    num_bytes = sum(part.numel() * part.element_size() for part in model.state_dict().values())
    if num_bytes >= MAX_BYTES:
        hint = "Save the weights as .safetensors instead."
        raise ModelError(f"The network has {num_bytes / 2**30:.1f} GiB, and an ONNX file holds 2.", hint, field="onnx")
    exported = copy.deepcopy(model).cpu().eval()
    levels = {name: logging.getLogger(name).level for name in ("torch.onnx", "onnxscript", "onnx_ir")}
    try:
        for name in levels:
            logging.getLogger(name).setLevel(logging.ERROR)
        with _one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content: bytes = _program(exported, input_shape).model_proto.SerializeToString()
    except Exception as error:
        said = _reason(error)
        hint = "Networks whose steps depend on the values in them can't be exported; others say here what stopped it."
        raise ModelError(f"PyTorch's exporter can't follow the network: {said}", hint, field="onnx") from error
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    return content


def _reason(error: BaseException) -> str:
    """What stopped it, in one line: the exporter wraps it in words on its own steps, coloured for a terminal."""
    while (cause := error.__cause__) is not None:
        error = cause
    lines = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines() if line.strip()]
    return lines[0].strip() if lines else type(error).__name__


def _program(model: nn.Module, input_shape: tuple[int, ...]) -> "torch.onnx.ONNXProgram":
    program = torch.onnx.export(
        model,
        (torch.zeros(2, *input_shape),),
        dynamo=True,
        verbose=False,
        input_names=["images"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("N")},),
    )
    if program is None:
        raise RuntimeError("it returns nothing")
    return program
