"""Fetching files from the first mirror that gives them whole. What was cut is continued, not begun again."""

import errno
import hashlib
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from ssl import SSLError

from filelock import FileLock, Timeout

from cnnviz.data.progress import Progress
from cnnviz.errors import DataError

CHUNK_BYTES = 256 * 1024
TIMEOUT_S = 20
WAIT_S = 0.5
ATTEMPTS = 3  # with a mirror that cuts the connection but gives something each time


@dataclass(frozen=True)
class RemoteFile:
    """A file to fetch: its name, checksum and size in bytes."""

    name: str
    md5: str
    num_bytes: int


class ChangedError(ValueError):
    """What arrived is not the file that was asked for."""


def fetch_all(
    title: str, mirrors: Sequence[str], files: Sequence[RemoteFile], folder: Path, progress: Progress
) -> None:
    """Download those files into ``folder``, telling how many megabytes of all have arrived. Raises DataError."""
    total, before = sum(file.num_bytes for file in files), 0
    for file in files:

        def on_bytes(received: int, before: int = before) -> None:
            done = before + received
            progress(f"Downloading {title}: {done / 1e6:.1f} of {total / 1e6:.1f} MB", min(done / total, 1.0))

        on_bytes(0)
        fetch(mirrors, file, folder, on_bytes)
        before += file.num_bytes


def fetch(mirrors: Sequence[str], file: RemoteFile, folder: Path, on_bytes: Callable[[int], None]) -> None:
    """Download one file from one of the mirrors; it appears under its name only when its checksum is right.

    What has arrived of it is kept as ``NAME.part`` and continued where the server allows that, the next time too.
    on_bytes is told the number of bytes there are so far. Raises DataError when no mirror gives the file, or when
    the disk has no room for it.
    """
    path, reasons = folder / file.name, []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _turn(file, path, on_bytes):
            if path.exists():
                return
            _check_room(file, _partial(path))
            for mirror in mirrors:
                reason = _try(mirror, file, path, on_bytes)
                if not reason:
                    return
                reasons.append(reason)
    except OSError as error:
        raise DataError(
            f"{file.name} could not be kept in {folder}: {error.strerror or error}.", "Make room there and try again."
        ) from error
    raise DataError(
        f"{file.name} could not be downloaded ({'; '.join(reasons)}).",
        f"Check the network and try again: what has arrived is kept. Or put the file into {folder} yourself.",
    )


@contextmanager
def _turn(file: RemoteFile, path: Path, on_bytes: Callable[[int], None]) -> Iterator[None]:
    """Two may want the same file at once: who waits is told how far the other is, and can be stopped meanwhile."""
    lock = FileLock(path.parent / f".{file.name}.lock")
    while not lock.is_locked:
        try:
            lock.acquire(timeout=WAIT_S)
        except Timeout:
            on_bytes(_size(_partial(path)))
    try:
        yield
    finally:
        lock.release()


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # another may just have completed or thrown it away
        return 0


def _why(error: Exception) -> object:
    reason = getattr(error, "reason", None) or error
    return getattr(reason, "strerror", None) or reason


def _check_room(file: RemoteFile, partial: Path) -> None:
    needed, free = file.num_bytes - _size(partial), shutil.disk_usage(partial.parent).free
    if needed > free:
        raise OSError(errno.ENOSPC, f"it needs {needed / 1e6:,.0f} MB more and the disk has {free / 1e6:,.0f} MB left")


def _try(mirror: str, file: RemoteFile, path: Path, on_bytes: Callable[[int], None]) -> str:
    """Fetch from one mirror, again while that brings more; "" or the reason why it has not worked."""
    reason = ""
    for _ in range(ATTEMPTS):
        had = _size(_partial(path))
        try:
            _continue(mirror + file.name, file, _partial(path), on_bytes)
        except ChangedError as error:
            _partial(path).unlink(missing_ok=True)
            reason = f"{mirror}: {error}"
            if not had:  # what was continued may have been another's; begun anew it can't be
                return reason
        except (urllib.error.URLError, HTTPException, ConnectionError, TimeoutError, SSLError, ValueError) as error:
            reason = f"{mirror}: {_why(error)}"
            if _size(_partial(path)) <= had:
                return reason
        else:
            _partial(path).replace(path)
            return ""
    return reason


def _continue(url: str, file: RemoteFile, partial: Path, on_bytes: Callable[[int], None]) -> None:
    """Bring the partial file to its whole length and check it. Raises ChangedError when it is another file."""
    if _size(partial) < file.num_bytes:
        _append(url, file, partial, on_bytes)
    with partial.open("rb") as stream:
        found = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != file.md5:
        raise ChangedError(
            f"the checksum of its {_size(partial):,} bytes differs: it was changed on the way or is another"
        )


def _append(url: str, file: RemoteFile, partial: Path, on_bytes: Callable[[int], None]) -> None:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url} is no web address")
    received = _size(partial)
    asked = urllib.request.Request(url, headers={"Range": f"bytes={received}-"} if received else {})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:  # noqa: S310
        continues = received and _continues_at(answer, received)
        received = received if continues else 0
        length = answer.headers["Content-Length"]
        if length and received + int(length) != file.num_bytes:  # a page to log in on, say: nothing of it is kept
            raise ValueError(f"it has {received + int(length):,} bytes there, not {file.num_bytes:,}")
        with partial.open("ab" if continues else "wb") as sink:
            while chunk := answer.read1(CHUNK_BYTES):
                received += len(chunk)
                if received > file.num_bytes:
                    raise ChangedError(f"it gives more than the {file.num_bytes:,} bytes that the file has")
                sink.write(chunk)
                on_bytes(received)
    if received < file.num_bytes:
        raise HTTPException(f"the connection was cut after {received:,} of {file.num_bytes:,} bytes")


def _continues_at(answer: HTTPResponse, start: int) -> bool:
    """True when the server gives the rest only; many give everything again."""
    return answer.status == 206 and (answer.headers["Content-Range"] or "").startswith(f"bytes {start}-")
