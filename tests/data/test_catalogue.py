"""The catalogue: every entry says the truth about its set, and what is made from what is said."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from cnnviz.data import colour_mnist, kept, registry
from cnnviz.data.augment_colour import grey
from cnnviz.data.progress import silent
from tests.data.test_mnist import write_small_mnist

HERE = ("mnist-5k", "digits", "colour-mnist", "wafer-synthetic")
ELSEWHERE = ("mnist", "fashion-mnist", "kmnist", "cifar-10", "cifar-2", "wafer-lswmd")


def test_the_catalogue_is_complete() -> None:
    assert set(registry.DATA_SETS) == {*HERE, *ELSEWHERE}


@pytest.mark.parametrize("name", HERE)
def test_entries_say_what_loading_gives(name: str) -> None:
    entry, loaded = registry.get(name), registry.load(name)
    assert entry.at_hand()
    assert loaded.name == name
    assert len(loaded) == entry.num_images
    assert loaded.shape == entry.shape
    assert len(loaded.classes) == entry.num_classes
    assert loaded.num_train == entry.num_train


@pytest.mark.parametrize("name", ELSEWHERE)
def test_sets_from_elsewhere_say_how_they_come(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "nothing"))
    entry = registry.get(name)
    assert not entry.at_hand()
    said = entry.how_to_get()
    assert said.startswith("downloads ") == bool(entry.download_mb)
    assert said != "at hand"
    assert entry.licence
    assert not (tmp_path / "nothing").exists()


def test_the_customary_figures_fit_the_channels() -> None:
    for entry in registry.DATA_SETS.values():
        assert len(entry.mean) == len(entry.std)
        assert len(entry.mean) in (1, entry.shape[0])
        assert min(entry.std) > 0
    assert registry.get("cifar-2").mean == (0.4915, 0.4823, 0.4468)
    assert registry.get("cifar-2").std == (0.2470, 0.2435, 0.2616)
    assert [name for name, entry in registry.DATA_SETS.items() if entry.synthetic] == ["wafer-synthetic"]


def test_listing_imports_nothing_heavy() -> None:
    heavy = "{'torch', 'sklearn', 'pandas', 'mlxtend'} & set(sys.modules)"
    code = f"import sys; from cnnviz.data.registry import DATA_SETS; list(DATA_SETS.values()); sys.exit(bool({heavy}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0


def test_small_digits_are_scikit_learns() -> None:
    ink, labels = load_digits(return_X_y=True)
    loaded = registry.load("digits")
    assert np.array_equal(loaded.labels, labels)
    assert np.abs(loaded.images.reshape(-1, 64) / 255 * 16 - ink).max() < 0.04
    assert (loaded.images.min(), loaded.images.max()) == (0, 255)


def test_coloured_digits_say_what_they_are_made_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    entry = registry.get("colour-mnist")
    assert "5,000" in entry.about
    assert (entry.num_images, entry.num_train) == (5_000, None)
    few = registry.load("colour-mnist")
    assert np.array_equal(few.labels, registry.load("mnist-5k").labels)
    write_small_mnist(tmp_path)
    assert "all of MNIST" in registry.get("colour-mnist").about
    many = registry.load("colour-mnist")  # what was kept of the 5,000 is not taken for these
    source = registry.load("mnist")
    assert np.array_equal(many.labels, source.labels)
    assert (many.images.shape, many.num_train) == ((40, 3, 28, 28), 30)


def test_coloured_digits_are_seeded_and_readable() -> None:
    digits = registry.load("mnist-5k").images[::50]
    painted = colour_mnist.paint(digits, 0, silent)
    assert np.array_equal(painted, colour_mnist.paint(digits, 0, silent))
    assert not np.array_equal(painted, colour_mnist.paint(digits, 1, silent))
    floats = torch.from_numpy(painted).float()
    ground = floats[:, :, 0, 0]
    assert ground.std(0).min() > 50  # grounds of every colour
    contrast = (grey(floats) - grey(ground[:, :, None, None])).abs().amax((1, 2, 3))
    assert contrast.min() > 15
    assert contrast.median() > 60


def test_kept_arrays_are_made_once_and_again_when_their_mark_differs(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> list[np.ndarray]:
        made.append(1)
        return [np.full(3, len(made))]

    path = tmp_path / "folder" / "arrays.npz"
    for mark, expected in (("a", 1), ("a", 1), ("b", 2), ("b", 2), ("a", 3)):
        assert kept.arrays(path, make, ["x"], mark)[0].tolist() == [expected] * 3
    path.write_bytes(b"PK broken")
    assert kept.arrays(path, make, ["x"], "a")[0].tolist() == [4] * 3
    assert [item.name for item in path.parent.iterdir()] == ["arrays.npz"]


def test_arrays_that_can_not_be_kept_are_given_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert kept.arrays(tmp_path / "file" / "arrays.npz", lambda: [np.ones(2)], ["x"])[0].tolist() == [1, 1]
