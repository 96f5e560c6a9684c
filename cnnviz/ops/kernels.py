"""Named kernels, and what can be done to one by hand. Arrays are (kH, kW) float64.

They are used as they stand: PyTorch's ``conv2d`` is cross-correlation, so nothing is flipped.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]


def identity(size: int = 3) -> Weights:
    """Zeros with a one in the middle: the picture as it was."""
    kernel = np.zeros((size, size))
    kernel[size // 2, size // 2] = 1
    return kernel


def box(size: int = 3) -> Weights:
    """The mean of k×k pixels, every weight 1/k². Size 3 is the blur of the tutorial."""
    return np.full((size, size), 1 / size**2)


def gaussian(size: int = 5, sigma: float = 1.0) -> Weights:
    """exp(−r² / 2σ²), scaled to sum 1; σ in pixels. With size 2·round(4σ) + 1 it is scipy's
    ``gaussian_filter``."""
    _, _, squared = _grid(size)
    kernel = np.exp(-squared / (2 * sigma**2))
    return np.asarray(kernel / kernel.sum(), dtype=np.float64)


def sharpen() -> Weights:
    """The pixel and what sets it apart from its four neighbours."""
    return np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], dtype=np.float64)


def unsharp(size: int = 5, sigma: float = 1.0, amount: float = 1.0) -> Weights:
    """Unsharp masking: picture + amount · (picture − its Gaussian blur)."""
    return (1 + amount) * identity(size) - amount * gaussian(size, sigma)


def prewitt_x() -> Weights:
    """Rows of −1, 0, 1: the vertical edge of the tutorial."""
    return np.array([[-1, 0, 1]] * 3, dtype=np.float64)


def prewitt_y() -> Weights:
    """Prewitt turned: horizontal edges."""
    return prewitt_x().T.copy()


def sobel_x() -> Weights:
    """Prewitt with the middle row counted twice."""
    return np.outer([1, 2, 1], [-1, 0, 1]).astype(np.float64)


def sobel_y() -> Weights:
    """Sobel turned: horizontal edges."""
    return sobel_x().T.copy()


def scharr_x() -> Weights:
    """Weights 3, 10, 3: slope that depends least on the edge's angle."""
    return np.outer([3, 10, 3], [-1, 0, 1]).astype(np.float64)


def scharr_y() -> Weights:
    """Scharr turned: horizontal edges."""
    return scharr_x().T.copy()


def laplacian_4() -> Weights:
    """Second derivative from the four nearest neighbours; scipy's ``laplace``."""
    return np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=np.float64)


def laplacian_8() -> Weights:
    """Second derivative from all eight neighbours."""
    return np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]], dtype=np.float64)


def outline() -> Weights:
    """The Laplacian of eight neighbours with its sign turned: bright where a pixel stands out."""
    return -laplacian_8()


def emboss() -> Weights:
    """Light from the lower right, as on stamped metal."""
    return np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], dtype=np.float64)


def laplacian_of_gaussian(size: int = 7, sigma: float = 1.2) -> Weights:
    """(r² − 2σ²) / σ⁴ · Gaussian, shifted to sum 0: blobs and edges about σ wide (Marr and Hildreth,
    1980)."""
    _, _, squared = _grid(size)
    return zero_mean((squared - 2 * sigma**2) / sigma**4 * gaussian(size, sigma))


def gabor(size: int = 9, angle: float = 0.0, wavelength: float = 4.0) -> Weights:
    """cos(2πu / λ) under a Gaussian of σ = λ / 2, shifted to sum 0; u runs along the angle in degrees
    (Daugman, 1985)."""
    y, x, squared = _grid(size)
    turn = np.deg2rad(angle)
    along = x * np.cos(turn) + y * np.sin(turn)
    return zero_mean(np.exp(-squared / (wavelength**2 / 2)) * np.cos(2 * np.pi * along / wavelength))


def motion_blur(size: int = 9, angle: float = 0.0) -> Weights:
    """The mean along a line through the middle; angle in degrees, counted clockwise from the right."""
    y, x, _ = _grid(size)
    turn = np.deg2rad(angle)
    away = np.abs(y * np.cos(turn) - x * np.sin(turn))
    kernel = np.clip(1 - away, 0, None)
    return np.asarray(kernel / kernel.sum(), dtype=np.float64)


def random(size: int = 3, seed: int = 1) -> Weights:
    """Numbers from −1 to 1 in hundredths, the same for the same seed here and in the browser."""
    draw = _mulberry32(int(seed))
    return np.array([[np.floor(draw() * 201) / 100 - 1 for _ in range(size)] for _ in range(size)])


def _grid(size: int) -> tuple[Weights, Weights, Weights]:
    half = np.arange(size) - (size - 1) / 2
    y, x = np.meshgrid(half, half, indexing="ij")
    return y, x, x**2 + y**2


def _mulberry32(seed: int) -> Callable[[], float]:
    """Tommy Ettinger's 32-bit generator: short enough to have twice."""
    state, mask = seed & 0xFFFFFFFF, 0xFFFFFFFF

    def draw() -> float:
        nonlocal state
        state = (state + 0x6D2B79F5) & mask
        t = ((state ^ (state >> 15)) * (state | 1)) & mask
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & mask)) & mask
        return ((t ^ (t >> 14)) & mask) / 4294967296

    return draw


def transpose(kernel: Weights) -> Weights:
    """Rows become columns: x edges become y edges."""
    return kernel.T.copy()


def flip_across(kernel: Weights) -> Weights:
    """Left and right change places."""
    return kernel[:, ::-1].copy()


def flip_down(kernel: Weights) -> Weights:
    """Top and bottom change places."""
    return kernel[::-1].copy()


def rotate(kernel: Weights) -> Weights:
    """A quarter turn clockwise."""
    return np.rot90(kernel, -1).copy()


def negate(kernel: Weights) -> Weights:
    """Every weight with its sign turned."""
    return 0 - kernel


def sum_to_one(kernel: Weights) -> Weights:
    """Scaled so that a flat area keeps its brightness; a kernel of sum 0 stays as it is."""
    total = kernel.sum()
    return kernel / total if abs(total) > 1e-9 else kernel.copy()


def zero_mean(kernel: Weights) -> Weights:
    """Shifted so that a flat area gives 0."""
    return np.asarray(kernel - kernel.mean(), dtype=np.float64)


@dataclass(frozen=True)
class Parameter:
    """A number a preset takes, and the range of its slider."""

    name: str
    label: str
    default: float
    least: float
    most: float
    step: float


@dataclass(frozen=True)
class Preset:
    """A named kernel."""

    name: str
    label: str
    make: Callable[..., Weights]
    parameters: tuple[Parameter, ...] = ()


def _size(default: int) -> Parameter:
    return Parameter("size", "Size, pixels", default, 1, 11, 2)


_SIGMA = Parameter("sigma", "σ, pixels", 1.0, 0.3, 4.0, 0.1)
_ANGLE = Parameter("angle", "Angle, °", 0, 0, 180, 5)

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("identity", "Identity", identity, (_size(3),)),
        Preset("box", "Box blur", box, (_size(3),)),
        Preset("gaussian", "Gaussian blur", gaussian, (_size(5), _SIGMA)),
        Preset("motion_blur", "Motion blur", motion_blur, (_size(9), _ANGLE)),
        Preset("sharpen", "Sharpen", sharpen),
        Preset("unsharp", "Unsharp mask", unsharp,
               (_size(5), _SIGMA, Parameter("amount", "Amount", 1, 0, 5, 0.1))),
        Preset("prewitt_x", "Vertical edge (Prewitt x)", prewitt_x),
        Preset("prewitt_y", "Horizontal edge (Prewitt y)", prewitt_y),
        Preset("sobel_x", "Sobel x", sobel_x),
        Preset("sobel_y", "Sobel y", sobel_y),
        Preset("scharr_x", "Scharr x", scharr_x),
        Preset("scharr_y", "Scharr y", scharr_y),
        Preset("laplacian_4", "Laplacian, 4 neighbours", laplacian_4),
        Preset("laplacian_8", "Laplacian, 8 neighbours", laplacian_8),
        Preset("outline", "Outline", outline),
        Preset("emboss", "Emboss", emboss),
        Preset("log", "Laplacian of Gaussian", laplacian_of_gaussian,
               (_size(7), Parameter("sigma", "σ, pixels", 1.2, 0.5, 3.0, 0.1))),
        Preset("gabor", "Gabor", gabor,
               (_size(9), _ANGLE, Parameter("wavelength", "Wavelength, pixels", 4, 2, 12, 0.5))),
        Preset("random", "Random", random, (_size(3), Parameter("seed", "Seed", 1, 1, 999, 1))),
    )
}  # fmt: skip
EDITS: dict[str, Callable[[Weights], Weights]] = {
    "transpose": transpose, "flip_across": flip_across, "flip_down": flip_down, "rotate": rotate,
    "negate": negate, "sum_to_one": sum_to_one, "zero_mean": zero_mean,
}  # fmt: skip
