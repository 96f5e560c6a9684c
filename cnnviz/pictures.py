"""The pictures that are always at hand: scikit-image's photographs and test patterns drawn here."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.errors import ImageError
from cnnviz.images import Picture, open_picture

PHOTOGRAPHS = {
    "astronaut": ("Astronaut", "astronaut.png"), "chelsea": ("Cat", "chelsea.png"),
    "coffee": ("Coffee", "coffee.png"), "rocket": ("Rocket", "rocket.jpg"),
    "camera": ("Cameraman", "camera.png"), "coins": ("Coins", "coins.png"),
    "brick": ("Bricks", "brick.png"), "grass": ("Grass", "grass.png"),
    "moon": ("Moon", "moon.png"), "page": ("Printed page", "page.png"),
    "hubble": ("Deep field", "hubble_deep_field.jpg"), "retina": ("Retina", "retina.jpg"),
}  # fmt: skip


def photographs() -> dict[str, str]:
    """Name → label of the photographs that this installation has."""
    folder = _folder()
    return {name: label for name, (label, file) in PHOTOGRAPHS.items() if folder and (folder / file).is_file()}


def patterns() -> dict[str, str]:
    """Name → label of the test patterns."""
    return {name: label for name, (label, _) in PATTERNS.items()}


def bundled(name: str) -> Picture:
    """A photograph or a test pattern by name. Raises ImageError."""
    if name in PATTERNS:
        label, draw = PATTERNS[name]
        return Picture(label, np.asarray(np.round(draw() * 255), dtype=np.uint8)[:, :, None])
    if name not in photographs():
        raise ImageError(f"There is no picture called “{name[:40]}”.", "Choose one of the list.", field="picture")
    label, file = PHOTOGRAPHS[name]
    found = open_picture(photograph_file(name).read_bytes(), file)
    return Picture(label, found.pixels, found.notes)


def photograph_file(name: str) -> Path:
    """Where a photograph lies."""
    return (_folder() or Path()) / PHOTOGRAPHS[name][1]


def _folder() -> Path | None:
    # Found without importing scikit-image, which takes a while and is needed for nothing else here.
    spec = importlib.util.find_spec("skimage")
    return Path(spec.origin).parent / "data" if spec and spec.origin else None


Values = NDArray[np.float64]


def _step_edge() -> Values:
    return np.tile(np.where(np.arange(64) < 32, 0.2, 0.8), (64, 1))


def _checkerboard() -> Values:
    y, x = np.indices((64, 64)) // 8
    return ((x + y) % 2).astype(np.float64)


def _rings() -> Values:
    """Fresnel's zone plate: stripes of every direction, finer towards the rim."""
    y, x = np.mgrid[-1:1:256j, -1:1:256j]
    return np.asarray((1 + np.cos(180 * (x**2 + y**2))) / 2, dtype=np.float64)


def _impulse() -> Values:
    picture = np.zeros((31, 31))
    picture[15, 15] = 1
    return picture


def _gradient() -> Values:
    return np.tile(np.linspace(0, 1, 128), (128, 1))


def _shapes() -> Values:
    y, x = np.mgrid[0:128, 0:128]
    picture = np.full((128, 128), 0.15)
    picture[20:60, 16:56] = 0.9
    picture[(x - 92) ** 2 + (y - 40) ** 2 < 22**2] = 0.6
    picture[(y > 74) & (y < 114) & (np.abs(x - 64) < (y - 74))] = 0.75
    return picture


PATTERNS: dict[str, tuple[str, Callable[[], Values]]] = {
    "step": ("Step edge", _step_edge),
    "impulse": ("Single bright pixel", _impulse),
    "checkerboard": ("Checkerboard", _checkerboard),
    "rings": ("Rings (zone plate)", _rings),
    "gradient": ("Gradient", _gradient),
    "shapes": ("Shapes", _shapes),
}
