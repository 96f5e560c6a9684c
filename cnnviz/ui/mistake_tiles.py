"""Misclassified images as a gallery."""

from collections.abc import Sequence

from cnnviz.data.image_set import ImageSet
from cnnviz.evaluation.mistakes import Mistake
from cnnviz.ui.gallery import Tile, show_gallery
from cnnviz.ui.look import colours


def show_mistakes(mistakes: Sequence[Mistake], images: ImageSet) -> None:
    """Each image with "true → predicted" and how sure the network was."""
    show_gallery([_tile(mistake, images) for mistake in mistakes], colours().wrong)


def _tile(mistake: Mistake, images: ImageSet) -> Tile:
    target, predicted = images.classes[mistake.target], images.classes[mistake.predicted]
    return Tile(
        pixels=images.images[mistake.index],
        caption=f"{target} → {predicted}",
        detail=f"{mistake.prob:.1%} sure",
        alt=f"Image {mistake.index}: a {target}, taken for {predicted} with a probability of {mistake.prob:.1%}",
    )
