"""The registry of data sets. Listing them reads nothing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cnnviz.data import mnist, mnist_5k, own
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress, silent
from cnnviz.errors import DataError
from cnnviz.naming import did_you_mean
from cnnviz.settings import data_dir


@dataclass(frozen=True, kw_only=True)
class DataEntry:
    """A data set by name: what is in it, where it comes from, how to load it."""

    name: str
    title: str
    about: str
    licence: str
    num_classes: int
    num_images: int
    num_train: int | None  # None: the split is drawn
    shape: tuple[int, int, int]
    download_mb: float
    read: Callable[[Path, Progress], ImageSet]
    is_at_hand: Callable[[Path], bool]

    def at_hand(self) -> bool:
        """True when it loads without a network."""
        return self.is_at_hand(data_dir())

    def sizes(self, valid_fraction: float) -> tuple[int, int]:
        """Numbers of training and validation images before any cut."""
        train = self.num_train or self.num_images - round(self.num_images * valid_fraction)
        return train, self.num_images - train


_DIGITS = {"licence": "CC BY-SA 3.0, Yann LeCun and Corinna Cortes", "num_classes": 10, "shape": (1, 28, 28)}
_ALL = (
    DataEntry(
        name="mnist-5k",
        title="5,000 handwritten digits",
        about="Real MNIST digits, 500 of each, that come with the app.",
        num_images=5_000,
        num_train=None,
        download_mb=0,
        read=mnist_5k.load,
        is_at_hand=mnist_5k.at_hand,
        **_DIGITS,  # type: ignore[arg-type]
    ),
    DataEntry(
        name="mnist",
        title="MNIST",
        about="All 70,000 handwritten digits, 60,000 of them for training.",
        num_images=70_000,
        num_train=60_000,
        download_mb=11.6,
        read=mnist.load,
        is_at_hand=mnist.at_hand,
        **_DIGITS,  # type: ignore[arg-type]
    ),
)
DATA_SETS = {entry.name: entry for entry in _ALL}


def own_entries() -> dict[str, DataEntry]:
    """A person's own sets, as they are in the data folder now."""
    return {meta.name: _own_entry(meta) for meta in own.metas()}


def all_entries() -> dict[str, DataEntry]:
    """Every set by name: those that cnnviz knows, then a person's own."""
    return {**DATA_SETS, **{name: entry for name, entry in own_entries().items() if name not in DATA_SETS}}


def get(name: str) -> DataEntry:
    """The entry of that name. Raises DataError, with the nearest name as a hint."""
    if name in DATA_SETS:
        return DATA_SETS[name]
    with suppress(DataError):
        return _own_entry(own.read_meta(name))
    hint = f"{did_you_mean(name, all_entries())} A set of your own that was removed comes back by importing it again."
    raise DataError(f"There is no data set called {name!r}.", hint, field="data")


def stamp(name: str) -> str:
    """Changes whenever the images of that name do: an own set may be replaced, the others stay."""
    if name in DATA_SETS:
        return ""
    with suppress(DataError):
        return own.read_meta(name).stamp
    return "gone"


def _own_entry(meta: own.OwnMeta) -> DataEntry:
    return DataEntry(
        name=meta.name,
        title=meta.name,
        about=f"Your own: {meta.num_images:,} pictures in {len(meta.classes):,} classes.",
        licence="yours",
        num_classes=len(meta.classes),
        num_images=meta.num_images,
        num_train=meta.num_train,
        shape=meta.shape,
        download_mb=0,
        read=lambda folder, progress: own.load(meta.name),
        is_at_hand=lambda folder: True,
    )


def load(name: str, progress: Progress = silent) -> ImageSet:
    """The images of that name, downloaded if need be. Raises DataError."""
    return get(name).read(data_dir(), progress)


def load_at_hand(name: str) -> ImageSet:
    """The images of that name without going to the network. Raises DataError when that can't be."""
    entry = get(name)
    if not entry.at_hand():
        raise DataError(
            f"The images of {entry.title} are not in {data_dir()}.",
            "Start a run on them: that downloads them again.",
            field="data",
        )
    return load(name)
