"""``wafer-synthetic``: wafer maps drawn by a seeded generator, in the form and with the imbalance of WM-811K.

They are not measurements. The classes look alike where real ones do: small patches by the rim, faint scratches and
wafers without any pattern whose failures happen to stand together.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnviz.data import kept
from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress
from cnnviz.data.wafer_patterns import ON_WAFER, PATTERNS, RADIUS

# A tenth of what is labelled in WM-811K (http://mirlab.org/dataSet/public/), the rare classes lifted to a number that
# can be learnt and ``none`` cut from 14,743.
COUNTS = {
    "Center": 430,
    "Donut": 100,
    "Edge-Loc": 520,
    "Edge-Ring": 970,
    "Loc": 360,
    "Near-full": 60,
    "Random": 120,
    "Scratch": 240,
    "none": 6_200,
}
CLASSES = tuple(COUNTS)
NUM_IMAGES = sum(COUNTS.values())
NO_DIE, GOOD, FAILED = range(3)
SEED = 811
CHUNK = 500


def load(folder: Path, progress: Progress) -> ImageSet:
    """9,000 maps as (9000, 3, 53, 52): 255 in the channel of a die's state, no die, good or failed; shuffled."""
    states, labels = kept.arrays(
        folder / "wafer-synthetic.npz", lambda: draw_maps(COUNTS, SEED, progress), ("states", "labels")
    )
    return ImageSet("wafer-synthetic", one_hot(states), labels.astype(np.int64), CLASSES)


def draw_maps(counts: dict[str, int], seed: int, progress: Progress) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """States (N, 53, 52), 0 to 2, and labels (N,), so many of each class; the same for the same seed."""
    draw = np.random.default_rng(seed)
    labels = draw.permutation(np.repeat(np.arange(len(counts)), list(counts.values())))
    states = np.empty((len(labels), *ON_WAFER.shape), np.uint8)
    for label, name in enumerate(counts):
        where = np.flatnonzero(labels == label)
        for start in range(0, len(where), CHUNK):
            part = where[start : start + CHUNK]
            states[part] = _maps(name, len(part), draw)
        progress("Drawing synthetic wafer maps, once", (label + 1) / len(counts))
    return states, labels


def one_hot(states: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, H, W) of 0, 1, 2 → (N, 3, H, W): 255 in the channel of the state, 0 in the others."""
    images = np.empty((len(states), 3, *states.shape[1:]), np.uint8)
    for state in (NO_DIE, GOOD, FAILED):
        np.multiply(states == state, np.uint8(255), out=images[:, state])
    return images


def _maps(name: str, count: int, draw: np.random.Generator) -> NDArray[np.uint8]:
    chance = 1 - (1 - PATTERNS[name](draw, count)) * (1 - _background(count, draw))
    failed = draw.random(chance.shape, np.float32) < chance
    return np.where(ON_WAFER, np.where(failed, FAILED, GOOD), NO_DIE).astype(np.uint8)


def _background(count: int, draw: np.random.Generator) -> NDArray[np.float32]:
    """What fails on any wafer: mostly a few dies in a hundred, on some many, a little more towards the rim."""
    level = np.minimum(draw.lognormal(np.log(0.05), 0.55, (count, 1, 1)), 0.16)
    tilt = draw.uniform(0, 0.9, (count, 1, 1))
    return np.asarray(level * (1 + tilt * (RADIUS**2 - 0.5)), np.float32)
