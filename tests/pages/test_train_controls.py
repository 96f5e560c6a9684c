"""Every control of a run: what it changes in the spec, what it shows only when it matters, where it complains."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.models import registry, weight_store
from cnnviz.recipes import RECIPES
from cnnviz.runs import store
from cnnviz.specs import TrainSpec

Open = Callable[..., AppTest]
KEY = "setting.lenet-digits."


def widget(app: AppTest, field: str) -> Any:
    for kind in (app.number_input, app.selectbox, app.toggle, app.text_input):
        for found in kind:
            if found.key == KEY + field:
                return found
    raise KeyError(field)


def has(app: AppTest, field: str) -> bool:
    try:
        widget(app, field)
    except KeyError:
        return False
    return True


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[TrainSpec]:
    """The specs that were handed over; the folders are made, nothing is trained."""
    from cnnviz.runs.jobs import Jobs

    specs: list[TrainSpec] = []
    monkeypatch.setattr(Jobs, "submit", lambda self, spec: specs.append(spec) or store.create(spec))
    return specs


def start(app: AppTest) -> None:
    next(button for button in app.button if button.label == "Start").click().run()
    assert not app.exception


CHANGES = {
    "max_epochs": 3, "lr": 0.5, "batch_size": 7, "train_size": 300, "valid_size": 200, "valid_fraction": 0.3,
    "num_folds": 5, "shuffle": False, "drop_last": True, "init": "kaiming", "dropout": 0.1, "optimizer": "adamw",
    "weight_decay": 0.01, "schedule": "plateau", "l1_penalty": 1e-4, "l2_penalty": 1e-3, "patience": 4,
    "restore_best": True, "best_by": "valid_loss", "score_in_training_mode": True, "device": "cpu", "num_threads": 1,
    "seed": 9, "model": "gap_cnn",
}  # fmt: skip


def test_every_control_reaches_the_run(open_page: Open, started: list[TrainSpec]) -> None:
    app = open_page("train")
    for field, value in CHANGES.items():
        if field != "model":
            widget(app, field).set_value(value)
    app.run()
    widget(app, "schedule_patience").set_value(2)
    widget(app, "min_delta").set_value(0.01)
    widget(app, "stop_by").set_value("valid_accuracy")
    widget(app, "fold").set_value(3).run()
    start(app)
    (spec,) = started
    asked = {**spec.as_dict(), **spec.model_options}
    assert {name: asked[name] for name in CHANGES if name != "model"} == {
        name: value for name, value in CHANGES.items() if name != "model"
    }
    assert (spec.schedule_patience, spec.min_delta, spec.stop_by, spec.fold) == (2, 0.01, "valid_accuracy", 3)


def test_another_network_brings_its_own_options(open_page: Open, started: list[TrainSpec]) -> None:
    app = open_page("train")
    widget(app, "model").set_value("gap_cnn").run()
    assert not has(app, "dropout") and has(app, "gap_cnn.h")
    widget(app, "gap_cnn.h").set_value(4)
    start(app)
    assert (started[0].model, started[0].model_options) == ("gap_cnn", {"h": 4, "hidden": 100})


def test_stored_weights_are_offered_to_the_network_they_are_of(open_page: Open, started: list[TrainSpec]) -> None:
    for name, count in (("mine", 10), ("for two", 2)):
        network = registry.build("gap_cnn", {"h": 4}, num_classes=count)
        weight_store.store_weights(name, network.state_dict(), "gap_cnn", {"h": 4}, num_classes=count)
    app = open_page("train")
    assert not has(app, "weights") and not has(app, "gap_cnn.weights")
    widget(app, "model").set_value("gap_cnn").run()
    assert widget(app, "gap_cnn.weights").options == ["new weights", "for two", "mine"]
    widget(app, "gap_cnn.weights").set_value("for two").run()
    assert "2 classes apart" in app.error[0].value and "Network" in app.warning[0].value
    widget(app, "gap_cnn.weights").set_value("mine").run()
    widget(app, "gap_cnn.h").set_value(4)
    start(app)
    assert (started[0].weights, started[0].model_options["h"]) == ("mine", 4) and not app.error
    widget(app, "model").set_value("lenet").run()
    start(app)
    assert started[1].weights == ""  # another network's would not fit


@pytest.mark.parametrize(
    ("cause", "value", "fields"),
    [
        ("optimizer", "sgd", ["momentum"]),
        ("schedule", "plateau", ["schedule_patience", "schedule_factor"]),
        ("schedule", "step", ["schedule_factor", "schedule_epochs"]),
        ("schedule", "cosine", ["schedule_epochs"]),
        ("patience", 3, ["min_delta", "stop_by"]),
        ("num_folds", 3, ["fold"]),
        ("class_weights_kind", "by hand", ["class_weights_typed"]),
    ],
)
def test_fields_appear_when_they_matter(open_page: Open, cause: str, value: object, fields: list[str]) -> None:
    app = open_page("train")
    assert not any(has(app, field) for field in fields)
    widget(app, cause).set_value(value).run()
    assert all(has(app, field) for field in fields) and not app.error


@pytest.mark.parametrize(
    ("changes", "said", "section"),
    [
        ({"class_weights_kind": "by hand", "class_weights_typed": "1, 2"}, "2 class weights", "Scoring"),
        ({"class_weights_kind": "by hand", "class_weights_typed": "1, x"}, "class\\_weights is", "Scoring"),
        ({"mean": "0.5, 0.5"}, "mean has 2 numbers", "Data and batches"),
        ({"mean": "0, 0", "std": "1, 1"}, "There are 2 means", "Data and batches"),
        ({"mean": "half"}, "mean is", "Data and batches"),
        ({"num_folds": 1}, "num\\_folds is 1", "Data and batches"),
        ({"patience": -1}, "patience is", "Against over-fitting"),
        ({"l1_penalty": -0.1}, "l1\\_penalty is", "Against over-fitting"),
    ],
)
def test_a_setting_that_can_not_be_is_said_beside_it(
    open_page: Open, changes: dict[str, object], said: str, section: str
) -> None:
    app = open_page("train")
    for field, value in changes.items():
        widget(app, field).set_value(value).run()
    assert len(app.error) == 1 and said in app.error[0].value and not app.exception
    assert section in app.warning[0].value  # the section may be closed
    assert next(button for button in app.button if button.label == "Start").disabled


def test_notes_stand_beside_what_they_are_about(open_page: Open) -> None:
    app = open_page("train")
    widget(app, "weight_decay").set_value(0.01)
    widget(app, "l2_penalty").set_value(0.01).run()
    assert any("pulled towards 0 twice" in info.value for info in app.info)
    assert not next(button for button in app.button if button.label == "Start").disabled


def test_balanced_weights_say_what_they_are(open_page: Open, started: list[TrainSpec]) -> None:
    app = open_page("train")
    widget(app, "class_weights_kind").set_value("balanced").run()
    assert any("0: 1 (500)" in caption.value for caption in app.caption)
    start(app)
    assert started[0].class_weights == "balanced"


@pytest.mark.parametrize("name", [r.name for r in RECIPES.values() if r.kind == "demo"] + ["cifar-l2", "colour-best"])
def test_every_recipe_opens(open_page: Open, name: str) -> None:
    app = open_page("train", recipe=name)
    assert app.selectbox(key="recipe").value == name and not app.exception


def test_recipes_can_be_filtered_by_kind(open_page: Open) -> None:
    app = open_page("train")
    count = len(app.selectbox(key="recipe").options)
    app.segmented_control(key="recipe-kind").set_value("demo").run()
    options = app.selectbox(key="recipe").options
    assert 5 <= len(options) < count and all("emo" in option for option in options)
