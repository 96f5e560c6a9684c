"""What the registry knows of a data set without reading it."""

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress
from cnnviz.settings import data_dir


def always(folder: Path) -> bool:
    """At hand whatever is in the data folder: part of an installed package, or drawn."""
    return True


def never(folder: Path) -> bool:
    """Not slow, whatever is in the data folder."""
    return False


@dataclass(frozen=True, kw_only=True)
class DataEntry:
    """A data set by name: what is in it, where it comes from, how to load it.

    ``mean`` and ``std`` are the customary ones, of pixels scaled to [0, 1], for each channel or for all.
    ``synthetic`` sets are drawn by a generator and are no measurements: that is said wherever they are shown.
    ``download_mb`` of 0 with nothing at hand: a person has to put the file into the data folder.
    ``classes`` are their names, where they are known without reading; ``place`` says which files below the data folder
    make it at hand. ``is_slow`` is true while a first reading would take minutes.
    ``facts`` gives those fields that depend on what is in the data folder.
    """

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
    is_at_hand: Callable[[Path], bool] = always
    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.5,)
    synthetic: bool = False
    classes: tuple[str, ...] = ()
    place: str = ""
    is_slow: Callable[[Path], bool] = never
    facts: Callable[[Path], dict[str, Any]] | None = None

    def at_hand(self) -> bool:
        """True when it loads without a network."""
        return self.is_at_hand(data_dir())

    def is_ready(self) -> bool:
        """True when it loads without a network and in seconds."""
        return self.at_hand() and not self.is_slow(data_dir())

    def how_to_get(self) -> str:
        """How it comes here, in a few words."""
        if self.at_hand():
            return "at hand"
        if self.download_mb:
            return f"downloads {self.download_mb:.0f} MB when first used"
        return "needs its file in the data folder"

    def now(self) -> "DataEntry":
        """The entry with what holds for the data folder as it is."""
        return replace(self, **self.facts(data_dir())) if self.facts else self

    def sizes(self, valid_fraction: float) -> tuple[int, int]:
        """Numbers of training and validation images before any cut."""
        train = self.num_train or self.num_images - round(self.num_images * valid_fraction)
        return train, self.num_images - train


class Catalogue(MutableMapping[str, DataEntry]):
    """Entries by name, each as the data folder is when it is asked for."""

    def __init__(self, entries: tuple[DataEntry, ...]) -> None:
        self._entries = {entry.name: entry for entry in entries}

    def __getitem__(self, name: str) -> DataEntry:
        return self._entries[name].now()

    def __setitem__(self, name: str, entry: DataEntry) -> None:
        self._entries[name] = entry

    def __delitem__(self, name: str) -> None:
        del self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
