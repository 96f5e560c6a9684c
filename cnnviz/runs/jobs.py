"""Jobs: handing run folders to worker processes, ours or a cluster's."""

import logging
import os
import secrets
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from filelock import FileLock

from cnnviz.errors import RunError
from cnnviz.runs import store
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.status import Status
from cnnviz.runs.worker import train_run
from cnnviz.settings import runs_dir, scheduler_address
from cnnviz.specs import TrainSpec

log = logging.getLogger("cnnviz")
ROOT = Path(__file__).resolve().parents[2]


class Jobs:
    """Takes runs and has them trained one after the other. Safe to call from several threads.

    Submitting returns at once: a thread of its own starts the cluster, if need be, and hands the run over.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="jobs")
        self._pool: subprocess.Popen[str] | None = None
        self._client: Any = None
        self._futures: dict[str, Any] = {}  # Dask forgets a job once nobody holds its future
        self._owner_lock = threading.Lock()
        self._owner: FileLock | None = None

    def warm_up(self) -> None:
        """Start the cluster before the first run needs it."""
        self._thread.submit(self._quietly_connect)

    def submit(self, spec: TrainSpec) -> RunFolder:
        """Queue a run. Raises RunError when its folder can't be made."""
        run = store.create(spec, owner=self._own())
        self._thread.submit(self._hand_over, run)
        return run

    def close(self) -> None:
        """End the cluster, and with it what it trains."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._client is not None:
            self._client.close(timeout=2)
        if self._pool is not None and self._pool.stdin is not None:
            self._pool.stdin.close()
            self._pool.wait(30)
        if self._owner is not None:
            self._owner.release()
            Path(self._owner.lock_file).unlink(missing_ok=True)

    def _own(self) -> str:
        """The name of a lock file that this process holds as long as it lives."""
        if scheduler_address():
            return ""  # the cluster keeps the queue, whatever becomes of us
        with self._owner_lock:
            if self._owner is None or Path(self._owner.lock_file).parent != runs_dir():
                try:
                    runs_dir().mkdir(parents=True, exist_ok=True)
                    self._owner = FileLock(runs_dir() / f".owner-{secrets.token_hex(8)}.lock", thread_local=False)
                    self._owner.acquire()
                except OSError as error:
                    raise store.cannot_write(error) from error
            return Path(self._owner.lock_file).name

    def _hand_over(self, run: RunFolder) -> None:
        try:
            client = self._connect()
            self._futures[run.id] = client.submit(train_run, str(run.path), key=run.id, pure=False)
            if scheduler_address():
                from distributed import fire_and_forget

                fire_and_forget(self._futures[run.id])
        except Exception as error:
            log.exception("Run %s could not be handed to a worker", run.id)
            run.write_status(Status("failed", why=f"No training process took the run: {error}", hint="Start it again."))

    def _quietly_connect(self) -> None:
        try:
            self._connect()
        except Exception:
            log.exception("The training processes could not be started")

    def _connect(self) -> Any:  # noqa: ANN401 - distributed has no types
        from distributed import Client

        pool_died = self._pool is not None and self._pool.poll() is not None
        if self._client is None or pool_died:
            self._futures.clear()
            self._client = Client(scheduler_address() or self._start_pool(), timeout="30s", set_as_default=False)
        return self._client

    def _start_pool(self) -> str:
        # A session of its own, so that Ctrl-C in the terminal reaches the server alone and the pool follows in order.
        self._pool = subprocess.Popen(
            [sys.executable, "-m", "cnnviz.runs.pool"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
        )
        assert self._pool.stdout is not None  # noqa: S101 - for the type checker
        address = self._pool.stdout.readline().strip()
        if not address:
            raise RunError("The training processes could not be started.", "The server's log has the details.")
        return address
