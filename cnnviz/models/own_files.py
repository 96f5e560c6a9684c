"""Importing people's own model files: once for each change, and never so that a broken one breaks the rest."""

import importlib.util
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from zlib import crc32


@dataclass(frozen=True)
class Problem:
    """What is wrong with a file or a class of it. ``line``: 0 where there is none. ``is_error``: else just a note."""

    file: str
    message: str
    hint: str = ""
    line: int = 0
    name: str = ""
    is_error: bool = True

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.message} {self.hint}".strip()


@dataclass(frozen=True, eq=False)
class OwnFile:
    """A file as it was when it was imported: its module, or what went wrong."""

    path: Path
    module: ModuleType | None
    problem: Problem | None = None


_imported: dict[Path, tuple[tuple[int, int], OwnFile]] = {}
_lock = threading.RLock()


def imported(path: Path) -> OwnFile:
    """The file, imported anew only if it has changed: until then, the same object."""
    with _lock:
        try:
            stat = path.stat()
            stamp, why = (stat.st_mtime_ns, stat.st_size), ""
        except OSError as error:
            stamp, why = (0, 0), f"it can't be read: {error.strerror or error}."
        if path not in _imported or _imported[path][0] != stamp:
            missing = Problem(str(path), why, "Check CNNVIZ_MODELS, or --models.")
            _imported[path] = (stamp, OwnFile(path, None, missing) if why else _import(path))
        return _imported[path][1]


class _Fresh(SourceFileLoader):
    """Compiles what the file holds now. Compiled code kept beside it may miss a change made within a second."""

    def get_code(self, fullname: str) -> CodeType:
        """As importlib calls it."""
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def _import(path: Path) -> OwnFile:
    name = f"cnnviz_own_{path.stem}_{crc32(str(path).encode()):x}"
    spec = importlib.util.spec_from_file_location(name, path, loader=_Fresh(name, str(path)))
    if spec is None or spec.loader is None:
        return OwnFile(path, None, Problem(str(path), "it is no Python file.", "Name it something.py."))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # inspect and dataclasses look modules up by name
    sys.path.append(str(path.parent))  # what lies beside it can be imported
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a person's file may raise anything, sys.exit among it
        sys.modules.pop(name, None)
        return OwnFile(path, None, _problem(path, error))
    finally:
        with suppress(ValueError):
            sys.path.remove(str(path.parent))
    return OwnFile(path, module)


def _problem(path: Path, error: BaseException) -> Problem:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        shown = f" in “{error.text.strip()}”" if error.text else ""
        return Problem(str(path), f"a syntax error{shown}: {error.msg}.", "Mend the line.", line=error.lineno or 0)
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Problem(str(path), f"importing it raises {said}.", "Mend the file.", line=line_in(path, error))


def version_of(path: Path) -> str:
    """What changes with the file, as a key for caches."""
    try:
        stat = path.stat()
    except OSError:
        return ""
    return f"{stat.st_mtime_ns}-{stat.st_size}"


def line_in(path: Path, error: BaseException) -> int:
    """The line of the file in which an error arose, or 0."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (lines[-1] or 0) if lines else 0
