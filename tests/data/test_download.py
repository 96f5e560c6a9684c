"""Downloads from a server that cuts, lies, forgets and resumes: the file appears whole or not at all."""

import hashlib
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from filelock import FileLock

from cnnviz.data.background import Cancelled
from cnnviz.data.download import RemoteFile, fetch, fetch_all
from cnnviz.errors import DataError

BODY = np.random.default_rng(0).bytes(700_000)
FILE = RemoteFile("file.gz", hashlib.md5(BODY, usedforsecurity=False).hexdigest(), len(BODY))


class Server(http.server.ThreadingHTTPServer):
    """Keeps what was asked for; how it answers is in the first part of the path."""

    asked: list[str | None]
    daemon_threads = True


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.server.asked.append(asked)
        how = self.path.split("/")[1]
        body = {"other": BODY[::-1], "more": BODY + b"x", "unsized": BODY + b"x", "page": b"<html>log in</html>"}.get(
            how, BODY
        )
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and how != "restarts" else 0
        if how == "gone" or start >= len(body):
            self.send_error(404 if how == "gone" else 416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if how != "unsized":
            self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        stop = {"cuts": start + 300_000, "stalls": start}.get(how, len(body))
        self.wfile.write(body[start:stop])
        self.close_connection = True

    def log_message(self, *_: object) -> None: ...


class Mirror(NamedTuple):
    address: str
    asked: list[str | None]

    def how(self, *ways: str) -> list[str]:
        return [f"{self.address}/{way}/" for way in ways]


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    server = Server(("127.0.0.1", 0), Handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield Mirror(f"http://127.0.0.1:{server.server_port}", server.asked)
    server.shutdown()
    server.server_close()


def quiet(received: int) -> None: ...


def test_the_first_mirror_that_gives_the_file_whole_is_used(tmp_path: Path, mirror: Mirror) -> None:
    received: list[int] = []
    fetch(mirror.how("gone", "page", "good"), FILE, tmp_path, received.append)
    assert (tmp_path / "file.gz").read_bytes() == BODY
    assert received[-1] == len(BODY)
    assert not (tmp_path / "file.gz.part").exists()


def test_a_cut_download_is_continued_from_where_it_was(tmp_path: Path, mirror: Mirror) -> None:
    fetch(mirror.how("cuts"), FILE, tmp_path, quiet)
    assert (tmp_path / "file.gz").read_bytes() == BODY
    assert mirror.asked == [None, "bytes=300000-", "bytes=600000-"]


def test_it_is_continued_by_the_next_call_and_the_next_mirror(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "file.gz.part").write_bytes(BODY[:1000])
    fetch(mirror.how("stalls", "good"), FILE, tmp_path, quiet)
    assert (tmp_path / "file.gz").read_bytes() == BODY
    assert mirror.asked == ["bytes=1000-", "bytes=1000-"]


def test_a_server_that_knows_no_ranges_gives_it_all_again(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "file.gz.part").write_bytes(BODY[:1000])
    fetch(mirror.how("restarts"), FILE, tmp_path, quiet)
    assert (tmp_path / "file.gz").read_bytes() == BODY


@pytest.mark.parametrize("left", [b"y" * 1000, b"y" * len(BODY), BODY + b"longer"], ids=["part", "whole", "longer"])
def test_a_wrong_part_is_thrown_away_and_begun_anew(tmp_path: Path, mirror: Mirror, left: bytes) -> None:
    (tmp_path / "file.gz.part").write_bytes(left)
    fetch(mirror.how("good"), FILE, tmp_path, quiet)
    assert (tmp_path / "file.gz").read_bytes() == BODY


def test_a_complete_part_needs_no_network(tmp_path: Path) -> None:
    (tmp_path / "file.gz.part").write_bytes(BODY)
    fetch(["http://127.0.0.1:9/"], FILE, tmp_path, quiet)
    assert (tmp_path / "file.gz").read_bytes() == BODY


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("other", "checksum"),
        ("more", "not 700,000"),
        ("unsized", "more than the 700,000"),
        ("page", "has 19 bytes"),
        ("gone", "Not Found"),
        ("stalls", "cut after 0"),
    ],
)
def test_what_goes_wrong_is_said_and_no_broken_file_appears(
    tmp_path: Path, mirror: Mirror, how: str, reason: str
) -> None:
    with pytest.raises(DataError, match=reason) as failed:
        fetch(mirror.how(how), FILE, tmp_path, quiet)
    assert "Check the network" in failed.value.hint
    assert not (tmp_path / "file.gz").exists()
    part = tmp_path / "file.gz.part"
    assert not part.exists() or part.stat().st_size == 0


@pytest.mark.parametrize("how", ["gone", "page", "more"])
def test_a_mirror_that_is_of_no_use_leaves_what_has_arrived(tmp_path: Path, mirror: Mirror, how: str) -> None:
    part = tmp_path / "file.gz.part"
    part.write_bytes(BODY[:1000])
    with pytest.raises(DataError):
        fetch(mirror.how(how), FILE, tmp_path, quiet)
    assert part.read_bytes() == BODY[:1000]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/", "http://no-such-host.invalid/", "file:///etc/"])
def test_no_network_is_said_with_what_to_do(tmp_path: Path, address: str) -> None:
    with pytest.raises(DataError, match="could not be downloaded") as failed:
        fetch([address], FILE, tmp_path, quiet)
    assert str(tmp_path) in failed.value.hint


def test_a_disk_without_room_is_said_before_anything_is_fetched(tmp_path: Path, mirror: Mirror) -> None:
    huge = RemoteFile("file.gz", FILE.md5, shutil.disk_usage(tmp_path).free + 10**12)
    with pytest.raises(DataError, match="the disk has") as failed:
        fetch(mirror.how("good"), huge, tmp_path, quiet)
    assert "Make room" in failed.value.hint
    assert mirror.asked == []


def test_a_folder_that_can_not_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(DataError, match="could not be kept"):
        fetch(["http://127.0.0.1:9/"], FILE, tmp_path / "folder", quiet)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_up_on_the_way_is_said(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "file.gz.part").symlink_to("/dev/full")
    with pytest.raises(DataError, match="No space left"):
        fetch(mirror.how("good"), FILE, tmp_path, quiet)


def test_a_stopped_download_keeps_what_has_arrived(tmp_path: Path, mirror: Mirror) -> None:
    def stop(received: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(mirror.how("good"), FILE, tmp_path, stop)
    assert 0 < (tmp_path / "file.gz.part").stat().st_size < len(BODY)
    fetch(mirror.how("good"), FILE, tmp_path, quiet)
    assert (tmp_path / "file.gz").read_bytes() == BODY


def test_two_at_once_fetch_it_once(tmp_path: Path, mirror: Mirror) -> None:
    threads = [threading.Thread(target=fetch, args=(mirror.how("good"), FILE, tmp_path, quiet)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "file.gz").read_bytes() == BODY
    assert len(mirror.asked) == 1


def test_who_waits_for_another_can_be_stopped(tmp_path: Path, mirror: Mirror) -> None:
    def stop(received: int) -> None:
        raise Cancelled

    (tmp_path / "file.gz.part").write_bytes(BODY[:1000])
    with FileLock(tmp_path / ".file.gz.lock"), pytest.raises(Cancelled):
        fetch(mirror.how("good"), FILE, tmp_path, stop)
    assert not mirror.asked


def test_progress_goes_over_all_files(tmp_path: Path, mirror: Mirror) -> None:
    files = [FILE, RemoteFile("second.gz", FILE.md5, FILE.num_bytes)]
    told: list[tuple[str, float]] = []
    fetch_all("A set", mirror.how("good"), files, tmp_path, lambda doing, done: told.append((doing, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert told[-1][0] == "Downloading A set: 1.4 of 1.4 MB"
