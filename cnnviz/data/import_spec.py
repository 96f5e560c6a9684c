"""What a person asked for when bringing pictures in, and the limits that are said before anything is read."""

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from cnnviz.errors import SpecError
from cnnviz.images import MAX_BYTES, MAX_PIXELS
from cnnviz.spec_checks import one_of, whole

Fit = Literal["pad", "resize", "crop"]
FITS: tuple[Fit, ...] = ("pad", "resize", "crop")
LabelRule = Literal["number", "first"]
LABEL_RULES: tuple[LabelRule, ...] = ("number", "first")
MAX_SIDE = 512
MAX_IMAGES = 200_000
MAX_CLASSES, MANY_CLASSES = 1_000, 100
MAX_SET_BYTES = 4 * 10**9
MAX_ENTRIES = 1_000_000
MAX_NAME = 40
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
# Names that Windows keeps for devices, with or without an ending.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True, kw_only=True)
class ImportSpec:
    """One import: the set's name and what is done to each picture so that all are alike.

    ``channels`` is 1 for grey or 3 for colour. ``fit`` says how a picture of another shape gets to height × width:
    ``pad`` makes it fit and fills the rest with black, ``resize`` stretches it, ``crop`` fills the frame and cuts
    what sticks out. ``label_rule`` is for files without folders: ``number`` takes what stands before the closing
    number of the name (cat_001 → cat), ``first`` what stands before the first _, - or space.
    """

    name: str
    height: int = 28
    width: int = 28
    channels: int = 3
    fit: Fit = "pad"
    label_rule: LabelRule = "number"
    replace: bool = False

    def __post_init__(self) -> None:
        check_name(self.name)
        whole(self, "height", 1, MAX_SIDE)
        whole(self, "width", 1, MAX_SIDE)
        if self.channels not in (1, 3):
            raise SpecError(f"channels is {self.channels!r}.", "Give 1 for grey or 3 for colour.", field="channels")
        one_of(self, "fit", FITS)
        one_of(self, "label_rule", LABEL_RULES)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of each image of the set."""
        return self.channels, self.height, self.width

    @property
    def image_bytes(self) -> int:
        """What one image takes, on disk and in memory."""
        return self.channels * self.height * self.width

    def as_dict(self) -> dict[str, Any]:
        """The spec as plain JSON types."""
        return asdict(self)


def check_name(name: str) -> str:
    """The name, if it can stand for a set, in a link and as a folder everywhere. Raises SpecError."""
    good = isinstance(name, str) and _NAME.fullmatch(name) and len(name) <= MAX_NAME and not name.endswith(".")
    if not good or name.split(".")[0].lower() in _DEVICES:
        raise SpecError(
            f"A set can't be called {str(name)[:60]!r}.",
            f"Use up to {MAX_NAME} letters (a to z), digits, - and _; begin with a letter or digit.",
            field="name",
        )
    return name


def suggest_name(source: str) -> str:
    """A name for a set from that of a file or folder: "My Pictures.zip" gives "my-pictures"."""
    stem = re.split(r"[\\/]", source.rstrip("\\/"))[-1]
    stem = re.sub(r"\.(zip|npz)$", "", stem, flags=re.IGNORECASE).lower()
    plain = re.sub(r"[^a-z0-9_]+", "-", stem).strip("-_")[:MAX_NAME].strip("-_")
    return f"my-{plain}" if plain in _DEVICES else plain or "my-pictures"


def limits_text() -> str:
    """The limits in a sentence or two."""
    return (
        f"Up to {MAX_IMAGES:,} pictures in {MAX_CLASSES:,} classes, {MAX_PIXELS // 10**6} million pixels and "
        f"{MAX_BYTES // 10**6} MB each; the finished set may take {MAX_SET_BYTES // 10**9} GB. "
        "PNG, JPEG, WebP, BMP, TIFF and GIF are read."
    )
