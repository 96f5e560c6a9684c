"""Each page, opened and used as a visitor would, against the real core."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.recipes import get
from cnnviz.runs import store
from cnnviz.runs.folder import Predictions, RunFolder
from cnnviz.runs.status import Status

Open = Callable[..., AppTest]


def finished_run(wrong: int = 90) -> RunFolder:
    """A run of 100 validation images of which so many are wrong: each taken for the next digit."""
    run = store.create(get("lenet-digits").spec)
    targets = np.arange(100) % 10
    predicted = np.where(np.arange(100) < wrong, (targets + 1) % 10, targets)
    logits = np.eye(10, dtype=np.float32)[predicted] * np.linspace(1, 5, 100, dtype=np.float32)[:, None]
    run.write_predictions(Predictions(logits, targets, np.arange(100), 3))
    for epoch in (1, 2, 3):
        row = {
            "train_loss": 1 / epoch,
            "valid_loss": 1 / epoch,
            "train_accuracy": 0.5,
            "valid_accuracy": 0.1 * epoch,
        }
        run.append_epoch({"epoch": epoch, **row, "lr": 1e-3, "duration_s": 1.0, "images_per_s": 100.0})
    run.write_status(Status("finished"))
    return run


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def texts(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.error, *app.info, *app.warning, *app.success]
    return "\n".join(part.value for part in parts)


def test_home_says_what_to_try_and_what_is_at_hand(open_page: Open) -> None:
    app = open_page("home")
    assert [button.label for button in app.button][:2] == ["Train a network", "Read its mistakes"]
    assert "5,000 handwritten digits" in texts(app) and "This machine" in texts(app)


def test_train_shows_the_example_before_anything_is_run(open_page: Open) -> None:
    app = open_page("train")
    assert "recorded run" in texts(app)
    assert metrics(app)["Validation accuracy"] == "98.10%"


def test_train_starts_follows_and_ends(open_page: Open) -> None:
    app = open_page("train")
    app.number_input(key="setting.lenet-digits.max_epochs").set_value(1)
    app.number_input(key="setting.lenet-digits.train_size").set_value(300)
    app.number_input(key="setting.lenet-digits.valid_size").set_value(100).run()
    next(button for button in app.button if button.label == "Start").click().run()
    (run,) = store.list_runs()
    assert app.query_params["run"] == [run.id] or app.query_params["run"] == run.id
    assert run.spec().train_size == 300
    end = time.monotonic() + 90
    while run.status().is_active:
        assert time.monotonic() < end
        time.sleep(0.1)
    app.run()
    assert "This run is finished" in texts(app)
    assert metrics(app)["Best epoch"] == "1 of 1"


@pytest.mark.parametrize(
    ("field", "value"),
    [("batch_size", 0), ("max_epochs", -1), ("lr", -1.0), ("dropout", 2.0), ("valid_fraction", 0.0)],
)
def test_train_says_what_can_not_be_beside_the_control(open_page: Open, field: str, value: float) -> None:
    app = open_page("train")
    app.number_input(key=f"setting.lenet-digits.{field}").set_value(value).run()
    assert len(app.error) == 1 and app.error[0].value.startswith(field.replace("_", "\\_"))
    assert next(button for button in app.button if button.label == "Start").disabled
    assert metrics(app)["Validation accuracy"] == "98.10%"  # what was on screen stays


def test_train_says_when_the_runs_folder_can_not_be_written(
    open_page: Open, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("train")
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "file"))
    next(button for button in app.button if button.label == "Start").click().run()
    assert "CNNVIZ" in app.error[0].value and not app.exception


@pytest.mark.parametrize("state", ["queued", "stopped", "failed", "interrupted", "finished"])
def test_train_shows_every_state(open_page: Open, state: str) -> None:
    run = finished_run()
    run.write_status(Status(state, why="Because <b>of</b> this."))
    app = open_page("train", run=run.id)
    assert not app.exception
    assert metrics(app)["Best epoch"].endswith("of 12")


@pytest.mark.parametrize("broken", ["spec.json", "status.json", "history.jsonl", "steps.jsonl", "predictions.npz"])
@pytest.mark.parametrize("page", ["train", "mistakes", "home"])
def test_a_broken_file_never_stops_a_page(open_page: Open, page: str, broken: str) -> None:
    run = finished_run()
    (run.path / broken).write_bytes(b'{"state": "fin\xff')
    app = open_page(page)
    assert not app.exception and "Something went wrong" not in texts(app)


@pytest.mark.parametrize("created", [float("nan"), 1e300, "yesterday", None, -1e18])
def test_a_date_that_is_none_never_stops_a_page(open_page: Open, created: object) -> None:
    import json

    run = finished_run()
    (run.path / "spec.json").write_text(json.dumps({**run.asked(), "created": created}))
    for page in ("train", "mistakes", "home"):
        assert "Something went wrong" not in texts(open_page(page))


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("lenett", "no model called"),
        ("stack:1x28x28:flatten", "10 classes"),
        ("stack:3x31x31:flatten / linear 10", "Choose another network or data set"),
        ("stack:1x28x28:flatten / linear " + "9" * 5000, "unknown"),
    ],
)
def test_a_stack_that_can_not_train_is_said_and_not_started(open_page: Open, model: str, said: str) -> None:
    app = open_page("train", model=model, recipe="your-stack")
    assert said in texts(app)
    start = next(button for button in app.button if button.label == "Start")
    assert start.disabled or app.selectbox(key="recipe").value != "your-stack"


def test_mistakes_are_counted_paged_and_filtered(open_page: Open) -> None:
    run = finished_run(wrong=90)
    app = open_page("mistakes")
    assert metrics(app) == {
        "Validation accuracy": "10.00%",
        "Misclassified": "90 of 100",
        "Weights of epoch": "3",
    }
    assert run.id
    gallery = app.get("html")[0].proto.body
    assert gallery.count("<figure>") == 40
    app.selectbox(key="true").set_value(4).run()
    gallery = app.get("html")[0].proto.body
    assert gallery.count("<figure>") == 9 and gallery.count("4 → 5") == 9
    app.selectbox(key="predicted").set_value(7).run()
    assert "No image was mistaken that way" in texts(app)


def test_mistakes_of_a_run_without_any(open_page: Open) -> None:
    finished_run(wrong=0)
    assert "Nothing is wrong here" in texts(open_page("mistakes"))


def test_mistakes_whose_images_are_gone(open_page: Open) -> None:
    run = finished_run()
    run.write_asked({**run.asked(), "spec": {**run.spec().as_dict(), "data": "mnist"}})
    app = open_page("mistakes")
    assert "Start a run on them" in app.error[0].value


@pytest.mark.parametrize("page", ["train", "mistakes"])
def test_a_link_to_nowhere_is_said(open_page: Open, page: str) -> None:
    app = open_page(page, run="<script>alert(1)</script>", true="x")
    assert "is not here" in app.warning[0].value and not app.exception
