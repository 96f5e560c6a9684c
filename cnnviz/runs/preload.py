"""Dask calls this when a worker starts: it pays for torch's import before the first run needs it."""

from distributed import Worker


def dask_setup(worker: Worker) -> None:
    """Import what training needs and take one step, so that the first run finds everything warm."""
    import torch
    from torch.nn import functional

    from cnnviz.models import registry
    from cnnviz.runs import recorder, worker as job  # noqa: F401
    from cnnviz.training import trainer  # noqa: F401

    model = registry.build("lenet")
    functional.cross_entropy(model(torch.zeros(8, 1, 28, 28)), torch.zeros(8, dtype=torch.long)).backward()  # type: ignore[no-untyped-call]
