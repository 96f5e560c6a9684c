"""What is kept of a network of one's own goes when its file changes."""

import os
from pathlib import Path

import pytest

from cnnviz.ui import cache

FILE = """
from torch import nn


class Changing(nn.Module):
    input_shape = (1, 8, 8)

    def __init__(self, num_classes=10):
        super().__init__()
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(64, 5), nn.Linear(5, num_classes))

    def forward(self, images):
        return self.head(images)
"""


def test_a_changed_file_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "changing.py"
    monkeypatch.setenv("CNNVIZ_MODELS", str(path))
    found = []
    for step, hidden in enumerate((5, 7)):
        path.write_text(FILE.replace("64, 5", f"64, {hidden}").replace("(5,", f"({hidden},"))
        os.utime(path, ns=(10**18 + step, 10**18 + step))
        shape = (1, 8, 8)
        macs = cache.network_summary("own:Changing", (), 10, shape, shape).facts.macs
        steps = cache.input_check("own:Changing", (), 10, shape, shape).steps
        found.append((macs, steps[2].output_shape, cache.num_params("own:Changing", (), 10, shape)))
    assert found == [(64 * hidden + hidden * 10, (hidden,), 65 * hidden + hidden * 10 + 10) for hidden in (5, 7)]
