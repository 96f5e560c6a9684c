"""Importing a zip of small pictures, against unpacking it and reading it back with torchvision's ImageFolder."""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from cnnviz.bench.report import Report

PICTURES, FEW, CLASSES, SIDE = 10_000, 2_000, 10, 32
REPEATS = 3

# A process of its own for each figure: what one leaves in memory would be the next one's start.
_MEASURE = """
import json, sys, time, tracemalloc
from pathlib import Path
from cnnviz.bench.data_import import {way}, peak_bytes
tracing, path, folder = sys.argv[1] == "trace", Path(sys.argv[2]), Path(sys.argv[3])
{way}.prepare()
before = peak_bytes()
if tracing:
    tracemalloc.start()
started = time.perf_counter()
{way}.run(path, folder)
seconds = time.perf_counter() - started
traced = tracemalloc.get_traced_memory()[1] if tracing else 0
print(json.dumps([seconds, traced, peak_bytes() - before]))
"""


class Ours:
    """cnnviz's import."""

    @staticmethod
    def prepare() -> None:
        """Import what the measurement uses."""
        from cnnviz.data import importer, registry, sources  # noqa: F401

    @staticmethod
    def run(path: Path, folder: Path) -> None:
        """Import the zip into a data folder."""
        from cnnviz.data.import_spec import ImportSpec
        from cnnviz.data.importer import import_set
        from cnnviz.data.sources import ZipSource

        os.environ["CNNVIZ_DATA"] = str(folder)
        import_set(ZipSource(path), ImportSpec(name="measured", height=SIDE, width=SIDE, fit="resize"))


class Plain:
    """What a person would write: unpack, ImageFolder, stack."""

    @staticmethod
    def prepare() -> None:
        """Import what the measurement uses."""
        import torch  # noqa: F401
        from torchvision import datasets, transforms  # noqa: F401

    @staticmethod
    def run(path: Path, folder: Path) -> None:
        """Unpack the zip, read every picture, stack them and save the tensor."""
        import torch
        from torchvision.datasets import ImageFolder
        from torchvision.transforms import Compose, PILToTensor, Resize

        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        images = ImageFolder(str(folder), Compose([Resize((SIDE, SIDE)), PILToTensor()]))
        stacked = torch.stack([image for image, _ in images])
        np.savez(folder / "all.npz", images=stacked.numpy(), labels=np.array(images.targets))


def add_import(report: Report, progress: Callable[[str], None]) -> None:
    """Add pictures a second, memory peaks and the ratio against the plain way."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        progress("making pictures")
        many, few = (_zip(folder / f"{count}.zip", count) for count in (PICTURES, FEW))
        ours, plain, resident = [], [], {PICTURES: 0.0, FEW: 0.0}
        for turn in range(REPEATS):
            progress(f"importing, {turn + 1} of {REPEATS}")
            ours.append(PICTURES / _measure("Ours", many, folder / f"ours-{turn}")[0])
            plain.append(PICTURES / _measure("Plain", many, folder / f"plain-{turn}")[0])
        progress("measuring memory")
        traced = {}
        for count, path in ((PICTURES, many), (FEW, few)):
            _, traced[count], _ = _measure("Ours", path, folder / f"traced-{count}", trace=True)
            _, _, resident[count] = _measure("Ours", path, folder / f"resident-{count}")
    report.add("import, pictures a second", ours, "1/s")
    report.add("unpack, ImageFolder, stack", plain, "1/s")
    for count in (FEW, PICTURES):
        report.add(f"import of {count:,}: Python memory peak", [traced[count] / 1e6], "MB")
        report.add(f"import of {count:,}: resident peak above start", [resident[count] / 1e6], "MB")
    report.ratios["import: app_vs_image_folder"] = float(np.median(ours) / np.median(plain))
    # Below 1: never the whole set in memory, whatever the zip's size.
    report.ratios["import: peak_vs_set"] = traced[PICTURES] / (PICTURES * 3 * SIDE * SIDE)


def run(progress: Callable[[str], None]) -> Report:
    """The figures of imports alone."""
    report = Report("data_import")
    add_import(report, progress)
    return report


def peak_bytes() -> int:
    """The most memory that this process has had resident so far."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _zip(path: Path, count: int) -> Path:
    draw = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for at in range(count):
            file = io.BytesIO()
            Image.fromarray(draw.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)).save(file, "PNG")
            archive.writestr(f"{at % CLASSES}/{at}.png", file.getvalue())
    return path


def _measure(way: str, path: Path, folder: Path, *, trace: bool = False) -> tuple[float, float, float]:
    folder.mkdir()
    command = [sys.executable, "-c", _MEASURE.format(way=way), "trace" if trace else "time", str(path), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, traced, resident = json.loads(done.stdout)
    return seconds, traced, resident
