"""What is done against over-fitting: penalties, early stopping, augmentation."""

from cnnviz.specs import STOP_BY
from cnnviz.ui.spec_controls import augmenting
from cnnviz.ui.spec_controls.controls import Controls


def draw(controls: Controls) -> None:
    """Penalties in the loss, early stopping with its fields, augmentation."""
    controls.number("l1_penalty", "λ · Σ|w| on top of the loss: its gradient λ · sign(w) brings weights to exactly 0.")
    controls.number("l2_penalty", "λ · Σw² on top of the loss: its gradient 2λ · w shrinks large weights most.")
    if controls.number("patience", "Early stopping after so many epochs without progress; 0 trains to the end."):
        controls.number("min_delta", "Less than this is no progress.")
        controls.choice("stop_by", STOP_BY, "The figure that has to get better.")
    controls.switch("restore_best", "The run's last weights become those of its best epoch.")
    augmenting.draw(controls)
