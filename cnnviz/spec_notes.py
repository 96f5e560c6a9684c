"""What a person should know about settings that may be had but do not go well together."""

from cnnviz.specs import TrainSpec


def notes(spec: TrainSpec) -> list[str]:
    """A sentence for each such pair of settings, the most telling first; none for a plain spec."""
    return list(by_field(spec).values())


def by_field(spec: TrainSpec) -> dict[str, str]:
    """The same sentences by the setting that each belongs beside."""
    said = {
        "weight_decay": _decay_and_penalty(spec),
        "l2_penalty": _both_penalties(spec),
        "patience": _patience(spec),
        "shuffle": _batch(spec),
        "init": _init(spec),
        "score_in_training_mode": _mode(spec),
    }
    return {field: sentence for field, sentence in said.items() if sentence}


def _decay_and_penalty(spec: TrainSpec) -> str:
    penalty = spec.l1_penalty or spec.l2_penalty
    if not (spec.weight_decay and penalty):
        return ""
    if spec.optimizer == "sgd" and spec.l2_penalty:
        both = spec.weight_decay + 2 * spec.l2_penalty
        return f"Weight decay and an L2 penalty are both on: with SGD they add up to a decay of {both:g}."
    return "Weight decay and a penalty in the loss are both on: weights are pulled towards 0 twice."


def _both_penalties(spec: TrainSpec) -> str:
    both = spec.l1_penalty and spec.l2_penalty
    return "L1 and L2 penalties are both on, which is known as an elastic net." if both else ""


def _patience(spec: TrainSpec) -> str:
    if spec.patience and spec.schedule == "plateau" and spec.patience <= spec.schedule_patience:
        return (
            f"Training stops after {spec.patience} epochs without progress, before the learning rate would drop "
            f"(after {spec.schedule_patience + 1})."
        )
    if spec.patience >= spec.max_epochs > 0:
        return f"Patience of {spec.patience} can't stop a run of {spec.max_epochs} epochs."
    return ""


def _batch(spec: TrainSpec) -> str:
    return "" if spec.shuffle else "Without shuffling, every epoch shows the same batches in the same order."


def _init(spec: TrainSpec) -> str:
    if spec.init and spec.weights:
        return "Stored weights replace the initialisation."
    return "All weights start at 0: every unit of a layer stays like its neighbours." if spec.init == "zeros" else ""


def _mode(spec: TrainSpec) -> str:
    on = spec.score_in_training_mode
    return "Validation runs with dropout and batch norm in training mode, as the tutorials did." if on else ""
