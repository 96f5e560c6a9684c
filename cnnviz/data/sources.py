"""Where pictures come from: a folder, dropped files or a zip. Each lists paths first and reads one file at a time."""

import os
import stat
import threading
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnviz.data.import_spec import MAX_ENTRIES
from cnnviz.data.layout import Found, Layout, arrange
from cnnviz.data.skipped import Skips, shown
from cnnviz.errors import DataError, ImageError
from cnnviz.images import MAX_BYTES, open_picture

Pixels = NDArray[np.uint8]
LARGE_BYTES = 2_000_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
_large = threading.Lock()  # large pictures are decoded one at a time, or each core would need 200 MB


class Source(Protocol):
    """A collection of pictures. ``layout`` lists them, ``pixels`` reads one: uint8 (H, W, 1 or 3), or ImageError.

    in_order: true where pictures can only be read one after the other.
    """

    layout: Layout
    skips: Skips
    in_order: bool

    def pixels(self, found: Found) -> Pixels:
        """Read one picture; called from several threads. Raises ImageError."""

    def close(self) -> None:
        """Let go of the files."""


def decoded(data: bytes, path: str) -> Pixels:
    """The picture in some bytes, upright, uint8 (H, W, 1 or 3). Raises ImageError."""
    if len(data) < LARGE_BYTES:
        return open_picture(data, path, max_side=1 << 30).pixels
    with _large:
        return open_picture(data, path, max_side=1 << 30).pixels


def _too_large(num_bytes: int) -> ImageError:
    return ImageError(f"{num_bytes / 1e6:,.0f} MB is more than {MAX_BYTES // 10**6} MB", "Use a smaller file.")


class FolderSource:
    """A folder on this machine. Links are not followed."""

    in_order = False

    def __init__(self, folder: Path, label_rule: str = "number") -> None:
        if not folder.is_dir():
            raise DataError(
                f"{folder} is no folder.", "Give a folder of class folders, a .zip or an .npz.", field="path"
            )
        self.folder, self.skips = folder, Skips()
        self._paths: list[str] = []
        for above, folders, files in os.walk(folder, onerror=self._unreadable):
            folders.sort()
            inside = Path(above).relative_to(folder)
            self._paths += [(inside / name).as_posix() for name in sorted(files)]
            if len(self._paths) > MAX_ENTRIES:
                raise DataError(
                    f"{folder} holds more than {MAX_ENTRIES:,} files.", "Choose a smaller folder.", field="path"
                )
        self.layout = arrange(list(enumerate(self._paths)), self.skips, label_rule)

    def _unreadable(self, error: OSError) -> None:
        self.skips.add(str(error.filename), f"the folder can't be read: {error.strerror}")

    def pixels(self, found: Found) -> Pixels:
        """Read one picture of the folder."""
        path = self.folder / self._paths[found.key]
        try:
            info = path.lstat()
            if not stat.S_ISREG(info.st_mode):
                raise ImageError("a link or no plain file", "Links are not followed.")
            if info.st_size > MAX_BYTES:
                raise _too_large(info.st_size)
            data = path.read_bytes()
        except OSError as error:
            raise ImageError(f"it can't be read: {error.strerror}") from error
        return decoded(data, found.path)

    def close(self) -> None:
        """Nothing is held."""


class FilesSource:
    """Files that were dropped: (name, bytes) each; a name may hold folders."""

    in_order = False

    def __init__(self, files: Sequence[tuple[str, bytes]], label_rule: str = "number") -> None:
        self.files, self.skips = files, Skips()
        paths = [(key, name.replace("\\", "/").lstrip("/")) for key, (name, _) in enumerate(files)]
        self.layout = arrange(paths, self.skips, label_rule)

    def pixels(self, found: Found) -> Pixels:
        """Read one of the files."""
        return decoded(self.files[found.key][1], found.path)

    def close(self) -> None:
        """Let go of the bytes."""
        self.files = ()


class ZipSource:
    """A zip. Nothing is unpacked to disk: a picture at a time is read into memory, so no path can lead anywhere."""

    in_order = False

    def __init__(self, file: Path | IO[bytes], label_rule: str = "number") -> None:
        self.skips = Skips()
        try:
            self._zip = zipfile.ZipFile(file)
        except FileNotFoundError as error:
            raise DataError(f"There is no file {file}.", "Check the path.", field="path") from error
        except _DAMAGED as error:
            raise DataError(
                f"The zip can't be read: {error}.", "Pack it again and try once more.", field="path"
            ) from error
        self._entries = self._zip.infolist()
        if len(self._entries) > MAX_ENTRIES:
            raise DataError(
                f"The zip holds {len(self._entries):,} entries.", f"Use at most {MAX_ENTRIES:,}.", field="path"
            )
        self.layout = arrange(self._paths(), self.skips, label_rule)

    def _paths(self) -> list[tuple[int, str]]:
        paths, seen = [], set()
        for key, entry in enumerate(self._entries):
            path = entry_path(entry)
            why = "twice in the zip" if path in seen else _refused(entry, path)
            seen.add(path)
            if why:
                self.skips.add(path, why)
            elif not entry.is_dir() and not path.endswith("/"):
                paths.append((key, path))
        return paths

    def pixels(self, found: Found) -> Pixels:
        """Read one entry, never more of it than a picture may have, whatever its header claims."""
        try:
            with self._zip.open(self._entries[found.key]) as file:
                data = file.read(MAX_BYTES + 1)
        except _DAMAGED as error:
            raise ImageError(f"damaged in the zip: {shown(str(error))}") from error
        if len(data) > MAX_BYTES:
            raise _too_large(len(data))
        return decoded(data, found.path)

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()


def entry_path(entry: zipfile.ZipInfo) -> str:
    """An entry's path with "/" between folders. Names without the UTF-8 flag that are UTF-8 are read as that."""
    name = entry.orig_filename.split("\0")[0]
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):  # then it is in the code page that the format names
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _refused(entry: zipfile.ZipInfo, path: str) -> str:
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or parts[0].endswith(":"):
        return "its path leads out of the zip"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link"
    if entry.flag_bits & 0x1:
        return "encrypted"
    if entry.file_size > MAX_BYTES and not entry.is_dir():
        return f"larger than {MAX_BYTES // 10**6} MB"
    return ""
