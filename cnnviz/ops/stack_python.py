"""Stacks pasted as PyTorch code. It is read, never run: layers with literal arguments are all it knows."""

import ast
import re
from collections.abc import Callable
from dataclasses import fields

from cnnviz.errors import SpecError
from cnnviz.layer_specs import LAYERS, LayerSpec

CALL = re.compile(r"\s*(torch\.)?(nn\.)?[A-Z]\w*\s*\(.*\)\s*,?\s*", re.DOTALL)
SEQUENTIAL = re.compile(r"(?:torch\.)?(?:nn\.)?Sequential\s*\(")
WITHOUT_EFFECT = {"inplace", "return_indices", "device", "dtype", "affine", "track_running_stats"}
POSITIONAL = {"MaxPool2d": 4}  # torch's fifth is return_indices


def is_python(chunk: str) -> bool:
    """True for a chunk that looks like ``nn.Conv2d(3, 16, 3)``."""
    return CALL.fullmatch(chunk) is not None


def sequential_parts(text: str) -> list[str] | None:
    """The layers inside the first ``nn.Sequential(…)`` of some code, or None when there is none."""
    found = SEQUENTIAL.search(text)
    if found is None:
        return None
    call = _parse(_balanced(text[found.start() :]))
    return [ast.unparse(argument) for argument in call.args]


def _balanced(text: str) -> str:
    """The text up to where its first bracket closes, comments left out."""
    text = re.sub(r"#[^\n]*", "", text)
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == ")" and depth == 0:
            return text[: place + 1]
    raise SpecError("nn.Sequential( is never closed.", "Add the missing bracket.", field="stack")


def _parse(code: str) -> ast.Call:
    try:
        tree = ast.parse(code.strip().rstrip(","), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise SpecError(
            "this is no Python that can be read.", "Check its brackets and commas.", field="stack"
        ) from error
    if not isinstance(tree, ast.Call):
        raise SpecError("this is no layer.", "Write for example nn.Conv2d(3, 16, 3).", field="stack")
    return tree


def python_layer(code: str) -> LayerSpec:
    """The layer of a line like ``nn.Conv2d(3, 16, 3, padding=1)``. Raises SpecError."""
    call = _parse(code)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in LAYERS:
        raise SpecError(f"there is no layer “{name}” here.", f"Known: {', '.join(LAYERS)}.", field="stack")
    kind: Callable[..., LayerSpec] = LAYERS[name]
    known = [each.name for each in fields(LAYERS[name])]
    if len(call.args) > POSITIONAL.get(name, len(known)):
        raise SpecError(f"{name} has too many arguments.", "Name them, as in padding=1.", field="stack")
    arguments = dict(zip(known, map(_literal, call.args), strict=False))
    for keyword in call.keywords:
        if keyword.arg in known:
            arguments[keyword.arg] = _literal(keyword.value)
        elif keyword.arg not in WITHOUT_EFFECT:
            raise SpecError(f"{name} has no {keyword.arg} here.", f"It takes {', '.join(known)}.", field="stack")
    try:
        return kind(**arguments)
    except TypeError as error:
        raise SpecError(f"{name} lacks an argument.", f"It takes {', '.join(known)}.", field="stack") from error


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError) as error:
        hint = "Write plain numbers, words in quotes, True, False or None."
        raise SpecError(f"{ast.unparse(node)} is no plain value.", hint, field="stack") from error
