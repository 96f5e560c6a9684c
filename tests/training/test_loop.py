"""The loop: learns, repeats itself, equals a plain loop written out, stops when told."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cnnviz.data.image_set import ImageSet
from cnnviz.errors import CnnvizError, TrainingError
from cnnviz.models.lenet import LeNet
from cnnviz.recipes import get
from cnnviz.specs import TrainSpec
from cnnviz.training.device import choose_device, describe
from cnnviz.training.feed import Feed
from cnnviz.training.history import EpochRow, StepRow
from cnnviz.training.loop import Stop, Trainer, evaluate
from cnnviz.training.trainer import prepare, split_for

SMALL = {"max_epochs": 2, "train_size": 600, "valid_size": 200}


class Notes:
    """Keeps what the loop tells; stops after some ticks."""

    def __init__(self, stop_after: int = 10**9) -> None:
        self.rows: list[EpochRow] = []
        self.steps: list[StepRow] = []
        self.ticks, self.stop_after = 0, stop_after
        self.logits = torch.empty(0)

    def on_tick(self) -> None:
        self.ticks += 1
        if self.ticks > self.stop_after:
            raise Stop

    def on_step(self, row: StepRow) -> None:
        self.steps.append(row)

    def on_epoch(self, row: EpochRow, logits: Tensor, trainer: Trainer) -> None:
        self.rows.append(row)
        self.logits = logits


def small(**settings: object) -> TrainSpec:
    return get("lenet-digits").spec.changed({**SMALL, **settings})


def trained(spec: TrainSpec, images: ImageSet) -> tuple[Notes, Trainer]:
    notes, trainer = Notes(), prepare(spec, images)
    trainer.fit(notes)
    return notes, trainer


def figures(notes: Notes) -> list[tuple[float, ...]]:
    return [(row.train_loss, row.train_accuracy, row.valid_loss, row.valid_accuracy) for row in notes.rows]


def test_the_same_spec_gives_the_same_history(digits: ImageSet) -> None:
    first, _ = trained(small(), digits)
    again, _ = trained(small(), digits)
    other, _ = trained(small(seed=1), digits)
    assert figures(first) == figures(again) != figures(other)
    assert first.rows[1].train_loss < first.rows[0].train_loss
    assert first.rows[1].valid_accuracy > 0.5


def test_equals_a_loop_written_out(digits: ImageSet) -> None:
    """The tensors stay on the device, the optimiser is fused, memory is channels last: the figures stay the same."""
    spec = small(dropout=0.0, num_threads=1)
    notes, _ = trained(spec, digits)
    parts = split_for(spec, digits)
    torch.manual_seed(spec.seed)
    model = LeNet(dropout=0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=spec.lr, fused=False)
    floats = (torch.from_numpy(digits.images.copy()).float() / 255 - 0.5) / 0.5
    labels = torch.from_numpy(digits.labels.copy())
    order = torch.Generator().manual_seed(spec.seed)
    for row in notes.rows:
        losses = []
        for batch in torch.from_numpy(parts.train)[torch.randperm(600, generator=order)].split(100):
            loss = nn.functional.cross_entropy(model(floats[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert np.mean(losses) == pytest.approx(row.train_loss, rel=1e-3)
        with torch.no_grad():
            valid_loss = nn.functional.cross_entropy(model(floats[parts.valid]), labels[parts.valid]).item()
        assert valid_loss == pytest.approx(row.valid_loss, rel=1e-3)


def test_scores_in_eval_mode(digits: ImageSet) -> None:
    notes, trainer = trained(small(dropout=0.9), digits)
    loss, accuracy, logits = evaluate(trainer.model, trainer.valid)
    assert torch.equal(logits, notes.logits)
    assert (loss, accuracy) == (notes.rows[-1].valid_loss, notes.rows[-1].valid_accuracy)


def test_tells_steps_that_add_up(digits: ImageSet) -> None:
    notes, _ = trained(small(max_epochs=1, batch_size=7), digits)
    assert notes.steps[-1].batch == notes.steps[-1].num_batches == 86
    assert all(0 <= row.train_accuracy <= 1 and row.images_per_s > 0 for row in notes.steps)


def test_stops_within_an_epoch(digits: ImageSet) -> None:
    trainer = prepare(small(), digits)
    with pytest.raises(Stop):
        trainer.fit(Notes(stop_after=0))


def test_a_loss_that_is_not_finite_ends_the_run(digits: ImageSet) -> None:
    with pytest.raises(TrainingError, match="finite") as failed:
        trained(small(lr=1e9), digits)
    assert failed.value.field == "lr"


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_every_optimiser_learns(digits: ImageSet, optimizer: str) -> None:
    notes, _ = trained(small(optimizer=optimizer, lr=0.01 if optimizer == "sgd" else 1e-3, max_epochs=3), digits)
    assert notes.rows[-1].train_loss < notes.rows[0].train_loss


def test_drop_last_leaves_the_short_batch_out(digits: ImageSet) -> None:
    notes, _ = trained(small(max_epochs=1, batch_size=250, drop_last=True), digits)
    assert notes.steps[-1].num_batches == 2
    with pytest.raises(TrainingError, match="drop_last"):
        prepare(small(batch_size=601, drop_last=True), digits)


def test_images_of_another_shape_are_refused() -> None:
    images = ImageSet("wide", np.zeros((40, 3, 8, 8), np.uint8), np.zeros(40, np.int64), ("0",))
    with pytest.raises(CnnvizError, match="8×8"):
        prepare(small(train_size=0, valid_size=0), images)


def test_normalises_as_torchvision_does() -> None:
    from torchvision.transforms.v2 import functional

    bytes_ = np.random.default_rng(0).integers(0, 256, (5, 3, 6, 4), dtype=np.uint8)
    mean, std = (0.49, 0.48, 0.45), (0.25, 0.24, 0.26)
    feed = Feed(bytes_, np.zeros(5, np.int64), mean=mean, std=std, device=torch.device("cpu"))
    (ours, _), *_ = feed.batches(5)
    theirs = functional.normalize(torch.from_numpy(bytes_).float() / 255, list(mean), list(std))
    assert torch.allclose(ours, theirs, atol=1e-6)


def test_devices_are_chosen_or_refused() -> None:
    assert choose_device("cpu").type == "cpu"
    assert describe(torch.device("cpu")).memory_bytes > 0
    if not torch.cuda.is_available():
        with pytest.raises(TrainingError, match="cuda"):
            choose_device("cuda")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_trains_on_a_gpu(digits: ImageSet) -> None:
    notes, trainer = trained(small(device="cuda"), digits)
    assert trainer.device.type == "cuda"
    assert notes.rows[-1].valid_accuracy > 0.5
