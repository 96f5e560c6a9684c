"""``digits``: the 1,797 digits of 8×8 pixels that come with scikit-learn."""

from pathlib import Path

import numpy as np

from cnnviz.data.image_set import ImageSet
from cnnviz.data.progress import Progress

DARKEST = 16


def load(folder: Path, progress: Progress) -> ImageSet:
    """The digits as (1797, 1, 8, 8), their 17 levels of ink spread over 0 to 255."""
    from sklearn.datasets import load_digits

    progress("Reading the small digits", 0.0)
    ink, labels = load_digits(return_X_y=True)
    images = np.round(ink.reshape(-1, 1, 8, 8) * (255 / DARKEST)).astype(np.uint8)
    return ImageSet("digits", images, labels.astype(np.int64), tuple("0123456789"))
