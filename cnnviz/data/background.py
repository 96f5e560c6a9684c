"""Long work on data sets in a thread: where it stands, how long it will take, and a way to end it."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Literal

from cnnviz.errors import CnnvizError

State = Literal["running", "done", "failed", "cancelled"]
log = logging.getLogger("cnnviz")
KEPT = 8


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """Raised inside the work when somebody ended it."""


class Job:
    """One piece of work. The work gets the job and calls ``tell``; others read and may ``cancel``."""

    def __init__(self, key: str, title: str, work: Callable[["Job"], Any]) -> None:
        self.key, self.title = key, title
        self.state: State = "running"
        self.doing, self.share = "Starting", 0.0
        self.result: Any = None
        self.error: CnnvizError | None = None
        self.started = time.monotonic()
        self._asked_to_end = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True, name=f"cnnviz-{key}")

    def start(self) -> "Job":
        """Begin."""
        self._thread.start()
        return self

    def tell(self, doing: str, done: float) -> None:
        """Say what is being done and the share done, 0 to 1. Raises Cancelled when somebody ended the work."""
        self.doing, self.share = doing, min(max(done, 0.0), 1.0)
        if self._asked_to_end.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask the work to end; it does at its next word."""
        self._asked_to_end.set()

    @property
    def is_ending(self) -> bool:
        """True when the work was asked to end and has not yet."""
        return self._asked_to_end.is_set() and self.state == "running"

    @property
    def seconds_left(self) -> float | None:
        """How long it will take if it goes on as it has; None before that can be told."""
        spent = time.monotonic() - self.started
        return spent * (1 - self.share) / self.share if self.share > 0.01 and spent > 0.5 else None

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until it is over."""
        self._thread.join(timeout_s)

    def _run(self, work: Callable[["Job"], Any]) -> None:
        try:
            self.result = work(self)
            self.share, self.state = 1.0, "done"
        except Cancelled:
            self.state = "cancelled"
        except CnnvizError as error:
            self.error, self.state = error, "failed"
        except Exception as error:  # whatever it was, whoever watches must hear of it
            log.exception("%s failed", self.title)
            self.error = CnnvizError(f"{type(error).__name__}: {error}.", "The server's log has the details.")
            self.state = "failed"


class Background:
    """The work under way and the last few pieces that ended; one piece of each key at a time."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, key: str, title: str, work: Callable[[Job], Any]) -> Job:
        """Begin a piece of work, or give the one of that key that is under way."""
        with self._lock:
            before = self._jobs.pop(key, None)
            job = before if before and before.state == "running" else Job(key, title, work).start()
            self._jobs[key] = job
            for old in [name for name, each in self._jobs.items() if each.state != "running"][:-KEPT]:
                del self._jobs[old]
        return job

    def find(self, key: str) -> Job | None:
        """The work of that key, if it is known still."""
        return self._jobs.get(key)

    def jobs(self) -> list[Job]:
        """All that is known, oldest first."""
        return list(self._jobs.values())

    def forget(self, key: str) -> None:
        """Forget a piece of work that is over."""
        with self._lock:
            if key in self._jobs and self._jobs[key].state != "running":
                del self._jobs[key]
