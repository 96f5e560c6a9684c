"""The digits: read as torchvision reads them, fetched whole or not at all."""

import gzip
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torchvision

from cnnviz.data import idx, mnist, registry
from cnnviz.data.download import fetch
from cnnviz.data.image_set import ImageSet
from cnnviz.errors import DataError

SHARED = Path(__file__).parents[3] / "shared" / "data" / "mnist"


def idx_bytes(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(np.uint8).tobytes()


def write_small_mnist(folder: Path, num_train: int = 30, num_test: int = 10) -> None:
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    draw = np.random.default_rng(0)
    for part, size in zip(mnist.PARTS, (num_train, num_train, num_test, num_test), strict=True):
        shape = (size, 28, 28) if "images" in part.name else (size,)
        array = draw.integers(0, 256 if len(shape) == 3 else 10, shape)
        (raw / f"{part.name}.gz").write_bytes(gzip.compress(idx_bytes(array)))


def test_the_embedded_digits_are_there(digits: ImageSet) -> None:
    assert digits.images.shape == (5000, 1, 28, 28)
    assert np.bincount(digits.labels).tolist() == [500] * 10
    assert not digits.images.flags.writeable


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04 cut"])
def test_a_broken_kept_file_is_parsed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, digits: ImageSet
) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    if content is not None:
        (tmp_path / "mnist-5k.npz").write_bytes(content)
    for _ in range(2):
        assert np.array_equal(registry.load("mnist-5k").images, digits.images)


def test_packed_files_already_there_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_small_mnist(tmp_path)
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    loaded = registry.load("mnist")
    assert registry.get("mnist").at_hand()
    assert (loaded.images.shape, loaded.num_train) == ((40, 1, 28, 28), 30)


@pytest.mark.skipif(not SHARED.exists(), reason="the full MNIST is not beside the project")
def test_reads_the_full_set_as_torchvision_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "MNIST").mkdir()
    (tmp_path / "MNIST" / "raw").symlink_to(SHARED / "MNIST" / "raw")
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    ours = registry.load("mnist")
    unpacked = tmp_path / "unpacked" / "MNIST" / "raw"
    unpacked.mkdir(parents=True)
    for part in mnist.PARTS:
        packed = SHARED / "MNIST" / "raw" / f"{part.name}.gz"
        (unpacked / part.name).write_bytes(gzip.decompress(packed.read_bytes()))
    for train, images, labels in (
        (True, ours.images[:60_000], ours.labels[:60_000]),
        (False, ours.images[60_000:], ours.labels[60_000:]),
    ):
        theirs = torchvision.datasets.MNIST(tmp_path / "unpacked", train=train, download=False)
        assert np.array_equal(theirs.data.numpy(), images[:, 0])
        assert np.array_equal(theirs.targets.numpy(), labels)


def test_the_checksums_are_torchvisions() -> None:
    assert [(f"{part.name}.gz", part.md5) for part in mnist.PARTS] == torchvision.datasets.MNIST.resources


@pytest.mark.parametrize(
    "broken",
    [b"", b"\0\0", b"hello there", idx_bytes(np.zeros((3, 3)))[:-1], gzip.compress(b"abc")[:8]],
    ids=["empty", "two bytes", "text", "cut", "cut gzip"],
)
def test_broken_files_are_named(tmp_path: Path, broken: bytes) -> None:
    for name in ("digits", "digits.gz"):
        path = tmp_path / name
        path.write_bytes(broken)
        with pytest.raises(DataError, match="digits"):
            idx.read(path)


class Mirror(http.server.BaseHTTPRequestHandler):
    body = b"x" * 1000

    def do_GET(self) -> None:
        self.send_response(200 if "good" in self.path or "cut" in self.path else 404)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body[: 500 if "cut" in self.path else None])

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def mirror() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_the_first_mirror_that_gives_the_file_whole_is_used(tmp_path: Path, mirror: str) -> None:
    md5 = hashlib.md5(Mirror.body, usedforsecurity=False).hexdigest()
    received: list[int] = []
    mirrors = [f"{mirror}/gone/", f"{mirror}/cut/", f"{mirror}/good/"]
    fetch(mirrors, tmp_path / "file", md5, received.append)
    assert (tmp_path / "file").read_bytes() == Mirror.body
    assert received[-1] == 1000


@pytest.mark.parametrize("kind", ["cut", "gone", "wrong"])
def test_a_failed_download_leaves_nothing_and_says_so(tmp_path: Path, mirror: str, kind: str) -> None:
    place = {"wrong": "good"}.get(kind, kind)
    with pytest.raises(DataError, match="could not be downloaded"):
        fetch([f"{mirror}/{place}/"], tmp_path / "file", "0" * 32, lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_offline_is_said_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    with pytest.raises(DataError, match="Check the network"):
        registry.load("mnist")
    with pytest.raises(DataError, match="Start a run"):
        registry.load_at_hand("mnist")


def test_an_unknown_set_is_nearly_known() -> None:
    with pytest.raises(DataError, match="Did you mean mnist"):
        registry.get("minst")
