"""Records the pair of runs that the Architectures page shows before anybody has trained: FC against GAP.

``python -m cnnviz.bench.example_heads`` trains both on the embedded digits and writes ``cnnviz/runs/example-fc`` and
``example-gap``: the run folders with their best weights, and the accuracies on shifted digits.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

from cnnviz.data.registry import load
from cnnviz.evaluation.shifts import shift_accuracies
from cnnviz.heads import lanes
from cnnviz.runs import store, worker
from cnnviz.runs.best_network import best_network
from cnnviz.runs.folder import RunFolder

KEPT = ("spec.json", "status.json", "history.jsonl", "best.pt", "predictions.npz")


def main() -> None:
    """Train both and keep what the page reads."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNNVIZ_RUNS"] = folder
        for lane in lanes():
            run = store.create(lane.spec)
            print(lane.name, worker.train_run(str(run.path)))
            _keep(run, store.HEADS[lane.name])


def _keep(run: RunFolder, target: Path) -> None:
    target.mkdir(exist_ok=True)
    for name in KEPT:
        shutil.copy(run.path / name, target / name)
    best = best_network(run, load(run.spec().data))
    rows = shift_accuracies(best.model, best.images, best.labels, best.mean, best.std)
    plain = [{"pixels": row.pixels, **row.by_direction} for row in rows]
    (target / "shifts.json").write_text(json.dumps(plain, indent=1))


if __name__ == "__main__":
    main()
