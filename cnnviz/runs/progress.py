"""How far a run is and how long it will take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

RECENT = 5  # epochs whose median duration stands for those to come


STEPS_KEPT = 1000  # roughly: the longer a run, the further apart


@dataclass(frozen=True)
class RunProgress:
    """epoch counts from 1 and is the one in progress; shares are 0 to 1; seconds_left is None when unknown."""

    epoch: int
    max_epochs: int
    epoch_share: float
    share: float
    images_per_s: float
    seconds_left: float | None


def run_progress(history: Sequence[Mapping[str, Any]], at: Mapping[str, Any], max_epochs: int) -> RunProgress:
    """Progress from the epochs done and the batch that training is at (a StepRow, or empty)."""
    done = min(len(history), max_epochs)
    within = _within(at, done)
    share = min((done + within) / max_epochs, 1.0) if max_epochs else float(bool(history))
    recent = [row["duration_s"] for row in history[-RECENT:] if row.get("duration_s")]
    left = max(max_epochs - done - within, 0.0)
    return RunProgress(
        epoch=min(done + 1, max_epochs),
        max_epochs=max_epochs,
        epoch_share=within,
        share=share,
        images_per_s=float(at.get("images_per_s") or 0.0),
        seconds_left=left * median(recent) if recent else None,
    )


def _within(at: Mapping[str, Any], done: int) -> float:
    """The share of the epoch in progress; 0 when the figures are of an epoch that is done."""
    if not at.get("num_batches") or at.get("epoch") != done + 1:
        return 0.0
    return min(float(at["batch"]) / float(at["num_batches"]), 1.0)


def duration_text(seconds: float | None) -> str:
    """Seconds as a person says them: "5 s", "3 min 20 s", "2 h 5 min"."""
    if seconds is None:
        return "–"
    whole = max(round(seconds), 1)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
