"""Where a run stands, as ``status.json`` says it and as its locks confirm it.

A process that dies can't write that it died. So a run is alive while a lock is held that the system drops with
the process: the worker's on ``lock`` in the run folder, the submitter's on a file of its own while the run waits.
"""

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

STATES = ("queued", "running", "paused", "stopped", "finished", "failed", "interrupted")
ACTIVE = ("queued", "running", "paused")


@dataclass(frozen=True)
class Status:
    """A run's state since a moment (seconds since 1970), why, and the batch it is at while it runs."""

    state: str
    since: float = field(default_factory=time.time)
    why: str = ""
    hint: str = ""
    owner: str = ""  # file name of the submitter's lock, while queued
    at: dict[str, float] = field(default_factory=dict)  # a StepRow

    @property
    def is_active(self) -> bool:
        """True while the run waits or trains."""
        return self.state in ACTIVE

    def as_dict(self) -> dict[str, Any]:
        """The status as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: object) -> "Status":
        """A status from ``as_dict``'s output; one that makes no sense reads as interrupted."""
        if not isinstance(plain, dict) or plain.get("state") not in STATES:
            return cls("interrupted", since=0.0, why="status.json can't be read.")
        texts = {name: str(plain.get(name, "")) for name in ("why", "hint", "owner")}
        since, at = plain.get("since"), plain.get("at")
        return cls(
            plain["state"],
            since=float(since) if isinstance(since, int | float) else 0.0,
            at=at if isinstance(at, dict) else {},
            **texts,
        )


def is_held(lock: Path) -> bool:
    """True when a living process holds that lock file."""
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except (Timeout, OSError):
        return True


def confirmed(status: Status, folder: Path) -> Status:
    """The status, or ``interrupted`` when the process that should be behind it is gone."""
    if status.state in ("running", "paused") and not is_held(folder / "lock"):
        return Status(
            "interrupted",
            status.since,
            "The training process ended without a word: killed, or out of memory.",
            "What it had recorded is kept. Resume goes on from its last whole epoch.",
        )
    if status.state == "queued" and status.owner and not is_held(folder.parent / status.owner):
        return Status(
            "interrupted", status.since, "The app was closed before this run's turn came.", "Resume queues it again."
        )
    return status
