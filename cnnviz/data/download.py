"""Fetching a file from the first mirror that gives it whole."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http.client import HTTPException
from pathlib import Path

from cnnviz.errors import DataError
from cnnviz.files import written_whole

CHUNK_BYTES = 256 * 1024
TIMEOUT_S = 20


def fetch(mirrors: Sequence[str], path: Path, md5: str, on_bytes: Callable[[int], None]) -> None:
    """Download ``path.name`` from one of the mirrors into ``path``, which appears only when its checksum is right.

    on_bytes is told the number of bytes received so far. Raises DataError when no mirror gives the file.
    """
    reasons = []
    for mirror in mirrors:
        try:
            _fetch_from(mirror + path.name, path, md5, on_bytes)
        except (OSError, HTTPException, ValueError) as error:
            reasons.append(f"{mirror}: {error}")
        else:
            return
    raise DataError(
        f"{path.name} could not be downloaded ({'; '.join(reasons)}).",
        f"Check the network and try again, or put the file into {path.parent} yourself.",
    )


def _fetch_from(url: str, path: Path, md5: str, on_bytes: Callable[[int], None]) -> None:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url} is no web address")
    digest = hashlib.md5(usedforsecurity=False)
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer, written_whole(path) as file:  # noqa: S310
        received = 0
        while chunk := answer.read(CHUNK_BYTES):
            file.write(chunk)
            digest.update(chunk)
            received += len(chunk)
            on_bytes(received)
        if digest.hexdigest() != md5:
            raise ValueError(f"the checksum of {received:,} bytes differs: the download was cut or changed")
