"""The data benchmark compares like with like."""

import numpy as np
import pytest

from cnnviz.bench import data
from cnnviz.bench.report import Report
from cnnviz.data.image_set import ImageSet


@pytest.fixture
def coloured() -> ImageSet:
    draw = np.random.default_rng(0)
    images = np.full((300, 3, 28, 28), 128, np.uint8)
    images[:, :, 10:18, 10:18] = draw.integers(0, 256, (300, 3, 1, 1))
    return ImageSet("squares", images, np.arange(300) % 10, tuple("0123456789"))


def test_both_ways_give_batches_of_the_same_kind(coloured: ImageSet) -> None:
    ours, theirs = (next(batches) for batches in (data._batched(coloured), data._loaded(coloured, 0)))
    for batch in (ours, theirs):
        assert batch.shape == (data.BATCH_SIZE, 3, 28, 28)
        assert batch.min() >= -1.001
        assert batch.max() <= 1.001
        assert batch.flatten(1).std(1).min() > 0
    assert abs(float(ours.mean() - theirs.mean())) < 0.1
    assert abs(float(ours.std() - theirs.std())) < 0.1


def test_every_contestant_has_its_row(coloured: ImageSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "ROUNDS", 1)
    monkeypatch.setattr(data, "BATCHES", 1)
    report = Report("data")
    data._measure_batches(report, coloured, lambda doing: None)
    data._measure_ready(report, coloured, lambda doing: None)
    assert [row.unit for row in report.rows] == ["batches/s"] * 3 + ["s"]
    assert report.ratios["augment: app_vs_torchvision"] > 0
