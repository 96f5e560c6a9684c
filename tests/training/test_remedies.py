"""Every remedy does what it says: against a loop written out, against torch, and against a second look."""

import io
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from sklearn.model_selection import StratifiedKFold
from torch import nn

from cnnviz.data.image_set import ImageSet
from cnnviz.errors import DataError, TrainingError
from cnnviz.settings import data_dir
from cnnviz.specs import TrainSpec
from cnnviz.training.early_stopping import EarlyStopping
from cnnviz.training.initialise import initialise
from cnnviz.training.memory import check_memory, out_of_memory_said, wanted_bytes
from cnnviz.training.norms import first_kernels, layer_norms
from cnnviz.training.scoring import evaluate
from cnnviz.training.trainer import prepare, split_for
from tests.training.plain import STACK, network, random_images, train_plainly
from tests.training.test_loop import Notes

FIGURES = ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "lr", "penalty")
WITH_NORM = "stack:1x8x8:conv 4 k3 / batchnorm / relu / dropout 0.4 / flatten / linear 3"
IMAGES = random_images()


def spec_of(**changed: object) -> TrainSpec:
    plain = {"model": STACK, "data": "noise", "max_epochs": 4, "batch_size": 10, "num_threads": 1, **changed}
    return TrainSpec(**plain)  # type: ignore[arg-type]


def trained(spec: TrainSpec, images: ImageSet = IMAGES) -> Notes:
    notes = Notes()
    prepare(spec, images).fit(notes)
    return notes


specs = st.builds(
    spec_of,
    optimizer=st.sampled_from(["adam", "adamw", "sgd"]),
    lr=st.sampled_from([0.001, 0.003]),
    weight_decay=st.sampled_from([0.0, 0.01]),
    l1_penalty=st.sampled_from([0.0, 0.002]),
    l2_penalty=st.sampled_from([0.0, 0.01]),
    schedule=st.sampled_from(["constant", "plateau", "step", "cosine"]),
    schedule_patience=st.integers(0, 1),
    schedule_epochs=st.integers(1, 5),
    schedule_factor=st.sampled_from([0.1, 0.5]),
    class_weights=st.sampled_from(["", "balanced", "1, 2, 0.5"]),
    batch_size=st.integers(8, 60),  # of many small steps, rounding grows without bound
    drop_last=st.booleans(),
    shuffle=st.booleans(),
    seed=st.integers(0, 5),
).filter(lambda spec: not (spec.drop_last and spec.batch_size > 48))


@settings(max_examples=40, deadline=None)
@given(specs)
def test_any_spec_equals_a_loop_written_out(spec: TrainSpec) -> None:
    ours, theirs = trained(spec).rows, train_plainly(spec, IMAGES)
    assert len(ours) == len(theirs) == 4
    for row, plain in zip(ours, theirs, strict=True):
        for name in FIGURES:
            assert getattr(row, name) == pytest.approx(plain[name], rel=5e-3, abs=1e-5), name


def test_early_stopping_counts_as_its_definition_says() -> None:
    stopping, left = EarlyStopping(2, 0.1, "valid_loss"), []
    for epoch, loss in enumerate((1.0, 0.95, 0.85, math.nan, 0.80, 0.1), 1):
        stopping.update(epoch, loss, 0.5)
        left.append((stopping.patience_left, stopping.should_stop))
        if stopping.should_stop:
            break
    assert left == [(2, False), (1, False), (2, False), (1, False), (0, True)]
    assert stopping.best_epoch == 3
    again = EarlyStopping(2, 0.1, "valid_loss")
    again.load_state_dict(stopping.state_dict())
    assert again.should_stop
    again.reset_count()
    assert again.patience_left == 2 and again.best == -0.85


def test_a_run_without_progress_stops_early() -> None:
    rows = trained(spec_of(max_epochs=50, patience=3, min_delta=1e9, stop_by="valid_accuracy")).rows
    assert [row.patience_left for row in rows] == [3, 2, 1, 0]  # nothing beats the first by so much
    assert [row.patience_left for row in trained(spec_of()).rows] == [None] * 4


def test_class_weights_of_the_wrong_length_name_their_field() -> None:
    with pytest.raises(TrainingError, match="2 numbers and noise has 3 classes") as refused:
        prepare(spec_of(class_weights="1, 2"), IMAGES)
    assert refused.value.field == "class_weights"


@pytest.mark.parametrize(
    ("name", "deviation"), [("kaiming", (2 / 400) ** 0.5), ("xavier", (2 / 500) ** 0.5), ("normal", 0.01), ("zeros", 0)]
)
def test_initialisations_have_the_variance_of_their_formula(name: str, deviation: float) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(400, 100))
    initialise(model, name)
    assert model[0].weight.std().item() == pytest.approx(deviation, rel=0.02)
    assert not model[0].bias.any()


def test_no_initialisation_leaves_the_network_as_it_is() -> None:
    model = network()
    before = [weights.clone() for weights in model.parameters()]
    initialise(model, "")
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_scoring_in_training_mode_drops_and_leaves_no_trace() -> None:
    trainer = prepare(spec_of(model=WITH_NORM, score_in_training_mode=True), IMAGES)
    trainer.fit(Notes())
    before = {name: values.clone() for name, values in trainer.model.state_dict().items()}
    first, second = trainer.score()[2], trainer.score()[2]
    plain = evaluate(trainer.model, trainer.valid)[2]
    assert not torch.equal(first, second) and not torch.equal(first, plain)  # dropout draws anew
    assert all(torch.equal(before[name], values) for name, values in trainer.model.state_dict().items())
    assert trainer.model.training is False
    norm = next(layer for layer in trainer.model.modules() if isinstance(layer, nn.BatchNorm2d))
    assert norm.track_running_stats


def test_training_mode_takes_each_batch_s_own_figures() -> None:
    spec = spec_of(model=WITH_NORM.replace(" / dropout 0.4", ""), score_in_training_mode=True, batch_size=6)
    trainer = prepare(spec, IMAGES)
    scored = trainer.score()[2]
    trainer.model.train()
    batches = [trainer.model(images) for images, _ in trainer.valid.batches(6)]
    assert torch.allclose(scored, torch.cat(batches), atol=1e-6)


@pytest.mark.parametrize(("drop_last", "batch_size"), [(False, 47), (False, 1), (True, 1)])
def test_a_batch_of_one_with_batch_norm_is_said_before_training(drop_last: bool, batch_size: int) -> None:
    model = "stack:1x8x8:conv 4 k8 / batchnorm / relu / flatten / linear 3"  # one value a channel
    with pytest.raises(TrainingError, match="batch norm needs more than one") as refused:
        prepare(spec_of(model=model, batch_size=batch_size, drop_last=drop_last), IMAGES)
    assert refused.value.field == "batch_size"
    assert ("drop_last" in refused.value.hint) == (batch_size > 1)
    trained(spec_of(model=model, batch_size=47, drop_last=True, max_epochs=1))


def test_looking_for_batches_of_one_changes_nothing() -> None:
    """A convolution's batch norm can take one image: torch says so, and the run is as it would have been."""
    trainer = prepare(spec_of(model=WITH_NORM, batch_size=47), IMAGES)
    norm = next(layer for layer in trainer.model.modules() if isinstance(layer, nn.BatchNorm2d))
    assert not norm.running_mean.any() and norm.num_batches_tracked == 0


def test_augmentation_reaches_training_alone_and_repeats_itself() -> None:
    plain, turned = trained(spec_of()), trained(spec_of(augment={"rotation": 30, "noise": 0.1}))
    again, other = (trained(spec_of(augment={"rotation": 30, "noise": 0.1}, seed=seed)) for seed in (0, 1))
    losses = [[row.train_loss for row in notes.rows] for notes in (plain, turned, again, other)]
    assert losses[1] == losses[2] and losses[0] != losses[1] != losses[3]
    trainer = prepare(spec_of(augment={"rotation": 30}), IMAGES)
    (images, _), *_ = trainer.train.batches(48)
    assert not torch.equal(images, trainer.train.normalised(trainer.train.images))
    (images, _), *_ = trainer.train.plain().batches(48)
    assert torch.equal(images, trainer.train.plain().normalised(trainer.train.images))
    (images, _), *_ = trainer.valid.batches(48)
    assert torch.equal(images, trainer.valid.normalised(trainer.valid.images))


def test_no_epochs_score_the_network() -> None:
    spec = spec_of(max_epochs=0)
    notes, trainer = Notes(), prepare(spec, IMAGES)
    before = [weights.clone() for weights in trainer.model.parameters()]
    trainer.fit(notes)
    (row,) = notes.rows
    assert row.epoch == 0 and notes.logits.shape == (12, 3)
    assert row.train_loss == pytest.approx(evaluate(trainer.model, trainer.train)[0])
    assert all(torch.equal(a, b) for a, b in zip(before, trainer.model.parameters(), strict=True))


def test_starts_from_stored_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    first = prepare(spec_of(), IMAGES)
    first.fit(Notes())
    (data_dir() / "weights").mkdir()
    stored = {name: values.contiguous() for name, values in first.model.state_dict().items()}
    save_file(stored, data_dir() / "weights" / "mine.safetensors")
    second = prepare(spec_of(weights="mine", max_epochs=0), IMAGES)
    assert torch.equal(second.score()[2], first.score()[2])
    for name, said in (("yours", "no stored weights"), ("../mine", "no stored weights")):
        with pytest.raises(TrainingError, match=said) as refused:
            prepare(spec_of(weights=name), IMAGES)
        assert refused.value.field == "weights"
    with pytest.raises(TrainingError, match="are another network's"):
        prepare(spec_of(weights="mine", model=WITH_NORM), IMAGES)


def test_folds_are_scikit_learn_s_and_share_nothing() -> None:
    parts = [split_for(spec_of(num_folds=4, fold=fold, seed=3), IMAGES) for fold in (1, 2, 3, 4)]
    assert sorted(np.concatenate([part.valid for part in parts])) == list(range(60))
    theirs = StratifiedKFold(4, shuffle=True, random_state=3).split(IMAGES.images, IMAGES.labels)
    for part, (train, valid) in zip(parts, theirs, strict=True):
        assert np.array_equal(part.train, train) and np.array_equal(part.valid, valid)
    with pytest.raises(DataError, match="num_folds is 99"):
        split_for(spec_of(num_folds=99), IMAGES)


def test_folds_leave_a_validation_part_of_its_own_alone() -> None:
    images = ImageSet("noise", IMAGES.images, IMAGES.labels, IMAGES.classes, num_train=40)
    part = split_for(spec_of(num_folds=2), images)
    assert sorted([*part.train, *part.valid]) == list(range(40))


def test_norms_are_those_of_torch() -> None:
    trainer = prepare(spec_of(max_epochs=1), IMAGES)
    trainer.fit(Notes())
    gradients, weights = layer_norms(trainer.model)
    for name, layer in trainer.model.named_modules():
        if own := list(layer.parameters(recurse=False)):
            assert weights[name] == pytest.approx(torch.cat([w.flatten() for w in own]).norm().item())
            assert gradients[name] == pytest.approx(torch.cat([w.grad.flatten() for w in own]).norm().item())
    kernels = first_kernels(trainer.model)
    assert kernels is not None and kernels.shape == (4, 1, 3, 3)
    assert first_kernels(nn.Linear(2, 2)) is None


def test_a_trainer_goes_on_from_its_state_to_the_last_digit() -> None:
    changed = {"model": WITH_NORM, "augment": {"rotation": 20}, "schedule": "plateau", "schedule_patience": 0}
    whole = trained(spec_of(**changed, max_epochs=6, patience=5)).rows
    half, kept = prepare(spec_of(**changed, max_epochs=3, patience=5), IMAGES), io.BytesIO()
    half.fit(Notes())
    torch.save(half.state(), kept)
    kept.seek(0)
    torch.manual_seed(99)
    rest, notes = prepare(spec_of(**changed, max_epochs=6, patience=5), IMAGES), Notes()
    rest.load_state(torch.load(kept, weights_only=True))
    rest.fit(notes, 4)
    figures = [[getattr(row, name) for name in (*FIGURES, "patience_left")] for row in (*notes.rows, *whole[3:])]
    assert figures[:3] == figures[3:]


def test_a_pause_is_no_part_of_an_epoch() -> None:
    class Pausing(Notes):
        def on_tick(self) -> float:
            return 1e6  # more than the test takes, so what is left of the epoch is below 0

    notes = Pausing()
    prepare(spec_of(max_epochs=2), IMAGES).fit(notes)
    assert all(row.duration_s < 0 for row in notes.rows)


def test_missing_memory_is_said_with_its_size() -> None:
    with pytest.raises(TrainingError, match=r"281\.5 TB") as said, out_of_memory_said(spec_of(batch_size=100)):
        torch.empty(2**46)
    assert said.value.field == "batch_size" and "batch size of 32 or less" in said.value.hint
    gpu = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity …")
    assert (wanted_bytes(gpu), wanted_bytes(MemoryError())) == (int(2.5 * 2**30), 0)
    with pytest.raises(RuntimeError, match="other"), out_of_memory_said(spec_of()):
        raise RuntimeError("something other")


def test_a_batch_that_can_t_fit_is_refused_before_training() -> None:
    spec = spec_of(batch_size=65_536)
    with pytest.raises(TrainingError, match="are free") as refused:
        check_memory(spec, network(), 2**40, torch.device("cpu"), 10**6)
    assert refused.value.field == "batch_size"
    check_memory(spec, network(), 2**40, torch.device("cpu"), 0)


def test_running_out_of_memory_in_training_is_said() -> None:
    """A process with too little address space for its batches."""
    code = """
import resource, sys
import numpy as np
from cnnviz.errors import TrainingError
from tests.training.test_remedies import Notes, spec_of, ImageSet
from cnnviz.training.trainer import prepare
images = ImageSet("wide", np.zeros((600, 1, 64, 64), np.uint8), np.arange(600) % 3, ("a", "b", "c"))
model = "stack:1x64x64:conv 64 k3 p1 / relu / conv 64 k3 p1 / relu / gap / flatten / linear 3"
trainer = prepare(spec_of(model=model, batch_size=480), images)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**28, used + 2**28))
try:
    trainer.fit(Notes())
except TrainingError as error:
    print(error, error.field)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120
    )
    assert "Memory ran out when" in done.stdout and "128 or less. batch_size" in done.stdout, done.stderr[-500:]


gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@pytest.mark.gpu
@gpu
def test_no_step_waits_for_the_gpu() -> None:
    spec = spec_of(device="cuda", l1_penalty=1e-4, l2_penalty=1e-4, class_weights="balanced", batch_size=16)
    trainer = prepare(spec, IMAGES)
    trainer.fit(Notes())  # cuDNN has chosen its algorithms
    order = torch.randperm(48).to(trainer.device)
    torch.cuda.set_sync_debug_mode("error")
    try:
        for images, labels in trainer.train.batches(16, order=order):
            trainer._step(images, labels)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.gpu
@gpu
def test_a_gpu_s_random_state_is_kept() -> None:
    spec = spec_of(device="cuda", model=WITH_NORM, augment={"rotation": 20})
    first, second = prepare(spec, IMAGES), prepare(spec, IMAGES)
    second.load_state(first.state())
    assert all(
        torch.equal(a, b) for a, b in zip(first.state()["random_cuda"], second.state()["random_cuda"], strict=True)
    )
    (ours, _), *_ = first.train.batches(48)
    (theirs, _), *_ = second.train.batches(48)
    assert torch.equal(ours, theirs)


@pytest.mark.gpu
@gpu
def test_a_batch_that_the_gpu_can_t_hold_is_said() -> None:
    with pytest.raises(TrainingError, match="Memory ran out when"), out_of_memory_said(spec_of()):
        torch.empty(2**46, device="cuda")
