"""Source text of functions and classes with all of our own code that they need, to stand in one script."""

import ast
import importlib
import inspect
import re
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType

OURS = "cnnviz"


@dataclass
class Gathered:
    """Definitions in an order in which they can run, and the import lines that they need."""

    definitions: dict[str, str] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    begun: set[tuple[str, str]] = field(default_factory=set)  # (module, name): some need each other

    @property
    def text(self) -> str:
        """All definitions, two blank lines apart."""
        return "\n\n\n".join(self.definitions.values())


@dataclass(frozen=True)
class Definition:
    """A top-level class, function or constant of a module: its text and the statement it comes from."""

    text: str
    node: ast.stmt


@dataclass(frozen=True)
class Module:
    """What a module defines and imports, by name; an import is (module, name in it), or (module, "")."""

    definitions: dict[str, Definition]
    imports: dict[str, tuple[str, str]]


def gather(module: str, name: str, into: Gathered, given: frozenset[str] = frozenset()) -> None:
    """Add a definition and what it needs, names in ``given`` apart: those the script brings itself."""
    parsed = parsed_module(module)
    if (module, name) in into.begun or name in given or name not in parsed.definitions:
        return
    into.begun.add((module, name))
    definition = parsed.definitions[name]
    text = definition.text
    for used, runs in names_used(definition.node):
        if used in given:
            continue
        if used in parsed.definitions and runs:
            gather(module, used, into, given)
        elif used in parsed.imports and (runs or not _is_ours(parsed.imports[used][0])):
            text = _follow(used, *parsed.imports[used], text, definition.node, into, given)
    into.definitions[name] = text


def _follow(used: str, module: str, name: str, text: str, node: ast.stmt, into: Gathered, given: frozenset[str]) -> str:
    """Add what an imported name stands for; returns the text, in which our own modules' names are written out."""
    if not _is_ours(module):
        into.imports.add(import_line(used, module, name))
        return text
    if name in parsed_module(module).definitions:
        gather(module, name, into, given)
        return text
    for attribute in attributes_used(node, used):  # a module of ours, as in augment_affine.move
        gather(f"{module}.{name}", attribute, into, given)
    return re.sub(rf"\b{used}\.(?=\w)", "", text)


def _is_ours(module: str) -> bool:
    return module.split(".")[0] == OURS


def import_line(used: str, module: str, name: str) -> str:
    """The line that makes an imported name known."""
    if not name:
        return f"import {module}" + (f" as {used}" if used != module.split(".")[0] else "")
    return f"from {module} import {name}" + (f" as {used}" if used != name else "")


def names_used(node: ast.AST) -> list[tuple[str, bool]]:
    """The names in a piece of code, in order, each with whether more than annotations use it."""
    annotations = {
        id(inner)
        for part in ast.walk(node)
        for annotation in (getattr(part, "annotation", None), getattr(part, "returns", None))
        if isinstance(annotation, ast.AST)
        for inner in ast.walk(annotation)
    }
    found: dict[str, bool] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found[part.id] = found.get(part.id, False) or id(part) not in annotations
    return list(found.items())


def attributes_used(node: ast.AST, name: str) -> list[str]:
    """The attributes of a name that a piece of code reads."""
    found = (part for part in ast.walk(node) if isinstance(part, ast.Attribute))
    return list(dict.fromkeys(a.attr for a in found if isinstance(a.value, ast.Name) and a.value.id == name))


@lru_cache(maxsize=64)
def parsed_module(name: str) -> Module:
    """A module's top-level definitions, each with the comment above it, and its imports."""
    return parse(source_of(importlib.import_module(name)))


def source_of(module: ModuleType) -> str:
    """A module's text."""
    return inspect.getsource(module)


def parse(source: str) -> Module:
    """A module's top-level definitions and imports from its text."""
    definitions: dict[str, Definition] = {}
    imports: dict[str, tuple[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            imports |= {a.asname or a.name.split(".")[0]: (a.name, "") for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports |= {a.asname or a.name: (node.module or "", a.name) for a in node.names}
        else:
            definition = Definition(text_of(node, source.splitlines()), node)
            definitions |= dict.fromkeys(_defined(node), definition)
    return Module(definitions, imports)


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def text_of(node: ast.stmt, lines: list[str]) -> str:
    """A statement's lines, its decorators and the comment right above among them."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])
