"""A person's own sets: ``own/NAME`` in the data folder, each with its images, what they are, and how they came."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from cnnviz.data.image_set import ImageSet
from cnnviz.data.import_spec import check_name
from cnnviz.errors import CnnvizError, DataError
from cnnviz.files import written_whole
from cnnviz.settings import data_dir


@dataclass(frozen=True, kw_only=True)
class OwnMeta:
    """``meta.json`` of a set: what it holds and what the import left out. stamp: changes with every import."""

    name: str
    stamp: str
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    num_images: int
    num_train: int | None
    shape: tuple[int, int, int]
    spec: dict[str, Any] = field(default_factory=dict)
    skipped: tuple[tuple[str, str], ...] = ()
    skipped_reasons: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    created: float = 0.0

    @property
    def num_bytes(self) -> int:
        """What the images take on disk."""
        return self.num_images * int(np.prod(self.shape))


def own_dir() -> Path:
    """The folder of own sets."""
    return data_dir() / "own"


def metas() -> list[OwnMeta]:
    """The own sets, by name. A folder that can't be read is left out."""
    found = []
    with suppress(OSError):
        for path in sorted(own_dir().iterdir()):
            if not path.name.startswith("."):
                with suppress(DataError):
                    found.append(read_meta(path.name))
    return found


def read_meta(name: str) -> OwnMeta:
    """What a set holds. Raises DataError when there is none of that name or it can't be read."""
    try:
        plain = json.loads((_folder(name) / "meta.json").read_bytes())
        classes, counts = tuple(map(str, plain["classes"])), tuple(map(int, plain["counts"]))
        shape = tuple(map(int, plain["shape"]))
        meta = OwnMeta(**{**plain, "name": name, "classes": classes, "counts": counts, "shape": shape,
                          "skipped": tuple(map(tuple, plain["skipped"])), "notes": tuple(plain["notes"])})  # fmt: skip
        if len(shape) != 3 or len(classes) != len(counts) or not isinstance(meta.num_images, int):
            raise ValueError("its figures do not fit one another")
    except FileNotFoundError as error:
        raise DataError(
            f"There is no set of your own called {name!r}.", "It may have been removed.", field="data"
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"meta.json of {name} can't be read: {error}.", "Import the set again.", field="data"
        ) from error
    return meta


def load(name: str) -> ImageSet:
    """The images of a set, left on disk until they are looked at. Raises DataError."""
    meta = read_meta(name)
    try:
        images = np.load(_folder(name) / "images.npy", mmap_mode="r", allow_pickle=False)
        labels = np.load(_folder(name) / "labels.npy", allow_pickle=False).astype(np.int64)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"The images of {name} can't be read: {error}.", "Import the set again.", field="data"
        ) from error
    if read_meta(name).stamp != meta.stamp:  # replaced in between
        return load(name)
    if images.shape != (meta.num_images, *meta.shape) or images.dtype != np.uint8:
        raise DataError(
            f"The images of {name} are {images.dtype} {images.shape}.", "Import the set again.", field="data"
        )
    return ImageSet(name, images, labels, meta.classes, meta.num_train)


def sizes(name: str) -> NDArray[np.int32]:
    """(N, 2): height and width of each picture before it was brought to size. Raises DataError."""
    try:
        return np.asarray(np.load(_folder(name) / "sizes.npy", allow_pickle=False), dtype=np.int32)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"The sizes of {name} can't be read: {error}.", "Import the set again.", field="data"
        ) from error


def taken(name: str) -> str:
    """The name of the set that has this name, whatever its capitals, or ""."""
    with suppress(OSError):
        return next((path.name for path in own_dir().iterdir() if path.name.lower() == name.lower()), "")
    return ""


def remove(name: str) -> None:
    """Delete a set. Runs that have it open keep what they read. Raises DataError."""
    folder = _folder(name)
    if not folder.is_dir():
        raise DataError(f"There is no set of your own called {name!r}.", "It may have been removed.", field="data")
    with held(name):
        gone = own_dir() / f".{name.lower()}.removed"
        try:
            shutil.rmtree(gone, ignore_errors=True)
            folder.rename(gone)  # at once, so that nobody meets half a set
        except OSError as error:
            raise DataError(f"{name} can't be removed: {error.strerror}.", f"Delete {folder} by hand.") from error
        shutil.rmtree(gone, ignore_errors=True)


@contextmanager
def held(name: str) -> Iterator[None]:
    """Hold a name against other imports, here and in other processes. Raises DataError."""
    try:
        own_dir().mkdir(parents=True, exist_ok=True)
        lock = FileLock(own_dir() / f".{name.lower()}.lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise DataError(
            f"{name} is being imported already.", "Wait for it or choose another name.", field="name"
        ) from error
    except OSError as error:
        raise unwritable(error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def fresh_folder(name: str, *, replace: bool) -> Iterator[Path]:
    """A folder to fill; it becomes the set of that name when all went well, and is gone otherwise."""
    with held(name):
        before = taken(name)
        if before and not replace:
            raise already_there(before)
        part = own_dir() / f".{name.lower()}.part"
        try:
            shutil.rmtree(part, ignore_errors=True)  # of an import that was killed
            part.mkdir(parents=True)
            yield part
            if before:
                (own_dir() / before).rename(part / ".before")
            part.rename(own_dir() / name)
            shutil.rmtree(own_dir() / name / ".before", ignore_errors=True)
        except OSError as error:
            raise unwritable(error) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)


def write_meta(folder: Path, meta: OwnMeta) -> None:
    """Write ``meta.json``, the last file of a set."""
    with written_whole(folder / "meta.json") as file:
        file.write(json.dumps(asdict(meta), ensure_ascii=True).encode())


def already_there(name: str) -> DataError:
    """The refusal of a name that is taken."""
    return DataError(
        f"There is a set called {name} already.", "Choose another name, or say that it is to be replaced.", field="name"
    )


def unwritable(error: OSError) -> DataError:
    """What to say when the data folder can't be written."""
    return DataError(
        f"{own_dir()} can't be written: {error.strerror or error}.",
        "Make room there, or set CNNVIZ_DATA to another folder.",
        field="path",
    )


def _folder(name: str) -> Path:
    try:
        return own_dir() / check_name(name)
    except CnnvizError as error:
        raise DataError(error.message, error.hint, field="data") from error
