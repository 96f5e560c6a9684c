"""What an import left out and why: a bounded list and full counts."""

from collections import Counter
from dataclasses import dataclass, field

KEPT = 200
NAME_CHARS = 120


@dataclass
class Skips:
    """The first ``KEPT`` names with their reasons, and how many there were of each reason."""

    listed: list[tuple[str, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, why: str) -> None:
        """Leave one file out."""
        self.reasons[why] += 1
        if len(self.listed) < KEPT:
            self.listed.append((shown(name), why))

    @property
    def total(self) -> int:
        """How many were left out."""
        return self.reasons.total()


def shown(name: str) -> str:
    """A name that can stand in a line: nothing unprintable, the end of a long one."""
    plain = "".join(char if char.isprintable() else "�" for char in name)
    return plain if len(plain) <= NAME_CHARS else "…" + plain[-NAME_CHARS:]
