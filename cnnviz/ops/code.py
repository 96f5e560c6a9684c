"""The PyTorch code of a laboratory: run as it stands, it gives exactly the output on the page."""

from cnnviz.kernel_checks import Kernel
from cnnviz.kernel_links import number_text
from cnnviz.kernel_specs import KernelLab, KernelStep


def python_code(lab: KernelLab, channels: int, file_name: str = "picture.png") -> str:
    """A program that opens a picture of so many channels and ends with ``output``, (1, C, H, W) float32."""
    mode = "L" if channels == 1 else "RGB"
    lines = [
        "import numpy as np",
        "import torch",
        "import torch.nn.functional as F",
        "from PIL import Image",
        "",
        f"pixels = np.array(Image.open({file_name!r}).convert({mode!r}), dtype=np.float32)",
        f"x = torch.from_numpy(pixels).reshape(*pixels.shape[:2], {channels}).permute(2, 0, 1)[None]",
        # conv2d adds in another order, and rounds otherwise, where the channels lie last in memory.
        "x = x.contiguous() / 255",
    ]
    if lab.channels == "grey" and channels == 3:
        lines.append("x = 0.299 * x[:, 0:1] + 0.587 * x[:, 1:2] + 0.114 * x[:, 2:3]")
    count = 1 if lab.channels == "grey" else channels
    for step in lab.steps:
        lines += ["", *_step_lines(step, lab.channels, count)]
        count = 1 if lab.channels == "sum" and step.has_kernel else count
    return "\n".join([*lines, "", "output = x", ""])


def _step_lines(step: KernelStep, channels: str, count: int) -> list[str]:
    if step.kind == "kernel":
        return _kernel_lines("weight", step.kernel, channels, count) + _conv_lines(step, channels, count, step.bias)
    if step.kind == "magnitude":
        return [
            *_kernel_lines("weight_a", step.kernel, channels, count),
            *_kernel_lines("weight_b", step.second, channels, count),
            *_pad_lines(step),
            f"a = {_conv(step, channels, count, 'weight_a')}",
            f"b = {_conv(step, channels, count, 'weight_b')}",
            "x = torch.sqrt(a * a + b * b)",
        ]
    if step.kind == "relu":
        return ["x = F.relu(x)"]
    if step.kind == "abs":
        return ["x = torch.abs(x)"]
    return [f"x = F.{step.kind}2d(x, {step.size}, stride={step.stride})"]


def _kernel_lines(name: str, kernel: Kernel, channels: str, count: int) -> list[str]:
    rows = ",\n".join("    [" + ", ".join(_float(cell) for cell in row) + "]" for row in kernel)
    shape = f"1, {count}" if channels == "sum" else f"{count}, 1"
    return [f"{name} = torch.tensor([", f"{rows},", f"]).expand({shape}, -1, -1)"]


def _float(cell: float) -> str:
    text = number_text(cell)
    return text if any(mark in text for mark in ".e") else text + ".0"


def _pad_lines(step: KernelStep) -> list[str]:
    if step.mode in ("zeros", "none", "same"):
        return []
    top, bottom, left, right = step.pads()
    return [f"x = F.pad(x, ({left}, {right}, {top}, {bottom}), mode={step.mode!r})"]


def _conv_lines(step: KernelStep, channels: str, count: int, bias: float) -> list[str]:
    return [*_pad_lines(step), f"x = {_conv(step, channels, count, 'weight', bias)}"]


def _conv(step: KernelStep, channels: str, count: int, weight: str, bias: float = 0.0) -> str:
    outputs = 1 if channels == "sum" else count
    parts = ["x", weight]
    if bias:
        parts.append(f"bias=torch.full(({outputs},), {_float(bias)})")
    if step.stride != (1, 1):
        parts.append(f"stride={step.stride}")
    if step.mode == "same":
        parts.append('padding="same"')
    elif step.mode == "zeros" and step.padding != (0, 0):
        parts.append(f"padding={step.padding}")
    if step.dilation != (1, 1):
        parts.append(f"dilation={step.dilation}")
    if channels != "sum" and count > 1:
        parts.append(f"groups={count}")
    return f"F.conv2d({', '.join(parts)})"
