"""The process that holds our own Dask cluster: ``python -m cnnviz.runs.pool``.

It prints the scheduler's address and lives until its standard input closes, so it goes with whoever started it,
however that one ends. A cluster inside Streamlit's process would not do: Dask starts workers by importing the
main module, which under Streamlit is whatever page is running.
"""

import os
import sys
from contextlib import suppress

import dask
from distributed import LocalCluster

from cnnviz.settings import num_workers
from cnnviz.training.allocator import ALLOCATOR_ENV

CONFIG = {
    # Replaces Dask's own, which makes training half as fast: one thread a process and memory given back at once.
    "distributed.nanny.pre-spawn-environ": ALLOCATOR_ENV,
    "distributed.worker.preload": ["cnnviz.runs.preload"],
    # A run that kills its worker is not tried again (see worker.train_run), and must not fail those behind it.
    "distributed.scheduler.allowed-failures": 1_000_000,
    "distributed.scheduler.work-stealing": False,
}


def main() -> None:
    """Start the cluster, say where it is, wait for the end of standard input."""
    with dask.config.set(CONFIG):
        cluster = LocalCluster(
            n_workers=num_workers(),
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs="ERROR",
        )
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
        with suppress(TimeoutError):  # a worker amid an epoch; it goes with us
            cluster.close(timeout=2)
    os._exit(0)  # a training thread does not hold up the end


if __name__ == "__main__":
    main()
