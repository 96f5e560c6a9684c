"""Listing, importing and downloading data sets in a terminal."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cnnviz.data import registry
from cnnviz.data.import_spec import ImportSpec, limits_text, suggest_name
from cnnviz.data.importer import import_set, open_source
from cnnviz.data.own import OwnMeta
from cnnviz.errors import DataError, SpecError

SHOWN = 20


def rows() -> list[dict[str, Any]]:
    """A row for each set, as ``data --json`` prints it."""
    found = []
    for entry in registry.all_entries().values():
        train, valid = entry.sizes(0.2)
        row = {"name": entry.name, "classes": entry.num_classes, "train": train, "valid": valid}
        found.append({**row, "shape": list(entry.shape), "at_hand": entry.at_hand()})
    return found


def bring_in(path: str, name: str | None, how: Mapping[str, Any], console: Console) -> dict[str, Any]:
    """Import a path with a progress bar and return what came of it, as ``data import --json`` prints it."""
    spec = _spec(name or suggest_name(path), how)
    console.print(limits_text(), highlight=False)
    source = open_source(Path(path).expanduser(), spec.label_rule)
    found, classes = len(source.layout.found), len(source.layout.classes)
    console.print(f"{found:,} pictures in {classes:,} classes", highlight=False)
    try:
        with _bar(console) as bar:
            task = bar.add_task(f"Importing {spec.name}", total=None)
            meta = import_set(source, spec, lambda done, total: bar.update(task, completed=done, total=total))
    except KeyboardInterrupt:
        raise DataError("The import was stopped.", "Nothing of it was kept.") from None
    finally:
        source.close()
    _report(meta, console)
    return {
        "name": meta.name,
        "classes": len(meta.classes),
        "images": meta.num_images,
        "train": meta.num_train,
        "shape": list(meta.shape),
        "skipped": sum(meta.skipped_reasons.values()),
        "reasons": meta.skipped_reasons,
        "notes": list(meta.notes),
    }


def download(name: str, console: Console) -> dict[str, Any]:
    """Load a set, downloading what is missing, with a progress bar."""
    entry = registry.get(name)
    if entry.download_mb and not entry.at_hand():
        console.print(f"{entry.title}: {entry.download_mb:.1f} MB, {entry.licence}", highlight=False)
    try:
        with _bar(console) as bar:
            task = bar.add_task(escape(entry.title), total=1.0)
            images = registry.load(
                name, lambda doing, done: bar.update(task, completed=done, description=escape(doing))
            )
    except KeyboardInterrupt:
        raise DataError("The download was stopped.", "Whole files are kept; start it again for the rest.") from None
    return {"name": name, "images": len(images), "at_hand": entry.at_hand()}


def _spec(name: str, how: Mapping[str, Any]) -> ImportSpec:
    size = re.fullmatch(r"(\d{1,4})[x×](\d{1,4})", str(how["size"]))
    if not size:
        raise SpecError(f"size is {how['size']!r}.", "Write HEIGHTxWIDTH, such as 28x28.", field="size")
    return ImportSpec(
        name=name,
        height=int(size[1]),
        width=int(size[2]),
        channels=1 if how["mode"] == "grey" else 3,
        fit=how["fit"],
        label_rule=how["labels"],
        replace=how["replace"],
    )


def _bar(console: Console) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=console)


def _report(meta: OwnMeta, console: Console) -> None:
    for name, why in meta.skipped[:SHOWN]:
        console.print(f"left out {escape(name)}: {escape(why)}", highlight=False)
    left = sum(meta.skipped_reasons.values()) - SHOWN
    if left > 0:
        console.print(f"and {left:,} more", highlight=False)
    for note in meta.notes:
        console.print(escape(note), highlight=False)
