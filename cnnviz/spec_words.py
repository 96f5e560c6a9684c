"""Settings in a person's words: what a field is called, and how one spec differs from another."""

from dataclasses import fields
from typing import Any

from cnnviz.specs import TrainSpec

LABELS = {
    "model": "Network",
    "data": "Data set",
    "weights": "Stored weights",
    "init": "Initialisation",
    "optimizer": "Optimiser",
    "lr": "Learning rate",
    "momentum": "Momentum",
    "weight_decay": "Weight decay",
    "l1_penalty": "L1 penalty",
    "l2_penalty": "L2 penalty",
    "schedule": "Schedule",
    "schedule_patience": "Epochs without progress",
    "schedule_factor": "Factor",
    "schedule_epochs": "Every so many epochs",
    "batch_size": "Batch size",
    "max_epochs": "Epochs",
    "patience": "Patience",
    "min_delta": "Smallest progress",
    "stop_by": "Stop by",
    "restore_best": "Restore the best weights at the end",
    "class_weights": "Class weights",
    "augment": "Augmentation",
    "drop_last": "Drop the last, smaller batch",
    "shuffle": "Shuffle",
    "seed": "Seed",
    "valid_fraction": "Validation share",
    "num_folds": "Folds",
    "fold": "Fold that validates",
    "train_size": "Training images",
    "valid_size": "Validation images",
    "mean": "Mean",
    "std": "Standard deviation",
    "best_by": "Best epoch by",
    "score_in_training_mode": "Score in training mode",
    "device": "Device",
    "num_threads": "Threads",
}
VALUES = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD",
    "valid_accuracy": "validation accuracy",
    "valid_loss": "validation loss",
    "plateau": "reduce on plateau",
    "kaiming": "Kaiming",
    "xavier": "Xavier",
}
_UNSAID = {"recipe", "model_options"}


def label(name: str) -> str:
    """What a setting or a model option is called."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def value_text(value: object) -> str:
    """A setting's value as a person writes it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return ", ".join(value_text(part) for part in value)
    return VALUES.get(str(value), str(value)) or "none"


def settings_of(spec: TrainSpec) -> dict[str, Any]:
    """Every setting of a spec and every option of its model, by name."""
    plain = {item.name: getattr(spec, item.name) for item in fields(spec) if item.name not in _UNSAID}
    return {**plain, **spec.model_options}


def differences(spec: TrainSpec, base: TrainSpec) -> dict[str, tuple[Any, Any]]:
    """The settings that differ: name → (base's value, spec's value); None for a model option one of them lacks."""
    ours, theirs = settings_of(spec), settings_of(base)
    names = [*ours, *(name for name in theirs if name not in ours)]
    return {name: (theirs.get(name), ours.get(name)) for name in names if theirs.get(name) != ours.get(name)}


def difference_text(spec: TrainSpec, base: TrainSpec, limit: int = 4) -> str:
    """The differences as a few words, such as "learning rate 0.0005, dropout 0.3"; "" when there are none."""
    found = differences(spec, base)
    said = [f"{_small(label(name))} {value_text(ours)}" for name, (_, ours) in found.items() if ours is not None]
    return ", ".join(said[:limit]) + (f" and {len(said) - limit} more" if len(said) > limit else "")


def _small(text: str) -> str:
    return text if text[:2].isupper() or text[1:2].isdigit() else text[0].lower() + text[1:]
