"""Pictures, zips and folders for the tests of imports."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed: int = 0, size: tuple[int, int] = (9, 7), mode: str = "RGB", form: str = "PNG") -> bytes:
    """A noisy picture, (height, width), in one of PIL's modes."""
    draw = np.random.default_rng(seed)
    image = Image.fromarray(draw.integers(0, 256, (*size, 3), dtype=np.uint8)).convert(mode)
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


def packed(entries: Mapping[str, bytes] | Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> io.BytesIO:
    """A zip of such entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in entries.items() if isinstance(entries, Mapping) else entries:
            archive.writestr(name, data)
    file.seek(0)
    return file


def laid_out(folder: Path, entries: Mapping[str, bytes]) -> Path:
    """The same as a folder."""
    for name, data in entries.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def two_classes(count: int = 6) -> dict[str, bytes]:
    """``cats`` and ``dogs``, so many of each."""
    return {
        f"{name}/{at}.png": picture(at + 100 * (name == "dogs")) for name in ("cats", "dogs") for at in range(count)
    }
