"""Shifted images, and accuracy on them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torchvision.transforms.functional import affine

from cnnviz.data.registry import load
from cnnviz.evaluation.shifts import DIRECTIONS, shift_accuracies, shifted
from cnnviz.runs import store
from cnnviz.runs.best_network import best_network
from cnnviz.runs.folder import RunFolder


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(-9, 9), columns=st.integers(-9, 9), seed=st.integers(0, 99))
def test_shifting_is_torchvisions_translation(rows, columns, seed):
    images = np.random.default_rng(seed).integers(0, 256, (2, 3, 8, 7), dtype=np.uint8)
    expected = affine(torch.from_numpy(images), angle=0, translate=[columns, rows], scale=1, shear=[0.0])
    assert np.array_equal(shifted(images, rows, columns), expected.numpy())


class BrightestColumn(nn.Module):
    """Says in which column the light is: shifting right by one makes it wrong by one."""

    def forward(self, images):
        return images.sum((1, 2))


def test_accuracy_direction_by_direction():
    images = np.zeros((4, 1, 8, 8), dtype=np.uint8)
    labels = np.array([2, 3, 4, 5])
    images[np.arange(4), 0, 4, labels] = 255
    rows = shift_accuracies(BrightestColumn(), images, labels, (0.0,), (1.0,))
    assert [row.pixels for row in rows] == list(range(7))
    assert rows[0].by_direction == dict.fromkeys(DIRECTIONS, 1.0)
    assert rows[1].by_direction == {"right": 0.0, "left": 0.0, "down": 1.0, "up": 1.0}
    assert rows[1].mean == 0.5


@pytest.mark.parametrize("name", ["FC", "GAP"])
def test_the_recorded_accuracies_are_those_of_the_recorded_weights(name):
    import json

    run = RunFolder(store.HEADS[name])
    best = best_network(run, load("mnist-5k"))
    found = shift_accuracies(best.model, best.images, best.labels, best.mean, best.std)
    recorded = json.loads((run.path / "shifts.json").read_text())
    for row, kept in zip(found, recorded, strict=True):
        assert kept == pytest.approx({"pixels": row.pixels, **row.by_direction}, abs=0.003)
    logits = run.predictions().logits
    assert found[0].mean == pytest.approx((logits.argmax(1) == run.predictions().targets).mean(), abs=0.003)
