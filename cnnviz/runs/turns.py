"""Whose turn it is: which of the runs that wait may start beside those that train."""

from collections.abc import Mapping


class Turns:
    """Runs in the order in which they came, each with the number of threads that it computes with.

    A run that takes every core trains alone, as fast as it can. Runs that ask for fewer, such as the lanes of a race
    with one each, train side by side as long as there are cores and processes for them. Nobody overtakes: what came
    first starts first.
    """

    def __init__(self, cores: int, processes: int) -> None:
        self.cores, self.processes = cores, processes
        self._waiting: dict[str, int] = {}
        self._training: dict[str, int] = {}

    @property
    def training(self) -> Mapping[str, int]:
        """The threads of each run that trains."""
        return self._training

    def add(self, name: str, num_threads: int) -> None:
        """Put a run at the end of the queue; 0 threads, or more than there are, mean every core."""
        self._waiting[name] = min(num_threads or self.cores, self.cores)

    def done(self, name: str) -> None:
        """A run trains no longer; one that was queued again meanwhile keeps its place."""
        self._training.pop(name, None)

    def next(self) -> str | None:
        """The run whose turn has come, from now on counted as training; None while the first in line has to wait."""
        name = next(iter(self._waiting), None)
        if name is None or not self._is_room_for(self._waiting[name]):
            return None
        self._training[name] = self._waiting.pop(name)
        return name

    def _is_room_for(self, num_threads: int) -> bool:
        if not self._training:
            return True
        free = self.cores - sum(self._training.values())
        return num_threads <= free and len(self._training) < self.processes
