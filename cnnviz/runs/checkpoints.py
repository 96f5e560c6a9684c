"""The weights in a run folder: what going on needs, and the best epoch's. All load with ``weights_only=True``."""

import io
import pickle
from collections.abc import Mapping
from typing import Any

import torch

from cnnviz.errors import RunError
from cnnviz.files import written_whole
from cnnviz.runs.folder import RunFolder
from cnnviz.training.loop import Trainer


def save(run: RunFolder, name: str, content: Mapping[str, Any]) -> None:
    """Write a checkpoint; it appears whole or not at all. Raises OSError."""
    packed = io.BytesIO()  # torch hides a full disk behind an error of its own; a plain write does not
    torch.save(content, packed)
    with written_whole(run.path / name) as file:
        file.write(packed.getbuffer())


def load(run: RunFolder, name: str) -> dict[str, Any] | None:
    """A checkpoint on the CPU, or None where there is none. Raises RunError for one that can't be read."""
    try:
        content = torch.load(run.path / name, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise unreadable(run, name, error) from error
    if not isinstance(content, dict):
        raise unreadable(run, name, TypeError(f"it holds a {type(content).__name__}"))
    return content


def unreadable(run: RunFolder, name: str, error: Exception) -> RunError:
    """What to say of a checkpoint that is of no use."""
    return RunError(f"{name} of run {run.id} can't be used: {error}.", "Start a copy of the run.")


def last_epoch(run: RunFolder, trainer: Trainer, continued: int) -> int:
    """Put a trainer where the run's last whole epoch left it, and return that epoch; 0 where there is none.

    A run that was continued after its end gets its early stopping's patience anew. Raises RunError.
    """
    state = load(run, "last.pt")
    if state is None:
        return 0
    try:
        if state["epoch"]:
            trainer.load_state(state)
    except (KeyError, ValueError, RuntimeError, TypeError) as error:
        raise unreadable(run, "last.pt", error) from error
    if continued > state.get("continued", 0):
        trainer.stopping.reset_count()
    return int(state["epoch"])


def restore_best(run: RunFolder) -> None:
    """Make the best epoch's weights the run's last; those of its last epoch stay beside them, for going on."""
    state, best = load(run, "last.pt"), load(run, "best.pt")
    if state is not None and best is not None:
        save(run, "last.pt", {**state, "model_at_end": state.get("model_at_end") or state["model"], "model": best})
