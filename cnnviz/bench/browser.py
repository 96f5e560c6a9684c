"""A server of the app and a headless browser, for benchmarks and for the tests that click through pages."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cnnviz.errors import CnnvizError

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PLAIN_FLAGS = ["--server.headless", "true", "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium() -> str | None:
    """The browser on this machine: ``CNNVIZ_CHROMIUM``, or Chromium or Chrome on the path, or None."""
    named = os.environ.get("CNNVIZ_CHROMIUM")
    return named or next((path for name in CANDIDATES if (path := shutil.which(name))), None)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(app: Path | None = None, env: Mapping[str, str] | None = None, log: Path | None = None) -> Iterator[str]:
    """Run cnnviz, or another Streamlit script, in a process of its own; yield its address once it answers.

    Another script runs in its own folder, so that it has Streamlit's settings as they come and not the app's.
    """
    port = free_port()
    ours = ["-m", "cnnviz", "serve", "--port", str(port)]
    plain = ["-m", "streamlit", "run", str(app), *PLAIN_FLAGS, "--server.port", str(port)]
    with (log or Path(os.devnull)).open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *(plain if app else ours)],
            cwd=app.parent if app else ROOT,
            env={**os.environ, **(env or {})},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process)


def _wait_until_up(url: str, process: subprocess.Popen[bytes], timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise CnnvizError(f"The server at {url} did not come up.", "Look at its log.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ensure() -> None:
    """Find a browser or install one: Debian's where we may, else the one Playwright brings."""
    if find_chromium():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=False)
        done = subprocess.run(["apt-get", "install", "-y", "-q", "chromium"], check=False)
    else:
        done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if done.returncode != 0:
        sys.exit("No Chromium or Chrome found and none could be installed: install one, or name it in CNNVIZ_CHROMIUM.")


if __name__ == "__main__":
    ensure()
