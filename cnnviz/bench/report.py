"""What a benchmark hands back: rows of figures, ratios between them, and the machine they came from."""

import os
import platform
from dataclasses import asdict, dataclass, field
from statistics import median


@dataclass(frozen=True)
class Row:
    """One figure: the median of n measurements, in a unit."""

    name: str
    value: float
    unit: str
    n: int


@dataclass
class Report:
    """A benchmark's rows and ratios."""

    bench: str
    rows: list[Row] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, values: list[float], unit: str) -> float:
        """Add the median of some measurements as a row and return it."""
        value = median(values)
        self.rows.append(Row(name, round(value, 3), unit, len(values)))
        return value

    def add_percentile(self, name: str, values: list[float], unit: str, percent: float) -> float:
        """Add a percentile (nearest rank) as a row and return it."""
        ordered = sorted(values)
        value = ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
        self.rows.append(Row(name, round(value, 3), unit, len(values)))
        return value

    def as_dict(self) -> dict[str, object]:
        """The report as ``--json`` prints it."""
        return {
            "bench": self.bench,
            "machine": machine(),
            "rows": [asdict(row) for row in self.rows],
            "ratios": {name: round(value, 3) for name, value in self.ratios.items()},
        }


def machine() -> dict[str, object]:
    """The machine a figure was measured on."""
    return {"cores": os.cpu_count(), "platform": platform.platform(), "python": platform.python_version()}
