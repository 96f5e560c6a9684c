"""Mistakes: the same as a plain reading of torch's softmax."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.evaluation.mistakes import find_mistakes, most_confused, select, softmax


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 40), st.integers(2, 12), st.integers(0, 10**6), st.floats(0.1, 200))
def test_agrees_with_torch(count: int, classes: int, seed: int, spread: float) -> None:
    draw = np.random.default_rng(seed)
    logits = (draw.normal(size=(count, classes)) * spread).astype(np.float32)
    targets = draw.integers(0, classes, count)
    indices = draw.permutation(1000)[:count]
    probs = torch.softmax(torch.from_numpy(logits).double(), 1).numpy()
    assert np.allclose(softmax(logits), probs, atol=1e-12)
    mistakes = find_mistakes(logits, targets, indices)
    rows = {int(index): row for row, index in enumerate(indices)}
    assert {m.index for m in mistakes} == {int(indices[r]) for r in range(count) if probs[r].argmax() != targets[r]}
    for mistake in mistakes:
        row = rows[mistake.index]
        assert (mistake.target, mistake.predicted) == (targets[row], probs[row].argmax())
        assert np.isclose(mistake.prob, probs[row].max()) and np.isclose(mistake.target_prob, probs[row, targets[row]])
    assert [m.prob for m in mistakes] == sorted((m.prob for m in mistakes), reverse=True)
    for target in range(classes):
        for predicted in range(classes):
            both = select(mistakes, target, predicted)
            assert both == [m for m in select(mistakes, target) if m in select(mistakes, None, predicted)]
    assert sum(number for _, number in most_confused(mistakes, 10**6)) == len(mistakes)
