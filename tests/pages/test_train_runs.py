"""A run on the Train page: its views, its buttons, its name, its end."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.recipes import get
from cnnviz.runs import checkpoints, controls, labels, store
from cnnviz.runs.folder import RunFolder
from cnnviz.runs.status import Status

Open = Callable[..., AppTest]
SPEC = get("lenet-digits").spec


def run_with_everything(epochs: int = 3, **spec: object) -> RunFolder:
    run = store.create(SPEC.changed(spec))
    for epoch in range(1, epochs + 1):
        row = {"train_loss": 1 / epoch, "valid_loss": 1.2 / epoch, "train_accuracy": 0.9, "valid_accuracy": 0.8}
        extra = {"lr": 1e-3, "duration_s": 1.0, "images_per_s": 100.0, "patience_left": 4 - epoch}
        run.append_epoch({"epoch": epoch, **row, **extra})
        run.append(
            "norms", {"epoch": epoch, "gradient": {"conv1": 0.5, "fc": None}, "weight": {"conv1": 2.0, "fc": 3.0}}
        )
        (run.path / "epochs").mkdir(exist_ok=True)
        kept = {
            "epoch": epoch,
            "kernels": torch.randn(4, 1, 5, 5).half(),
            "indices": torch.arange(12),
            "targets": torch.arange(12) % 10,
            "probs": torch.from_numpy(np.eye(10, dtype=np.float32)[[0] * 11 + [1]]).half(),
        }
        checkpoints.save(run, f"epochs/{epoch:04d}.pt", kept)
    run.write_status(Status("finished"))
    return run


def texts(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.error, *app.info, *app.warning, *app.success]
    return "\n".join(part.value for part in parts)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "".join(part.proto.body for part in app.get("html"))


def view(app: AppTest, name: str) -> AppTest:
    app.segmented_control(key="view").set_value(name).run()
    assert not app.exception and "Something went wrong" not in texts(app)
    return app


def test_only_the_open_view_is_drawn(open_page: Open) -> None:
    app = open_page("train", run=run_with_everything().id)
    assert len(app.get("vega_lite_chart")) == 2 and metrics(app)["Gap"] == "−10.0 pp"
    assert len(view(app, "Rates and norms").get("vega_lite_chart")) == 4
    view(app, "Kernels")
    assert html(app).count("<figure>") == 4 and not app.get("vega_lite_chart")
    view(app, "Images")
    # Image 0 and 10 are zeros, image 11 a one: the rest are taken for 0.
    assert html(app).count("✓") == 3 and html(app).count("✗ 0, is") == 9 and "3 of these 12" in texts(app)


def test_the_slider_goes_back_through_the_epochs(open_page: Open) -> None:
    run = run_with_everything()
    app = view(open_page("train", run=run.id), "Images")
    assert "Epoch 3" in texts(app)
    app.toggle(key=f"run-view.{run.id}.latest").set_value(False).run()
    app.select_slider(key=f"run-view.{run.id}.epoch").set_value(1).run()
    assert not app.exception and html(app).count("<figure>") == 12


@pytest.mark.parametrize("name", ["Rates and norms", "Kernels", "Images"])
def test_a_view_without_anything_says_so(open_page: Open, name: str) -> None:
    app = view(open_page("train", run=store.create(SPEC).id), name)
    assert "first epoch brings these" in texts(app)


@pytest.mark.parametrize("name", ["Kernels", "Images"])
def test_a_damaged_snapshot_is_said_and_the_rest_stays(open_page: Open, name: str) -> None:
    run = run_with_everything()
    (run.path / "epochs" / "0003.pt").write_bytes(b"\xff")
    app = view(open_page("train", run=run.id), name)
    assert app.error and metrics(app)["Validation accuracy"] == "80.00%"


def test_pause_continue_and_stop_twice(open_page: Open) -> None:
    run = run_with_everything(patience=5)
    with run.held():
        run.write_status(Status("running", at={"epoch": 4, "batch": 3, "num_batches": 40}))
        app = open_page("train", run=run.id)
        assert "Epoch 4 of 12, batch 3 of 40" in app.get("progress")[0].proto.text
        assert metrics(app)["Stops without progress in"] == "1 epoch"
        press(app, "Pause")
        controls.pause(run)  # somebody else, at once
        assert controls.is_pause_requested(run)
        press(app, "Continue")
        assert not controls.is_pause_requested(run)
        press(app, "Stop")
        run.request_stop()
        assert run.is_stop_requested() and next(b for b in app.button if b.label == "Stopping …").disabled
        assert next(b for b in app.button if b.label == "Delete").disabled


def test_rates_change_from_the_next_epoch(open_page: Open) -> None:
    run = run_with_everything()
    with run.held():
        run.write_status(Status("running", at={"epoch": 4, "batch": 3, "num_batches": 40}))
        app = open_page("train", run=run.id)
        app.number_input(key=f"run-view.{run.id}.lr").set_value(0.0005)
        press(app, "Change from the next epoch")
        assert controls.pending(run) == {"lr": 0.0005} and "learning rate 0.0005" in texts(app)
        app.number_input(key=f"run-view.{run.id}.lr").set_value(-1.0)
        press(app, "Change from the next epoch")
        assert app.error[0].value.startswith("lr is") and controls.pending(run) == {"lr": 0.0005}


def test_a_failed_run_keeps_its_curves_and_says_why(open_page: Open) -> None:
    run = run_with_everything(6)
    run.write_status(Status("failed", why="The training loss stopped being finite in epoch 7.", hint="Lower the rate."))
    app = open_page("train", run=run.id)
    assert "epoch 7" in app.error[0].value and "Lower the rate" in app.error[0].value
    assert metrics(app)["Best epoch"] == "6 of 12" and len(app.get("vega_lite_chart")) == 2
    assert {"Resume", "Copy its settings"} <= {button.label for button in app.button}


def test_a_run_is_named_noted_pinned_and_found(open_page: Open) -> None:
    runs = [run_with_everything(1) for _ in range(9)]
    app = open_page("train", run=runs[0].id)
    app.text_input(key=f"run-view.{runs[0].id}.name").set_value("Best *so far*")
    app.text_area(key=f"run-view.{runs[0].id}.note").set_value("Half the rate.")
    app.toggle(key=f"run-view.{runs[0].id}.pinned").set_value(True)
    press(app, "Save")
    assert labels.labels_of(runs[0]) == labels.Labels(name="Best *so far*", note="Half the rate.", pinned=True)
    assert app.selectbox(key="run").options[0].startswith("★ Best *so far*") and "Half the rate" in texts(app)
    app.text_input(key="find").set_value("BEST lenet").run()
    assert len(app.selectbox(key="run").options) == 2 and "1 of 9 runs" in texts(app)
    app.text_input(key="find").set_value("nothing at all").run()
    assert "No run has all these words" in texts(app) and app.selectbox(key="run").value == runs[0].id


def test_deleting_asks_first(open_page: Open) -> None:
    run = run_with_everything(1)  # the browser test presses on
    app = press(open_page("train", run=run.id), "Delete")
    assert run.path.exists() and "can't be undone" in texts(app)
    assert {"Delete it", "Keep it"} <= {button.label for button in app.button}


def test_a_run_deleted_while_it_is_shown(open_page: Open) -> None:
    run = run_with_everything(1)
    app = open_page("train")
    labels.delete(run)
    app.run()
    assert not app.exception and "recorded run" in texts(app)
    app = open_page("train", run=run.id)
    assert "is not here" in app.warning[0].value


def test_a_copy_starts_from_the_runs_settings(open_page: Open) -> None:
    run = run_with_everything(1, lr=0.007, l1_penalty=0.001, dropout=0.25)
    app = press(open_page("train", run=run.id), "Copy its settings")
    app.run()
    assert app.selectbox(key="recipe").value == f"copy-of-{run.id}"
    values = {w.key: w.value for w in app.number_input}
    assert values[f"setting.copy-of-{run.id}.lr"] == 0.007 and values[f"setting.copy-of-{run.id}.dropout"] == 0.25
    assert values[f"setting.copy-of-{run.id}.l1_penalty"] == 0.001


@pytest.mark.parametrize("epochs", [0, 2])
def test_training_goes_on_for_more_epochs(open_page: Open, monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
    from cnnviz.runs import resume
    from cnnviz.runs.jobs import Jobs

    monkeypatch.setattr(Jobs, "resume", lambda self, run, more: resume.requeue(run, more) and run)
    run = run_with_everything(3)
    app = open_page("train", run=run.id)
    app.number_input(key=f"run-view.{run.id}.more").set_value(epochs)
    press(app, "Continue training")
    if epochs:
        assert run.spec().max_epochs == 5 and run.recorded_status().state == "queued"
    else:
        assert "at least 1" in app.error[0].value and run.spec().max_epochs == 12


def test_reported_figures_stand_beside_the_runs_own_and_say_so(open_page: Open) -> None:
    run = store.create(get("lenet-mnist").spec)
    app = open_page("train", run=run.id)
    assert "Reported by the tutorial, not measured here" in texts(app) and "98.88" in texts(app)
    assert app.dataframe[0].value.source.tolist() == ["reported", "reported"]
