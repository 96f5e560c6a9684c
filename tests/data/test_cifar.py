"""CIFAR-10 in each of its forms, read as torchvision reads it; archives that lead elsewhere are refused."""

import hashlib
import io
import os
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torchvision

from cnnviz.data import cifar, registry
from cnnviz.errors import DataError

PER_BATCH = 7
Batches = list[tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def batches() -> Batches:
    draw = np.random.default_rng(0)
    return [
        (draw.integers(0, 256, (PER_BATCH, 3072), np.uint8), np.arange(PER_BATCH) * (place + 1) % 10)
        for place in range(6)
    ]


def binary(pixels: np.ndarray, labels: np.ndarray) -> bytes:
    return np.concatenate([labels[:, None].astype(np.uint8), pixels], axis=1).tobytes()


def pickled(pixels: np.ndarray, labels: np.ndarray) -> bytes:
    return pickle.dumps({"data": pixels, "labels": labels.tolist(), "filenames": []}, protocol=2)


def as_python_2(pixels: np.ndarray, labels: np.ndarray) -> bytes:
    """The opcodes of the published files: bytes as texts of one byte a character, protocol 2."""

    def text(raw: bytes) -> bytes:
        return b"T" + len(raw).to_bytes(4, "little") + raw

    shape = b"K" + bytes([len(pixels)]) + b"M" + (3072).to_bytes(2, "little") + b"\x86"
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + text(b"b") + b"\x87R"
        b"(K\x01" + shape + b"cnumpy\ndtype\n" + text(b"u1") + b"K\x00K\x01\x87R"
        b"(K\x03" + text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89" + text(pixels.tobytes()) + b"tb"
    )
    numbers = b"](" + b"".join(b"K" + bytes([label]) for label in labels.tolist()) + b"e"
    return b"\x80\x02}(" + text(b"data") + array + text(b"labels") + numbers + b"u."


def write(folder: Path, form: str, batches: Batches) -> None:
    inside, ending, encode = {
        "bin": (cifar.BINARY_FOLDER, ".bin", binary),
        "py": (cifar.PYTHON_FOLDER, "", pickled),
        "py2": (cifar.PYTHON_FOLDER, "", as_python_2),
    }[form.split("-")[0]]
    members = {f"{inside}/{name}{ending}": encode(*batch) for name, batch in zip(cifar.BATCHES, batches, strict=True)}
    if not form.endswith("archive"):
        (folder / inside).mkdir()
        for name, content in members.items():
            (folder / name).write_bytes(content)
        return
    with tarfile.open(folder / (cifar.BINARY.name if form.startswith("bin") else cifar.PYTHON_NAME), "w:gz") as archive:
        for name, content in reversed(members.items()):
            add(archive, name, content)


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize("form", ["bin", "py", "py2", "bin-archive", "py-archive", "py2-archive"])
def test_every_form_gives_the_same_images(folder: Path, batches: Batches, form: str) -> None:
    assert not registry.get("cifar-10").at_hand()
    write(folder, form, batches)
    assert registry.get("cifar-10").at_hand()
    loaded = registry.load("cifar-10")
    assert loaded.images.shape == (6 * PER_BATCH, 3, 32, 32)
    assert loaded.num_train == 5 * PER_BATCH
    assert np.array_equal(loaded.images.reshape(-1, 3072), np.concatenate([pixels for pixels, _ in batches]))
    assert np.array_equal(loaded.labels, np.concatenate([labels for _, labels in batches]))


def test_torchvision_reads_the_same(folder: Path, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "py2", batches)
    meta = folder / cifar.PYTHON_FOLDER / "batches.meta"
    meta.write_bytes(pickle.dumps({"label_names": list(cifar.CLASSES)}, protocol=2))

    def md5(path: Path) -> str:
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()

    theirs = torchvision.datasets.CIFAR10
    lists = [[name, md5(folder / cifar.PYTHON_FOLDER / name)] for name in cifar.BATCHES]
    monkeypatch.setattr(theirs, "train_list", lists[:5])
    monkeypatch.setattr(theirs, "test_list", lists[5:])
    monkeypatch.setattr(theirs, "meta", {"filename": "batches.meta", "key": "label_names", "md5": md5(meta)})
    ours = registry.load("cifar-10")
    for train, part in ((True, slice(0, 5 * PER_BATCH)), (False, slice(5 * PER_BATCH, None))):
        loaded = theirs(folder, train=train, download=False)
        assert np.array_equal(loaded.data.transpose(0, 3, 1, 2), ours.images[part])
        assert loaded.targets == ours.labels[part].tolist()


def test_the_pair_is_airplanes_and_birds(folder: Path, batches: Batches) -> None:
    write(folder, "bin", batches)
    everything, pair = registry.load("cifar-10"), registry.load("cifar-2")
    kept = np.isin(everything.labels, [0, 2])
    assert np.array_equal(pair.images, everything.images[kept])
    assert np.array_equal(pair.labels, everything.labels[kept] // 2)
    assert pair.classes == ("airplane", "bird")
    assert pair.num_train == kept[: 5 * PER_BATCH].sum()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 3072,
        b"\x0a" + b"\x00" * 3072,
    ],
    ids=["empty", "short", "label 10"],
)
def test_a_broken_batch_is_named(folder: Path, batches: Batches, content: bytes) -> None:
    write(folder, "bin", batches)
    (folder / cifar.BINARY_FOLDER / "data_batch_3.bin").write_bytes(content)
    with pytest.raises(DataError, match=r"data_batch_3\.bin"):
        registry.load("cifar-10")


def test_a_cut_archive_is_named(folder: Path, batches: Batches) -> None:
    write(folder, "bin-archive", batches)
    path = folder / cifar.BINARY.name
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.raises(DataError, match=r"binary\.tar\.gz"):
        registry.load("cifar-10")


def test_an_archive_writes_nothing_and_leads_nowhere(folder: Path, batches: Batches) -> None:
    write(folder, "bin-archive", batches)
    secret = folder.parent / "secret"
    secret.write_bytes(binary(*batches[0]))
    outside = folder.parent / "escaped"
    path = folder / cifar.BINARY.name
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "../escaped", b"x")
        add(archive, str(outside), b"x")
        link = tarfile.TarInfo(f"{cifar.BINARY_FOLDER}/data_batch_1.bin")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(link)
    before = sorted(folder.rglob("*"))
    with pytest.raises(DataError, match="link"):
        registry.load("cifar-10")
    assert sorted(folder.rglob("*")) == before
    assert not outside.exists()


def test_an_archive_that_claims_too_much_is_refused(folder: Path) -> None:
    with tarfile.open(folder / cifar.BINARY.name, "w:gz") as archive:
        member = tarfile.TarInfo("zeros")
        member.size = cifar.MAX_BATCH_BYTES + 1
        archive.addfile(member, io.BytesIO(bytes(member.size)))
    with pytest.raises(DataError, match="claims"):
        registry.load("cifar-10")


class Evil:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {self.path}",)


def test_a_batch_that_runs_something_is_refused_unrun(folder: Path, batches: Batches, tmp_path: Path) -> None:
    write(folder, "py", batches)
    trace = tmp_path / "trace"
    evil = pickle.dumps({"data": Evil(trace), "labels": []}, protocol=2)
    (folder / cifar.PYTHON_FOLDER / "data_batch_1").write_bytes(evil)
    with pytest.raises(DataError, match="more than data"):
        registry.load("cifar-10")
    assert not trace.exists()
