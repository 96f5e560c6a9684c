"""How the weights are moved, and how the learning rate changes on the way."""

from cnnviz.specs import OPTIMIZERS, SCHEDULES
from cnnviz.ui.spec_controls.controls import Controls


def draw(controls: Controls) -> None:
    """Optimiser, weight decay and schedule, each with the fields that go with it."""
    optimizer = controls.choice("optimizer", OPTIMIZERS)
    if optimizer == "sgd":
        controls.number("momentum", "0 forgets the last step, 0.9 keeps most of it.")
    controls.number(
        "weight_decay",
        "Pulls every weight towards 0 at each step. In Adam it goes through the gradient, in AdamW past it.",
    )
    schedule = controls.choice("schedule", SCHEDULES, "Of the learning rate, moved on after each epoch.")
    if schedule == "plateau":
        controls.number("schedule_patience", "The rate drops after more epochs than this without a lower loss.")
    if schedule in ("plateau", "step"):
        controls.number("schedule_factor", "What the rate is multiplied by.")
    if schedule in ("step", "cosine"):
        whole = "over so many it falls to 0; 0 takes the whole run" if schedule == "cosine" else "0 takes a third"
        controls.number("schedule_epochs", f"Epochs of a step: {whole}.")
