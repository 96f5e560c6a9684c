"""The benchmark's contestants train the same thing; its sums are right. Nothing is asserted on time."""

import pytest
import torch

from cnnviz.bench import endurance, loops
from cnnviz.bench.report import Report
from cnnviz.bench.systems import SYSTEMS, images_of
from cnnviz.bench.train import _add_ratios
from cnnviz.recipes import get
from cnnviz.runs import store
from cnnviz.training.trainer import split_for


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_the_apps_loop_and_the_tutorials_train_each_system(name: str) -> None:
    settings = {**SYSTEMS[name].spec_settings(0.02), "max_epochs": 2, "num_threads": 1}
    spec = get("lenet-digits").spec.changed(settings)
    images = images_of(spec.data)
    parts = split_for(spec, images)
    assert images.shape == SYSTEMS[name].shape and len(parts.train) == spec.train_size
    for loop in (loops.tutorial, loops.app):
        torch.manual_seed(0)
        assert len(loop(spec, images, parts)) == 2
    run = store.list_runs()[0]
    assert run.status().state == "finished" and len(run.history()) == 2


def test_pictures_are_what_the_app_trains_on() -> None:
    """Both normalise the same way, in colour too."""
    from cnnviz.training.feed import Feed

    images = images_of("stand-in-S1")
    pictures = loops.Pictures(images.images[:5], images.labels[:5])
    feed = Feed(images.images[:5], images.labels[:5], mean=(0.5,), std=(0.5,), device=torch.device("cpu"))
    ours, labels = next(feed.batches(5))
    for at in range(5):
        inputs, label = pictures[at]
        torch.testing.assert_close(inputs, ours[at], atol=1e-5, rtol=0)
        assert label == labels[at]


def test_ratios_pair_the_rounds() -> None:
    report = Report("train")
    _add_ratios(report, {"tutorial": [10.0, 20.0, 40.0], "app": [20.0, 60.0, 160.0]}, "app_vs_{}_S1")
    assert report.ratios == {"app_vs_tutorial_S1": 3.0}


def test_endurance_compares_the_last_tenth_with_the_first() -> None:
    report = Report("endurance")
    samples = [{"tick": 0.5, "js_heap": 10.0 + at, "server_rss": 200.0} for at in range(20)]
    endurance.compare(report, samples)
    assert report.ratios == {
        "js_heap_last_vs_first": pytest.approx(28.5 / 10.5),
        "server_rss_last_vs_first": 1.0,
        "tick_last_vs_first": 1.0,
    }
