"""A kernel laboratory as the parameters of a link, and back.

``?channels=sum&step1=kernel:-1,0,1;-1,0,1;-1,0,1:padding=1:mode=zeros&step2=relu``: a person can read it
and change it by hand. What a link leaves out has its default; what it gets wrong is reported and left
out.
"""

import json
import struct
from collections.abc import Mapping

from cnnviz.errors import SpecError
from cnnviz.kernel_checks import Kernel, kernel_of
from cnnviz.kernel_specs import MAX_STEPS, KernelLab, KernelStep

_DEFAULTS = KernelStep(kernel=((1.0,),))
_PAIRS = ("stride", "padding", "dilation", "size")


def to_params(lab: KernelLab) -> dict[str, str]:
    """The laboratory as parameters of a link."""
    params = {"channels": lab.channels, "show": lab.show}
    return params | {f"step{at}": step_text(step) for at, step in enumerate(lab.steps, 1)}


def from_params(params: Mapping[str, str]) -> tuple[KernelLab, list[SpecError]]:
    """The laboratory a link asks for, and what could not be read in it. Never raises."""
    problems: list[SpecError] = []
    lab = KernelLab()
    steps = []
    for name in (f"step{at}" for at in range(1, MAX_STEPS + 1)):
        if name in params:
            try:
                steps.append(step_from_text(params[name]))
            except SpecError as error:
                problems.append(SpecError(f"{name} of the link: {error.message}", error.hint, field=name))
    values: dict[str, str] = {}
    for name in ("channels", "show"):
        if name in params:
            try:
                KernelLab.from_dict({name: params[name]})
                values[name] = params[name]
            except SpecError as error:
                problems.append(SpecError(f"In the link, {error.message}", error.hint, field=name))
    chain = tuple(steps) or lab.steps
    return KernelLab(chain, values.get("channels", lab.channels), values.get("show", lab.show)), problems


def step_text(step: KernelStep) -> str:
    """One step as text, without what stands at its default."""
    parts = [step.kind]
    for name, value in step.to_dict().items():
        if name == "kernel":
            parts.append(_kernel_text(step.kernel))
        elif name == "second":
            parts.append("second=" + _kernel_text(step.second))
        elif name in _PAIRS and getattr(step, name) != getattr(_DEFAULTS, name):
            down, right = getattr(step, name)
            parts.append(f"{name}={down}" if down == right else f"{name}={down},{right}")
        elif name == "bias" and step.bias:
            parts.append(f"bias={number_text(step.bias)}")
        elif name == "mode" and value != _DEFAULTS.mode:
            parts.append(f"mode={value}")
    return ":".join(parts)


def step_from_text(text: str) -> KernelStep:
    """Read ``step_text``. Raises SpecError."""
    kind, *parts = text[:20_000].split(":")
    values: dict[str, object] = {"kind": kind}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            values["kernel"] = _kernel_from(part)
        elif name == "second":
            values["second"] = _kernel_from(value)
        elif name in _PAIRS:
            pair = [_float(name, side) for side in value.split(",")]
            values[name] = pair[0] if len(pair) == 1 else pair
        elif name == "bias":
            values["bias"] = _float(name, value)
        elif name == "mode":
            values["mode"] = value
    return KernelStep.from_dict(values)


def number_text(number: float) -> str:
    """The shortest decimal that stands for the same float32."""
    for digits in range(1, 10):
        text = f"{number:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", number):
            return text
    return f"{number:.9g}"


def _kernel_text(kernel: Kernel) -> str:
    return ";".join(",".join(number_text(cell) for cell in row) for row in kernel)


def _kernel_from(text: str) -> list[list[float]]:
    return [[_float("kernel", cell) for cell in row.split(",")] for row in text.split(";")]


def _float(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SpecError(
            f"{name} holds “{text[:40]}”, which is not a number.", "Use a number like −0.5.", field=name
        ) from None


def to_json(lab: KernelLab) -> str:
    """The laboratory as a file."""
    return json.dumps(lab.to_dict(), indent=1)


def from_json(data: bytes, now: KernelLab) -> KernelLab:
    """A laboratory from a file: one that ``to_json`` wrote, or only a kernel as rows of numbers, which
    then becomes the single step of the laboratory ``now``. Raises SpecError."""
    try:
        values = json.loads(data[:1_000_000])
    except (ValueError, RecursionError):
        raise SpecError(
            "The file is not JSON.", "Use a file saved here, or rows of numbers like [[1, 0], [0, 1]]."
        ) from None
    if isinstance(values, dict) and "steps" in values:
        return KernelLab.from_dict(values)
    rows = values.get("kernel") if isinstance(values, dict) else values
    step = KernelStep(kernel=kernel_of("kernel", rows), mode="same")
    return KernelLab((step,), now.channels, now.show)
