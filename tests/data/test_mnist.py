"""The digits: read as torchvision reads them, fetched whole or not at all."""

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torchvision

from cnnviz.data import idx, registry
from cnnviz.data.idx_sets import FASHION_MNIST, KMNIST, MNIST, NAMES, IdxSet
from cnnviz.data.image_set import ImageSet
from cnnviz.errors import DataError

SHARED = Path(__file__).parents[3] / "shared" / "data" / "mnist"


def idx_bytes(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(np.uint8).tobytes()


def write_small_mnist(folder: Path, num_train: int = 30, num_test: int = 10, family: IdxSet = MNIST) -> None:
    raw = folder / family.folder_name / "raw"
    raw.mkdir(parents=True)
    draw = np.random.default_rng(0)
    for name, size in zip(NAMES, (num_train, num_train, num_test, num_test), strict=True):
        shape = (size, 28, 28) if "images" in name else (size,)
        array = draw.integers(0, 256 if len(shape) == 3 else 10, shape)
        (raw / f"{name}.gz").write_bytes(gzip.compress(idx_bytes(array)))


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
    for name in NAMES:
        packed = SHARED / "MNIST" / "raw" / f"{name}.gz"
        (unpacked / name).write_bytes(gzip.decompress(packed.read_bytes()))
    for train, images, labels in (
        (True, ours.images[:60_000], ours.labels[:60_000]),
        (False, ours.images[60_000:], ours.labels[60_000:]),
    ):
        theirs = torchvision.datasets.MNIST(tmp_path / "unpacked", train=train, download=False)
        assert np.array_equal(theirs.data.numpy(), images[:, 0])
        assert np.array_equal(theirs.targets.numpy(), labels)


@pytest.mark.parametrize("family", [MNIST, FASHION_MNIST, KMNIST], ids=lambda family: family.name)
def test_checksums_and_mirrors_are_torchvisions(family: IdxSet) -> None:
    theirs = getattr(torchvision.datasets, family.folder_name)
    assert [(file.name, file.md5) for file in family.files] == theirs.resources
    assert set(family.mirrors) & set(theirs.mirrors)
    assert registry.get(family.name).download_mb == round(sum(file.num_bytes for file in family.files) / 1e6, 1)


@pytest.mark.parametrize("family", [FASHION_MNIST, KMNIST], ids=lambda family: family.name)
def test_files_of_the_family_are_read_as_torchvision_does(
    family: IdxSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_small_mnist(tmp_path, family=family)
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    loaded = registry.load(family.name)
    raw = tmp_path / family.folder_name / "raw"
    for name in NAMES:
        (raw / name).write_bytes(gzip.decompress((raw / f"{name}.gz").read_bytes()))
    theirs = getattr(torchvision.datasets, family.folder_name)(tmp_path, train=True, download=False)
    assert np.array_equal(theirs.data.numpy(), loaded.images[:30, 0])
    assert np.array_equal(theirs.targets.numpy(), loaded.labels[:30])
    assert np.array_equal(registry.load(family.name).images, loaded.images)
    assert len(loaded.classes) == len(theirs.classes) == 10


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0\0",
        b"hello there",
        b"\0\0\x08\x03\0\0",
        b"\0\0\x08\xff" + b"\xff" * 1020,
        idx_bytes(np.zeros((3, 3)))[:-1],
        gzip.compress(b"abc")[:8],
    ],
    ids=["empty", "two bytes", "text", "cut header", "huge", "cut", "cut gzip"],
)
def test_broken_files_are_named(tmp_path: Path, broken: bytes) -> None:
    for name in ("digits", "digits.gz"):
        path = tmp_path / name
        path.write_bytes(broken)
        with pytest.raises(DataError, match="digits"):
            idx.read(path)


def test_offline_is_said_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    nowhere = replace(MNIST, mirrors=("http://127.0.0.1:9/",))
    entry = replace(registry.get("mnist"), read=nowhere.load)
    monkeypatch.setitem(registry.DATA_SETS, "mnist", entry)
    with pytest.raises(DataError, match="Check the network"):
        registry.load("mnist")
    with pytest.raises(DataError, match="Start a run"):
        registry.load_at_hand("mnist")


def test_an_unknown_set_is_nearly_known() -> None:
    with pytest.raises(DataError, match="Did you mean mnist"):
        registry.get("minst")
