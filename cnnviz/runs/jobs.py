"""Jobs: handing run folders to worker processes, ours or a cluster's."""

import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from cnnviz.errors import RunError
from cnnviz.runs import store
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.resume import requeue
from cnnviz.runs.status import Status
from cnnviz.runs.turns import Turns
from cnnviz.runs.worker import train_run
from cnnviz.settings import num_workers, runs_dir, scheduler_address, usable_cores
from cnnviz.specs import TrainSpec

log = logging.getLogger("cnnviz")
ROOT = Path(__file__).resolve().parents[2]


class Jobs:
    """Takes runs and has them trained: one after the other, or side by side where they leave each other room.

    Safe to call from several threads.

    Submitting returns at once: a thread of its own starts the cluster, if need be, and hands the run over.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="jobs")
        self._pool: subprocess.Popen[str] | None = None
        self._client: Any = None
        self._futures: dict[str, Any] = {}  # Dask forgets a job once nobody holds its future
        self._handed: dict[str, RunFolder] = {}  # to be handed over again, should the cluster die before their turn
        self._turns = Turns(usable_cores(), num_workers())
        self._closing = False
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

    def resume(self, run: RunFolder, more_epochs: int = 0) -> RunFolder:
        """Queue a run that is over again, to its planned end or for so many epochs more than it has.

        Asked twice, it goes on once. Raises RunError or SpecError where it can't go on.
        """
        if requeue(run, more_epochs, owner=self._own()):
            self._thread.submit(self._hand_over, run)
        return run

    def close(self) -> None:
        """End the cluster, and with it what it trains."""
        self._closing = True
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
                    lock = FileLock(runs_dir() / f".owner-{secrets.token_hex(8)}.lock", thread_local=False)
                    lock.acquire()
                    self._owner = lock
                except OSError as error:
                    raise store.cannot_write(error) from error
            return Path(self._owner.lock_file).name

    def _hand_over(self, run: RunFolder) -> None:
        try:
            self._handed.pop(run.id, None)  # a new cluster is given what waited for the old, and this one once
            self._connect()
            self._give(run)
        except Exception as error:
            log.exception("Run %s could not be handed to a worker", run.id)
            run.write_status(Status("failed", why=f"No training process took the run: {error}", hint="Start it again."))

    def _give(self, run: RunFolder) -> None:
        """Queue a run; a cluster that is not ours has a queue of its own."""
        self._handed = {
            name: other for name, other in self._handed.items() if other.recorded_status().state == "queued"
        }
        if run.recorded_status().state != "queued":
            return  # stopped or deleted meanwhile
        self._handed[run.id] = run
        if scheduler_address():
            self._send(run)
            return
        self._turns.add(run.id, run.spec().num_threads)
        self._start_next()

    def _start_next(self) -> None:
        while (name := self._turns.next()) is not None:
            run = self._handed.get(name)
            if run is not None and run.recorded_status().state == "queued":
                self._send(run)
            else:  # stopped while it waited
                self._turns.done(name)

    def _send(self, run: RunFolder) -> None:
        # The key is new each time: Dask would hand back the end of a job that it knows by its key.
        key = f"{run.id}-{secrets.token_hex(4)}"
        future = self._client.submit(train_run, str(run.path), key=key, pure=False)
        self._futures[run.id] = future
        if scheduler_address():
            from distributed import fire_and_forget

            fire_and_forget(future)
        else:
            future.add_done_callback(lambda _: self._quietly(self._ended, run, future))

    def _ended(self, run: RunFolder, future: Any) -> None:  # noqa: ANN401 - Dask has no types
        if self._futures.get(run.id) is future:  # not that of a cluster that died
            self._futures.pop(run.id)
            self._turns.done(run.id)
            self._start_next()

    def _quietly(self, do: Callable[..., None], *arguments: object) -> None:
        if not self._closing:
            with suppress(RuntimeError):  # closed in this very moment
                self._thread.submit(do, *arguments)

    def _quietly_connect(self) -> None:
        try:
            self._connect()
        except Exception:
            log.exception("The training processes could not be started")

    def _connect(self) -> None:
        """See to it that there is a cluster; give a new one what waited for the old."""
        from distributed import Client

        pool_died = self._pool is not None and self._pool.poll() is not None
        if self._client is not None and self._client.status == "running" and not pool_died:
            return
        self._client = None
        self._futures.clear()
        self._turns = Turns(usable_cores(), num_workers())
        self._client = Client(scheduler_address() or self._start_pool(), timeout="30s", set_as_default=False)
        for run in list(self._handed.values()):
            if run.recorded_status().state == "queued":
                self._give(run)

    def _when_pool_ends(self, pool: "subprocess.Popen[str]") -> None:
        pool.wait()
        self._quietly(self._quietly_connect)

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
        threading.Thread(target=self._when_pool_ends, args=(self._pool,), daemon=True).start()
        return address
