"""``cifar-10``, and ``cifar-2``: its airplanes and birds, as the first tutorial cuts them."""

import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnnviz.data import inert_pickle
from cnnviz.data.download import RemoteFile, fetch_all
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress
from cnnviz.errors import DataError

MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)
# The binary version: no pickle in it.
BINARY = RemoteFile("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", 170_052_171)
PYTHON_NAME = "cifar-10-python.tar.gz"
BINARY_FOLDER, PYTHON_FOLDER = "cifar-10-batches-bin", "cifar-10-batches-py"
BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
NUM_TRAIN = 50_000
# The tutorial's two classes, by their labels in CIFAR-10.
PAIR = ("airplane", "bird")
MAX_BATCH_BYTES = 100_000_000

Batch = tuple[NDArray[np.uint8], NDArray[np.int64]]


def at_hand(folder: Path) -> bool:
    """True when the batches are there in any of the forms that ``load`` reads."""
    return _source(folder) is not None


def load(folder: Path, progress: Progress) -> ImageSet:
    """All images as (60000, 3, 32, 32), the 50,000 for training first. Downloads them when they are not at hand."""
    if _source(folder) is None:
        fetch_all("CIFAR-10", MIRRORS, [BINARY], folder, progress)
    progress("Reading CIFAR-10", 1.0)
    batches = [batch for source in [_source(folder)] if source for batch in source()]
    num_train = sum(len(labels) for _, labels in batches[:-1])
    images, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    return ImageSet("cifar-10", images, labels, CLASSES, num_train=num_train)


def load_pair(folder: Path, progress: Progress) -> ImageSet:
    """Airplanes (0) and birds (1) as (12000, 3, 32, 32), the 10,000 for training first."""
    everything = load(folder, progress)
    labels = np.full(len(CLASSES), -1)
    labels[[CLASSES.index(name) for name in PAIR]] = range(len(PAIR))
    chosen = np.flatnonzero(labels[everything.labels] >= 0)
    num_train = int((chosen < (everything.num_train or 0)).sum())
    return ImageSet("cifar-2", everything.images[chosen], labels[everything.labels[chosen]], PAIR, num_train)


def _source(folder: Path) -> Callable[[], Iterator[Batch]] | None:
    """What reads the batches: torchvision's folder, the binary one, or an archive of either."""
    for name, ending, read in ((BINARY_FOLDER, ".bin", _binary), (PYTHON_FOLDER, "", _pickled)):
        paths = [folder / name / f"{batch}{ending}" for batch in BATCHES]
        if all(path.exists() for path in paths):
            return lambda paths=paths, read=read: (_opened(path, read) for path in paths)  # type: ignore[misc]
    for name, inside, ending, read in (
        (BINARY.name, BINARY_FOLDER, ".bin", _binary),
        (PYTHON_NAME, PYTHON_FOLDER, "", _pickled),
    ):
        if (folder / name).exists():
            wanted = [f"{inside}/{batch}{ending}" for batch in BATCHES]
            return lambda path=folder / name, wanted=wanted, read=read: _from_archive(path, wanted, read)  # type: ignore[misc]
    return None


Read = Callable[[BinaryIO, Path], Batch]


def _opened(path: Path, read: Read) -> Batch:
    try:
        with path.open("rb") as file:
            return read(file, path)
    except OSError as error:
        raise _broken(path, error.strerror or str(error)) from error


def _from_archive(path: Path, wanted: list[str], read: Read) -> Iterator[Batch]:
    """The batches in the order asked for. Only members of exactly those names are read, in memory; nothing is
    unpacked, so names like ``../x``, links and devices have nowhere to lead to."""
    found: dict[str, Batch] = {}
    try:
        with tarfile.open(path, "r|gz") as archive:
            for member in archive:
                if member.size > MAX_BATCH_BYTES:
                    raise _broken(path, f"{member.name} claims {member.size:,} bytes")
                if member.name in wanted:
                    found[member.name] = read(_content(archive, member, path), path)
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise _broken(path, str(error)) from error
    missing = [name for name in wanted if name not in found]
    if missing:
        raise _broken(path, f"it has no {missing[0]}")
    return (found[name] for name in wanted)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> BinaryIO:
    if not member.isreg():
        raise _broken(path, f"{member.name} is a link or device")
    content: Any = archive.extractfile(member)
    return content  # type: ignore[no-any-return]


def _binary(file: BinaryIO, path: Path) -> Batch:
    """Records of one label and 3·32·32 values (https://www.cs.toronto.edu/~kriz/cifar.html)."""
    raw = file.read(MAX_BATCH_BYTES + 1)
    if not raw or len(raw) % 3073 or len(raw) > MAX_BATCH_BYTES:
        raise _broken(path, f"a batch has {len(raw):,} bytes, not a whole number of 3,073")
    records = np.frombuffer(raw, np.uint8).reshape(-1, 3073)
    return records[:, 1:].reshape(-1, 3, 32, 32), _checked(records[:, 0].astype(np.int64), path)


def _pickled(file: BinaryIO, path: Path) -> Batch:
    """A pickled dictionary of ``data`` (N, 3072) and ``labels``, as Python 2 wrote it."""
    batch = inert_pickle.read(path, file)
    try:
        named = {key.decode("latin1") if isinstance(key, bytes) else key: value for key, value in batch.items()}
        values = inert_pickle.array_of(named["data"])
        labels = np.array(named["labels"], dtype=np.int64)
        if values.dtype != np.uint8 or values.shape != (len(labels), 3072) or not len(labels):
            raise ValueError(f"a batch has {values.shape} values for {len(labels)} labels")
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise inert_pickle.refused(path, str(error)) from error
    return values.reshape(-1, 3, 32, 32), _checked(labels, path)


def _checked(labels: NDArray[np.int64], path: Path) -> NDArray[np.int64]:
    if labels.min() < 0 or labels.max() >= len(CLASSES):
        raise _broken(path, f"its labels run from {labels.min()} to {labels.max()}")
    return labels


def _broken(path: Path, why: str) -> DataError:
    return DataError(f"{path.name} can't be read: {why}.", f"Delete {path} and download the set again.")
