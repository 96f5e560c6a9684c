"""How loading reports what it does."""

from typing import Protocol


class Progress(Protocol):
    """Called with what is being done and the share done, 0 to 1."""

    def __call__(self, doing: str, done: float) -> None: ...


def silent(doing: str, done: float) -> None:
    """A progress that nobody watches."""
