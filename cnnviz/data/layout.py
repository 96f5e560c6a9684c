"""Which class and which part each file of a collection belongs to, told from its path alone."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cnnviz.data.skipped import Skips

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")
TRAIN, VALID, TEST = {"train", "training"}, {"valid", "val", "validation"}, {"test", "testing"}
_CLUTTER = {"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin"}
_SEPARATORS = " _-."


@dataclass(frozen=True)
class Found:
    """One picture: its path as the person knows it, its class, and whether it is for training or validation.

    key: where the source finds it. part: "train", "valid", or "" where the collection does not say.
    """

    path: str
    class_name: str
    part: str
    key: int


@dataclass
class Layout:
    """What a collection holds, in the order of the finished set: training first, then class by class."""

    found: list[Found]
    notes: list[str] = field(default_factory=list)

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names as torchvision's ImageFolder orders them; whole numbers by their value."""
        return in_order({item.class_name for item in self.found})

    @property
    def num_train(self) -> int | None:
        """How many are for training; None where the split has to be drawn."""
        return sum(item.part == "train" for item in self.found) if any(item.part for item in self.found) else None


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Class names in order: by value if all are whole numbers, else by their characters."""
    found = list(names)
    if all(name.isascii() and name.isdigit() for name in found):
        return tuple(sorted(found, key=lambda name: (int(name), name)))
    return tuple(sorted(found))


def is_clutter(path: str) -> bool:
    """True for what systems leave behind: __MACOSX, .DS_Store, Thumbs.db and anything hidden."""
    return any(part.lower() in _CLUTTER or part.startswith(".") for part in path.split("/"))


def arrange(paths: Sequence[tuple[int, str]], skips: Skips, label_rule: str = "number") -> Layout:
    """The pictures among (key, path) pairs, paths with "/" between folders, with their classes and parts.

    Folders that hold everything are looked through. Below them, ``train`` and one of ``valid``, ``val``, ``test`` fix
    the split; then the first folder is the class, as in torchvision's ImageFolder. Without folders the names say it.
    """
    pictures = [(key, path, path.split("/")) for key, path in paths if _is_picture(path, skips)]
    top = _common_folders([parts for _, _, parts in pictures])
    pictures = [(key, path, parts[top:]) for key, path, parts in pictures]
    if pictures and all(len(parts) == 1 for _, _, parts in pictures):
        return _sorted(_by_name(pictures, label_rule, skips), [])
    notes: list[str] = []
    found = _by_folder(pictures, _parts_of([parts for _, _, parts in pictures], notes), skips)
    return _sorted(found, notes)


def label_from_name(name: str, rule: str) -> str:
    """The class that a file's name says, or "": "cat_001.png" → "cat", "7-12.jpg" → "7"."""
    stem = name.rpartition(".")[0] or name
    if rule == "first":
        pieces = re.split(r"[ _-]", stem, maxsplit=1)
        return pieces[0].strip(_SEPARATORS) if len(pieces) == 2 else ""
    apart = re.fullmatch(r"(.+?)[ _.-]+\(?\d+\)?", stem) or re.fullmatch(r"(.*\D)\d+", stem)
    return apart.group(1).strip(_SEPARATORS + "(") if apart else ""


def _is_picture(path: str, skips: Skips) -> bool:
    if is_clutter(path):
        return False
    lower = path.lower()
    if lower.endswith(PICTURES):
        return True
    skips.add(path, "an archive within the collection" if lower.endswith(ARCHIVES) else "not a picture by its name")
    return False


def _common_folders(all_parts: Sequence[list[str]]) -> int:
    """How many folders at the top hold everything, so that the class folders stay."""
    top = 0
    while all_parts and all(len(parts) > top + 2 for parts in all_parts):
        if len({parts[top] for parts in all_parts}) > 1:
            break
        top += 1
    return top


def _parts_of(all_parts: Sequence[list[str]], notes: list[str]) -> dict[str, str] | None:
    """Folder → part where the first folders are parts; None where they are classes."""
    tops = {parts[0] for parts in all_parts if len(parts) > 1}
    lower = {top.lower() for top in tops}
    if not lower or not lower <= TRAIN | VALID | TEST or not all(len(parts) != 2 for parts in all_parts):
        return None
    if not lower & TRAIN or len(lower) == 1:
        notes.append(f"{' and '.join(sorted(tops))} holds everything, so the split is drawn.")
        return dict.fromkeys(tops, "")
    counts = Counter(parts[0] for parts in all_parts)
    parts = {}
    for top in tops:
        spare = top.lower() in TEST and bool(lower & VALID)
        parts[top] = "train" if top.lower() in TRAIN else "spare" if spare else "valid"
        if spare:
            notes.append(f"{counts[top]:,} pictures in {top}/ were left out: there is a validation part beside it.")
    return parts


def _by_folder(
    pictures: Sequence[tuple[int, str, list[str]]], part_of: dict[str, str] | None, skips: Skips
) -> list[Found]:
    found = []
    for key, path, parts in pictures:
        if len(parts) < (2 if part_of is None else 3):
            skips.add(path, "in no class folder")
        elif part_of is None:
            found.append(Found(path, parts[0], "", key))
        elif part_of[parts[0]] != "spare":
            found.append(Found(path, parts[1], part_of[parts[0]], key))
    return found


def _by_name(pictures: Sequence[tuple[int, str, list[str]]], rule: str, skips: Skips) -> list[Found]:
    found = []
    for key, path, parts in pictures:
        label = label_from_name(parts[-1], rule)
        if label:
            found.append(Found(path, label, "", key))
        else:
            skips.add(path, "its name says no class")
    return found


def _sorted(found: list[Found], notes: list[str]) -> Layout:
    place = {name: at for at, name in enumerate(in_order({item.class_name for item in found}))}
    found.sort(key=lambda item: (item.part == "valid", place[item.class_name], item.path))
    return Layout(found, notes)
