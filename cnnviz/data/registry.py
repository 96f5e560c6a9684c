"""The registry of data sets. Listing them reads nothing."""

from contextlib import suppress

from cnnviz.data import own
from cnnviz.data.catalogue import DATA_SETS
from cnnviz.data.entry import DataEntry
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress, silent
from cnnviz.errors import DataError
from cnnviz.naming import did_you_mean
from cnnviz.settings import data_dir

__all__ = ["DATA_SETS", "DataEntry", "all_entries", "get", "load", "load_at_hand", "stamp"]


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
    """Changes whenever the images of that name do: an own set may be replaced, another made of more than before."""
    if name in DATA_SETS:
        return str(DATA_SETS[name].num_images)
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
        classes=meta.classes,
        num_images=meta.num_images,
        num_train=meta.num_train,
        shape=meta.shape,
        download_mb=0,
        read=lambda folder, progress: own.load(meta.name),
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
            "Start a run on them: that downloads them again."
            if entry.download_mb
            else "Put their file back into that folder.",
            field="data",
        )
    return load(name)
