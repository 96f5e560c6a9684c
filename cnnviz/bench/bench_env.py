"""An environment for what is only compared with: Lightning and fastai, beside the app's own and never in it.

It sees the app's packages, so that all contestants run the very same torch, and adds those of
``requirements-bench.txt``. Made when a benchmark first asks; removing the folder undoes it.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv-bench"
REQUIREMENTS = ROOT / "requirements-bench.txt"


def bench_python() -> tuple[str, str]:
    """(the environment's Python, why there is none): one of the two is empty."""
    python, done = FOLDER / "bin" / "python", FOLDER / ".done"
    if done.exists() and done.stat().st_mtime >= REQUIREMENTS.stat().st_mtime:
        return str(python), ""
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(FOLDER)],
        [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(REQUIREMENTS)],
    )
    for step in steps:
        made = subprocess.run(step, capture_output=True, text=True, check=False)
        if made.returncode:
            return "", (made.stderr.strip().splitlines() or ["pip failed"])[-1]
        _see_the_apps_packages()
    done.touch()
    return str(python), ""


def _see_the_apps_packages() -> None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = FOLDER / "lib" / version / "site-packages"
    (packages / "app.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
