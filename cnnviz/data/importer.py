"""Bringing pictures in: read, bring to size and write one after the other, whatever the size of the collection."""

import os
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from cnnviz.data import own
from cnnviz.data.fit import fit
from cnnviz.data.import_spec import MANY_CLASSES, MAX_CLASSES, MAX_IMAGES, MAX_SET_BYTES, ImportSpec
from cnnviz.data.layout import Found
from cnnviz.data.own import OwnMeta
from cnnviz.data.skipped import shown
from cnnviz.data.sources import Source
from cnnviz.errors import DataError, ImageError

OnProgress = Callable[[int, int], None]
AT_ONCE = 32  # pictures a task: handing over one at a time would cost as much as decoding a small one
Read = tuple[NDArray[np.uint8], tuple[int, int]] | str


def nobody(done: int, total: int) -> None:
    """A progress that nobody watches."""


def import_set(source: Source, spec: ImportSpec, on_progress: OnProgress = nobody) -> OwnMeta:
    """Read every picture of the source into the set ``spec.name`` and say what came of it.

    on_progress is told how many of how many pictures are through; what it raises ends the import and leaves nothing
    behind. Raises DataError for a name that is taken, limits exceeded, or when nothing could be read.
    """
    check_limits(source, spec)
    _check_free(spec.name)
    with own.fresh_folder(spec.name, replace=spec.replace) as folder:
        written = _write_images(folder, source, spec, on_progress)
        if not written.labels:
            raise _nothing_read(source)
        np.save(folder / "labels.npy", np.array(written.labels, dtype=np.int64))
        np.save(folder / "sizes.npy", np.array(written.sizes, dtype=np.int32))
        meta = _meta(source, spec, written)
        own.write_meta(folder, meta)
    return meta


def check_limits(source: Source, spec: ImportSpec) -> None:
    """Raise DataError for a collection that is empty or larger than the limits."""
    found, classes = len(source.layout.found), len(source.layout.classes)
    if not found:
        raise _nothing_read(source)
    if found > MAX_IMAGES:
        raise DataError(f"There are {found:,} pictures.", f"Import at most {MAX_IMAGES:,}.", field="path")
    if classes > MAX_CLASSES:
        raise DataError(f"There are {classes:,} classes.", f"Import at most {MAX_CLASSES:,}.", field="path")
    if found * spec.image_bytes > MAX_SET_BYTES:
        raise DataError(
            f"{found:,} pictures of {spec.height}×{spec.width} would take {found * spec.image_bytes / 1e9:.1f} GB.",
            f"Choose a smaller size: {MAX_SET_BYTES // 10**9} GB are the most.",
            field="height",
        )


def _check_free(name: str) -> None:
    from cnnviz.data.registry import DATA_SETS

    if name.lower() in DATA_SETS:
        raise DataError(f"{name} is a set that comes with cnnviz.", "Choose another name.", field="name")


def warnings_for(counts: dict[str, int]) -> list[str]:
    """What is unusual about the class sizes, a sentence each."""
    said, single = [], [name for name, count in counts.items() if count == 1]
    empty = [name for name, count in counts.items() if not count]
    if empty:
        said.append(f"No picture could be read of {len(empty)} of {len(counts)} classes: {', '.join(empty[:5])}.")
    if len(counts) == 1:
        said.append("There is one class only: a network that always says it is never wrong, so nothing can be learnt.")
    if single:
        names = ", ".join(single[:5]) + (" …" if len(single) > 5 else "")
        said.append(f"{_classes(len(single))} one image only ({names}): it can't be in both parts of the split.")
    if len(counts) > MANY_CLASSES:
        said.append(f"{len(counts)} classes are many for a small network; charts show them a page at a time.")
    return said


def _classes(count: int) -> str:
    return "1 class has" if count == 1 else f"{count} classes have"


@dataclass
class _Written:
    """What has been written so far, image by image."""

    labels: list[int] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    num_train: int = 0


def _write_images(folder: Path, source: Source, spec: ImportSpec, on_progress: OnProgress) -> _Written:
    found, written = source.layout.found, _Written()
    place = {name: at for at, name in enumerate(source.layout.classes)}
    on_progress(0, len(found))
    with (folder / "images.npy").open("xb") as file:
        _header(file, len(found), spec)
        for done, (item, read) in enumerate(_read_all(source, spec), 1):
            if isinstance(read, str):
                source.skips.add(item.path, read)
            else:
                file.write(read[0].tobytes())
                written.labels.append(place[item.class_name])
                written.sizes.append(read[1])
                written.num_train += item.part == "train"
            if done % AT_ONCE == 0 or done == len(found):
                on_progress(done, len(found))
        _header(file, len(written.labels), spec)
    return written


def _header(file: IO[bytes], num_images: int, spec: ImportSpec) -> None:
    # NumPy leaves room for the first number to grow, so the header has the same length for any number of images.
    file.seek(0)
    plain = {"descr": "|u1", "fortran_order": False, "shape": (num_images, *spec.shape)}
    npy.write_array_header_1_0(file, plain)


def _read_all(source: Source, spec: ImportSpec) -> Iterator[tuple[Found, Read]]:
    """Every picture in order, decoded by a few threads that are never far ahead of what is written."""
    found = source.layout.found
    parts = (found[at : at + AT_ONCE] for at in range(0, len(found), AT_ONCE))
    workers = 1 if source.in_order else min(os.cpu_count() or 1, 8)
    with ThreadPoolExecutor(workers, thread_name_prefix="cnnviz-import") as pool:
        ahead: deque[tuple[list[Found], Future[list[Read]]]] = deque()
        try:
            for part in parts:
                ahead.append((part, pool.submit(_read_part, source, part, spec)))
                if len(ahead) > 2 * workers:
                    yield from _next(ahead)
            while ahead:
                yield from _next(ahead)
        finally:
            for _, future in ahead:
                future.cancel()


def _next(ahead: deque[tuple[list[Found], Future[list[Read]]]]) -> Iterator[tuple[Found, Read]]:
    part, future = ahead.popleft()
    yield from zip(part, future.result(), strict=True)


def _read_part(source: Source, part: list[Found], spec: ImportSpec) -> list[Read]:
    return [_read(source, item, spec) for item in part]


def _read(source: Source, item: Found, spec: ImportSpec) -> Read:
    try:
        pixels = source.pixels(item)
        return fit(pixels, spec), (pixels.shape[0], pixels.shape[1])
    except ImageError as error:
        return error.message.replace(f"“{item.path}” ", "").rstrip(".")
    except MemoryError:
        return "it needs more memory than there is"


def _meta(source: Source, spec: ImportSpec, written: _Written) -> OwnMeta:
    layout, skips = source.layout, source.skips
    counted = Counter(written.labels)
    counts = {name: counted[at] for at, name in enumerate(layout.classes)}
    fixed = layout.num_train is not None and 0 < written.num_train < len(written.labels)
    notes = [*layout.notes, *warnings_for(counts)]
    return OwnMeta(
        name=spec.name,
        stamp=secrets.token_hex(8),
        classes=tuple(shown(name) for name in counts),
        counts=tuple(counts.values()),
        num_images=len(written.labels),
        num_train=written.num_train if fixed else None,
        shape=spec.shape,
        spec=spec.as_dict(),
        skipped=tuple(skips.listed),
        skipped_reasons=dict(skips.reasons.most_common(50)),
        notes=tuple(notes),
        created=time.time(),
    )


def _nothing_read(source: Source) -> DataError:
    reasons = ", ".join(f"{why} ({count:,})" for why, count in source.skips.reasons.most_common(3))
    return DataError(
        f"No picture could be read{': ' + reasons if reasons else ', there is none'}.",
        "Put the pictures of each class into a folder of its name, or give them names such as cat_001.png.",
        field="path",
    )


def open_source(path: Path, label_rule: str = "number") -> Source:
    """The collection at a path: a folder, a ``.zip`` or an ``.npz``. Raises DataError."""
    from cnnviz.data.npz_source import NpzSource
    from cnnviz.data.sources import FolderSource, ZipSource

    if path.suffix.lower() == ".npz":
        return NpzSource(path)
    if path.is_file() or path.suffix.lower() == ".zip":
        return ZipSource(path, label_rule)
    return FolderSource(path, label_rule)
