"""The registry of data sets. Listing them reads nothing."""

from cnnviz.data.catalogue import DATA_SETS
from cnnviz.data.entry import DataEntry
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress, silent
from cnnviz.errors import DataError
from cnnviz.naming import did_you_mean
from cnnviz.settings import data_dir

__all__ = ["DATA_SETS", "DataEntry", "get", "load", "load_at_hand"]


def get(name: str) -> DataEntry:
    """The entry of that name. Raises DataError, with the nearest name as a hint."""
    if name in DATA_SETS:
        return DATA_SETS[name]
    raise DataError(f"There is no data set called {name!r}.", did_you_mean(name, DATA_SETS), field="data")


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
