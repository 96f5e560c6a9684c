"""What is done to training images before the network sees them, as one frozen dataclass; all of it off by default."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from cnnviz.errors import SpecError
from cnnviz.spec_checks import between, whole


@dataclass(frozen=True, kw_only=True)
class AugmentSpec:
    """How far training images are changed, each image drawn anew each time; everything else about them stays.

    ``rotation``: turned by an angle drawn from ±rotation, in degrees. ``shift``: moved along each axis by up to this
    share of the side. ``scale``: made larger or smaller by a factor drawn from 1 ± scale.
    ``horizontal_flip``, ``vertical_flip``, ``invert``: the share of images that are mirrored left to right, top to
    bottom, or turned into their negative.
    ``crop``: padded by so many pixels on each side and cut back to size at random, as is the custom for CIFAR-10.
    ``brightness``, ``contrast``, ``saturation``: multiplied by a factor drawn from 1 ± value; ``hue``: turned by up
    to this share of the colour circle. Saturation and hue change images of three channels only.
    ``blur``: a Gaussian with a standard deviation of up to so many pixels. ``erase``: a rectangle of up to this share
    of the image is blacked out. ``noise``: Gaussian noise with this standard deviation, as a share of white.
    What comes in from outside the image is black.
    """

    rotation: float = 0.0
    shift: float = 0.0
    scale: float = 0.0
    horizontal_flip: float = 0.0
    vertical_flip: float = 0.0
    crop: int = 0
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    invert: float = 0.0
    blur: float = 0.0
    erase: float = 0.0
    noise: float = 0.0

    def __post_init__(self) -> None:
        whole(self, "crop", 0, MAX_CROP)
        for name, (high, _) in LIMITS.items():
            between(self, name, 0, high)
            object.__setattr__(self, name, float(getattr(self, name)))

    @property
    def is_off(self) -> bool:
        """True when images stay as they are."""
        return self == AugmentSpec()

    def as_dict(self) -> dict[str, Any]:
        """The spec as plain JSON types; ``from_dict`` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "AugmentSpec":
        """A spec from ``as_dict``'s output or a part of it. Raises SpecError for what it does not know or can't use."""
        known = [item.name for item in fields(cls)]
        unknown = sorted(set(plain) - set(known))
        if unknown:
            raise SpecError(
                f"Unknown augmentations: {', '.join(unknown)}.", f"Known are {', '.join(known)}.", field="augment"
            )
        return cls(**plain)

    def __str__(self) -> str:
        """What is on, in words: "rotation 15, shift 0.1"; "none" when nothing is."""
        return ", ".join(f"{name} {value:g}" for name, value in asdict(self).items() if value) or "none"


MAX_CROP = 1024
# The largest value of each, and its unit as a page shows it.
LIMITS: dict[str, tuple[float, str]] = {
    "rotation": (180.0, "degrees"),
    "shift": (1.0, "share of the side"),
    "scale": (0.9, "share of the size"),
    "horizontal_flip": (1.0, "share of the images"),
    "vertical_flip": (1.0, "share of the images"),
    "brightness": (1.0, "share"),
    "contrast": (1.0, "share"),
    "saturation": (1.0, "share"),
    "hue": (0.5, "share of the colour circle"),
    "invert": (1.0, "share of the images"),
    "blur": (10.0, "pixels"),
    "erase": (1.0, "share of the area"),
    "noise": (1.0, "share of white"),
}
