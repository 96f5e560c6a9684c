"""Learning-rate schedules, moved on once an epoch."""

from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, ReduceLROnPlateau, StepLR

from cnnviz.specs import TrainSpec


def make_schedule(spec: TrainSpec, optimizer: Optimizer) -> LRScheduler | None:
    """The spec's schedule on an optimiser, or None for a constant rate."""
    if spec.schedule == "plateau":
        return ReduceLROnPlateau(optimizer, factor=spec.schedule_factor, patience=spec.schedule_patience)
    if spec.schedule == "step":
        return StepLR(optimizer, spec.schedule_period, gamma=spec.schedule_factor)
    if spec.schedule == "cosine":
        return CosineAnnealingLR(optimizer, spec.schedule_period)
    return None


def advance(schedule: LRScheduler | None, valid_loss: float) -> None:
    """Move the schedule on by an epoch that ended in that validation loss."""
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(valid_loss)
    elif schedule is not None:
        schedule.step()
