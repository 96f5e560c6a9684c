"""Dask calls this when a worker starts: it pays for torch's import before the first run needs it."""

from distributed import Worker


def dask_setup(worker: Worker) -> None:
    """Warm the very thread that will train.

    OpenMP keeps a team of threads for each thread that ever ran it in parallel, and once there are more than cores
    it lets them sleep instead of waiting at the ready: a warm-up in another thread made training a fifth slower.
    """
    worker.executors["default"].submit(_warm)


def _warm() -> None:
    import torch
    from torch.nn import functional

    from cnnviz.models import registry
    from cnnviz.runs import recorder, worker  # noqa: F401
    from cnnviz.training import trainer  # noqa: F401

    model = registry.build("lenet")
    loss = functional.cross_entropy(model(torch.zeros(8, 1, 28, 28)), torch.zeros(8, dtype=torch.long))
    loss.backward()  # type: ignore[no-untyped-call]
    torch.optim.Adam(model.parameters(), fused=True)  # the first optimiser imports torch's compiler: seconds
