"""The patterns of failed dies that name a wafer map's class, as chances of failure on a disc of dies.

Coordinates run from −1 to 1 over the wafer, so that its rim is at radius 1. Each function gives (n, H, W): how likely
the pattern itself makes a die fail, on top of the failures that any wafer has.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Draw = np.random.Generator
HEIGHT, WIDTH = 53, 52


def places() -> tuple[Floats, Floats]:
    """x and y of each die, (H, W) each."""
    y, x = np.meshgrid(np.linspace(-1.02, 1.02, HEIGHT), np.linspace(-1.02, 1.02, WIDTH), indexing="ij")
    return x.astype(np.float32), y.astype(np.float32)


X, Y = places()
RADIUS, ANGLE = np.hypot(X, Y), np.arctan2(Y, X)
ON_WAFER = RADIUS <= 1


def _uniform(draw: Draw, count: int, low: float, high: float) -> Floats:
    return draw.uniform(low, high, (count, 1, 1)).astype(np.float32)


def _soft(distance: Floats, reach: Floats, blur: float) -> Floats:
    """1 well within reach, 0 well beyond it."""
    # Limited, so that exp stays finite.
    return np.asarray(1 / (1 + np.exp(np.clip((distance - reach) / blur, -30, 30))), np.float32)


def _blob(draw: Draw, count: int, radius: tuple[float, float], size: tuple[float, float]) -> Floats:
    """A patch of dies, longer than wide, somewhere at a radius."""
    turn, lean = _uniform(draw, count, -np.pi, np.pi), _uniform(draw, count, -np.pi, np.pi)
    away = _uniform(draw, count, *radius)
    x, y = X - away * np.cos(turn), Y - away * np.sin(turn)
    along, across = x * np.cos(lean) + y * np.sin(lean), y * np.cos(lean) - x * np.sin(lean)
    stretch = _uniform(draw, count, 1.0, 1.7)
    distance = np.hypot(along / stretch, across * stretch)
    return _soft(distance, _uniform(draw, count, *size), 0.045) * _uniform(draw, count, 0.38, 0.85)


def center(draw: Draw, count: int) -> Floats:
    """A patch about the middle."""
    return _blob(draw, count, (0.0, 0.2), (0.15, 0.4))


def loc(draw: Draw, count: int) -> Floats:
    """A patch anywhere but in the middle and at the rim."""
    return _blob(draw, count, (0.25, 0.68), (0.11, 0.26))


def donut(draw: Draw, count: int) -> Floats:
    """A ring about the middle, its hole whole."""
    turn, away = _uniform(draw, count, -np.pi, np.pi), _uniform(draw, count, 0, 0.15)
    distance = np.hypot(X - away * np.cos(turn), Y - away * np.sin(turn))
    off_ring = np.abs(distance - _uniform(draw, count, 0.32, 0.58))
    return _soft(off_ring, _uniform(draw, count, 0.08, 0.16), 0.04) * _uniform(draw, count, 0.35, 0.75)


def _rim(draw: Draw, count: int, span: tuple[float, float], depth: tuple[float, float]) -> Floats:
    """An arc of dies along the rim; span in radians, depth in radii."""
    turned = np.abs(np.angle(np.exp(1j * (ANGLE - _uniform(draw, count, -np.pi, np.pi))))).astype(np.float32)
    arc = _soft(turned, _uniform(draw, count, span[0] / 2, span[1] / 2), 0.07)
    near_rim = 1 - _soft(RADIUS, 1 - _uniform(draw, count, *depth), 0.025)
    return arc * near_rim * _uniform(draw, count, 0.42, 0.9)


def edge_loc(draw: Draw, count: int) -> Floats:
    """A patch at the rim."""
    return _rim(draw, count, (0.35, 1.9), (0.1, 0.3))


def edge_ring(draw: Draw, count: int) -> Floats:
    """Most of the rim."""
    return _rim(draw, count, (3.4, 8.0), (0.06, 0.17))


def near_full(draw: Draw, count: int) -> Floats:
    """Nearly every die."""
    return np.broadcast_to(_uniform(draw, count, 0.62, 0.95), (count, HEIGHT, WIDTH))


def random(draw: Draw, count: int) -> Floats:
    """Many dies, anywhere."""
    return np.broadcast_to(_uniform(draw, count, 0.16, 0.5), (count, HEIGHT, WIDTH))


def scratch(draw: Draw, count: int) -> Floats:
    """A thin line, a little bent."""
    steps = np.linspace(-0.5, 0.5, 24, dtype=np.float32)
    start, away = _uniform(draw, count, -np.pi, np.pi), _uniform(draw, count, 0, 0.6)
    length, bend = _uniform(draw, count, 0.5, 1.4), _uniform(draw, count, -1.2, 1.2)
    heading = _uniform(draw, count, -np.pi, np.pi) + bend * steps
    x = away * np.cos(start) + length * np.cumsum(np.cos(heading), axis=2) / len(steps)
    y = away * np.sin(start) + length * np.cumsum(np.sin(heading), axis=2) / len(steps)
    nearest = np.full((count, HEIGHT, WIDTH), np.inf, np.float32)
    for step in range(len(steps)):
        np.minimum(nearest, np.hypot(X - x[:, :, step, None], Y - y[:, :, step, None]), out=nearest)
    return _soft(nearest, _uniform(draw, count, 0.025, 0.055), 0.008) * _uniform(draw, count, 0.65, 1.0)


def none(draw: Draw, count: int) -> Floats:
    """No pattern."""
    return np.zeros((count, HEIGHT, WIDTH), np.float32)


PATTERNS: dict[str, Callable[[Draw, int], Floats]] = {
    "Center": center,
    "Donut": donut,
    "Edge-Loc": edge_loc,
    "Edge-Ring": edge_ring,
    "Loc": loc,
    "Near-full": near_full,
    "Random": random,
    "Scratch": scratch,
    "none": none,
}
