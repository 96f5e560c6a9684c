"""Loss and accuracy, summed on the device so that no batch waits for the host."""

import torch
from torch import Tensor


class Tally:
    """Sums of loss and of right answers over batches, as one (2,) tensor on the device; the penalty's apart."""

    def __init__(self, device: torch.device) -> None:
        self.sums = torch.zeros(2, device=device)
        self.penalty = torch.zeros((), device=device)
        self.count = 0

    def add(self, loss: Tensor, logits: Tensor, labels: Tensor, penalty: Tensor | None = None) -> None:
        """Add a batch: its mean loss, its logits (n, classes), its labels (n,), and what was added to the loss."""
        right = (logits.argmax(1) == labels).sum()
        self.sums += torch.stack([loss.detach() * len(labels), right])
        if penalty is not None:
            self.penalty += penalty.detach() * len(labels)
        self.count += len(labels)


class Snapshot:
    """A copy of a tally's sums on its way to the host.

    On a GPU the copy runs beside the computation and is read once it has arrived: nothing waits. (Only a GPU can
    test that; on the CPU the copy is there at once.)
    """

    def __init__(self, tally: Tally) -> None:
        self.count = tally.count
        on_gpu = tally.sums.device.type == "cuda"
        self._sums = tally.sums.to("cpu", non_blocking=True) if on_gpu else tally.sums.cpu().clone()
        self._arrived = torch.cuda.Event() if on_gpu else None  # type: ignore[no-untyped-call]
        if self._arrived is not None:
            self._arrived.record()

    @property
    def is_here(self) -> bool:
        """True when ``figures`` can be read without waiting."""
        return self._arrived is None or bool(self._arrived.query())  # type: ignore[no-untyped-call]

    def figures(self) -> tuple[float, float]:
        """(summed loss, number of right answers)."""
        if self._arrived is not None:
            self._arrived.synchronize()
        loss, right = self._sums.tolist()
        return loss, right
