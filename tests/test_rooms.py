"""Who may import whom: the arrows of the design, held."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each room may import rooms of a lower level, and rooms of its own level only where that is said.
LEVELS = (
    {
        "__init__",
        "errors",
        "settings",
        "files",
        "naming",
        "specs",
        "augment_spec",
        "spec_checks",
        "spec_notes",
        "spec_words",
        "race_sets",
        "heads",
        "recipes",
        "layer_specs",
        "layer_fields",
        "kernel_specs",
        "kernel_checks",
        "kernel_links",
    },
    {"ops", "images", "pictures", "models", "data"},
    {"introspection", "attribution", "training", "evaluation"},
    {"runs"},
    {"ui"},
    {"bench", "cli", "__main__"},
)
SAME_LEVEL_ALLOWED = {0, 1, 5}
STREAMLIT_ROOMS = {"app", "pages", "ui"}


def files() -> list[Path]:
    return [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("cnnviz/**/*.py")]


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "cnnviz" and len(parts) > 1 else parts[0]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported(path: Path) -> set[str]:
    parts = (name.split(".") for name in imports_of(path))
    return {part[1] for part in parts if part[0] == "cnnviz" and len(part) > 1 and is_room(part[1])}


def is_room(name: str) -> bool:
    return (ROOT / "cnnviz" / name).is_dir() or (ROOT / "cnnviz" / f"{name}.py").exists()


def level_of(room: str) -> int | None:
    return next((level for level, rooms in enumerate(LEVELS) if room in rooms), None)


def test_every_room_has_its_level() -> None:
    rooms = {room_of(path) for path in files()} - {"app", "pages", "charts"}
    assert rooms <= set().union(*LEVELS)


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_what_lies_below(path: Path) -> None:
    room, others = room_of(path), rooms_imported(path) - {room_of(path), "charts", "__init__"}
    if room in {"app", "pages"}:
        assert not others & {"bench", "cli", "__main__"}
        return
    if room == "charts":
        assert not others - {"errors"}
        return
    own = level_of(room)
    assert own is not None
    for other in others:
        level = level_of(other)
        assert level is not None, other
        assert level < own or (level == own and own in SAME_LEVEL_ALLOWED), f"{room} imports {other}"


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_streamlit_lives_in_its_rooms(path: Path) -> None:
    names = {name.split(".")[0] for name in imports_of(path)}
    if room_of(path) not in STREAMLIT_ROOMS:
        assert "streamlit" not in names
    if room_of(path) == "charts":
        assert "torch" not in names


def test_the_first_page_paints_without_torch() -> None:
    """Importing everything that the home and train pages need must not import torch."""
    import subprocess
    import sys

    modules = "cnnviz.ui.navigation, cnnviz.ui.home_panels, cnnviz.ui.live_run, cnnviz.ui.spec_controls"
    code = f"import sys; import {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
