"""The Data page, part by part, against the real core."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.augment_spec import AugmentSpec
from cnnviz.data import own
from cnnviz.data.import_spec import ImportSpec
from cnnviz.data.importer import import_set
from cnnviz.data.sources import ZipSource
from cnnviz.ui import cache, state
from tests.data.collections import laid_out, packed, picture, two_classes
from tests.pages.test_pages import finished_run, metrics, texts

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, digits_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of its own that shares the parsed digits."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mnist-5k.npz").symlink_to(digits_folder / "mnist-5k.npz")
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    cache.background.clear()


def bring_in(entries: dict[str, bytes], **how: object) -> None:
    import_set(ZipSource(packed(entries)), ImportSpec(**{"name": "mine", **how}))


def html(app: AppTest) -> str:
    return "\n".join(part.proto.body for part in app.get("html"))


def button(app: AppTest, label: str) -> object:
    return next(each for each in app.button if each.label == label)


def wait_for_import(app: AppTest) -> None:
    for job in cache.background().jobs():
        job.wait(30)
        assert job.state == "done", job.error
    app.run()


def test_look_shows_the_digits_before_anything_is_touched(open_page: Open) -> None:
    app = open_page("data")
    assert html(app).count("<img") == 10 * 17  # ten averages and sixteen samples each
    assert "**5,000**" in texts(app) and "0.3086" in texts(app)
    before = html(app)
    button(app, "Other samples").click().run()
    assert html(app) != before


@pytest.mark.parametrize("view", ["Balance", "Values and sizes", "Duplicates"])
@pytest.mark.parametrize("own_set", [False, True])
def test_every_view_of_every_set(open_page: Open, view: str, own_set: bool) -> None:
    if own_set:
        bring_in({**two_classes(3), "fish/1.png": picture(900), "cats/again.png": picture(0)})
    app = open_page("data", data="mine" if own_set else "mnist-5k", look=view)
    assert not app.error and "Something went wrong" not in texts(app)
    if view == "Duplicates":
        shown = metrics(app)
        twice = int(shown["In training and validation"]) + int(shown["Twice in training"])
        assert twice == (1 if own_set else 0)
    else:
        assert app.get("vega_lite_chart")


def test_many_classes_come_a_page_at_a_time_and_names_are_harmless(open_page: Open) -> None:
    bring_in({f"<b>{at:03}/{n}.png": picture(at, (2, 2)) for at in range(300) for n in range(2)})
    app = open_page("data", data="mine")
    assert "<b><b>" not in html(app) and "&lt;b&gt;000" in html(app)
    assert html(app).count('class="a"') == 9


def test_normalise_by_hand_says_what_is_no_number_and_keeps_the_rest(open_page: Open) -> None:
    app = open_page("data", do="Normalise")
    assert "−0.42" in texts(app) or "-0.42" in texts(app)
    app.radio[0].set_value("by hand").run()
    app.text_input(key=f"{state.NORMALISE_MEAN}.mnist-5k").set_value("a, b").run()
    assert "no numbers" in app.error[0].value
    app.text_input(key=f"{state.NORMALISE_MEAN}.mnist-5k").set_value("0.1, 0.2").run()
    assert app.error and not app.exception
    app.text_input(key=f"{state.NORMALISE_MEAN}.mnist-5k").set_value("0.1").run()
    assert not app.error
    app.text_input(key=f"{state.NORMALISE_STD}.mnist-5k").set_value("0").run()
    assert "std" in app.error[0].value


def test_normalisation_is_carried_to_the_train_page(open_page: Open) -> None:
    app = open_page("data", do="Normalise")
    button(app, "Use these in Train").click().run()
    app.switch_page("pages/train.py").run()
    assert app.session_state[state.setting("lenet-digits", "mean")] == "0.1307"
    assert app.text_input(key=state.setting("lenet-digits", "std")).value == "0.3081"


def test_augmentation_warns_and_is_carried_to_the_train_page(open_page: Open) -> None:
    app = open_page("data", do="Augment")
    assert html(app).count("<img") == 25 and not app.warning
    app.slider(key=state.augmentation("rotation")).set_value(180.0).run()
    assert "6 can read as a 9" in app.warning[0].value
    before = html(app)
    button(app, "Draw again").click().run()
    assert html(app) != before
    app.selectbox(key=state.AUGMENT_PRESET).set_value("Nothing").run()
    assert button(app, "Train with this").disabled
    app.selectbox(key=state.AUGMENT_PRESET).set_value("As is the custom for CIFAR-10").run()
    assert app.session_state[state.AUGMENT] == AugmentSpec(horizontal_flip=0.5, crop=4)
    button(app, "Train with this").click().run()
    app.switch_page("pages/train.py").run()
    assert app.selectbox(key=state.setting("lenet-digits", "augment")).value == "data page"


def test_split_says_what_can_not_be(open_page: Open) -> None:
    bring_in({**two_classes(1), "cats/7.png": picture(70)})
    app = open_page("data", do="Split", data="mine")
    assert not app.exception and "Something went wrong" not in texts(app)
    app.selectbox(key=state.SPLIT_FOLDS).set_value(10).run()
    assert "num\\_folds" in app.error[0].value


def test_folds_are_carried_to_the_train_page(open_page: Open) -> None:
    app = open_page("data", do="Split")
    assert metrics(app)["Training"] == "4,000"
    app.selectbox(key=state.SPLIT_FOLDS).set_value(5).run()
    app.number_input(key=state.SPLIT_FOLD).set_value(2).run()
    button(app, "Train with this split").click().run()
    app.switch_page("pages/train.py").run()
    assert app.number_input(key=state.setting("lenet-digits", "fold")).value == 2
    assert "Changed from the recipe" in texts(app) and "folds 5" in texts(app)


def test_balanced_weights_come_with_the_split_they_were_counted_on(open_page: Open) -> None:
    app = open_page("data", do="Split")
    app.slider(key=state.SPLIT_FRACTION).set_value(0.4).run()
    button(app, "Train with balanced weights").click().run()
    app.switch_page("pages/train.py").run()
    assert app.session_state[state.setting("lenet-digits", "valid_fraction")] == 0.4
    assert "validation share 0\\.4" in texts(app) or "validation share 0.4" in texts(app)


def test_a_zip_is_shown_imported_reported_and_removed(open_page: Open) -> None:
    app = open_page("data", do="Your own")
    entries = {**two_classes(4), "cats/notes.txt": b"x", "dogs/broken.png": picture()[:-30]}
    app.get("file_uploader")[0].upload("pets.zip", packed(entries).getvalue(), "application/zip").run()
    assert "9 pictures in 2 classes" in texts(app) and html(app).count("<figure>") == 12
    button(app, "Import").click().run()
    wait_for_import(app)
    assert "8 pictures in 2 classes are here; 2 left out" in texts(app)
    button(app, "Import").click().run()
    for job in cache.background().jobs():
        job.wait(30)
    app.run()
    assert "already" in texts(app)
    button(app, "Remove it").click().run()
    assert not own.metas() and "None yet" in texts(app)


def test_a_folder_on_this_machine(open_page: Open, tmp_path: Path) -> None:
    app = open_page("data", do="Your own")
    app.segmented_control(key=state.OWN_FROM).set_value("Folder").run()
    app.text_input(key=state.OWN_PATH).set_value(str(tmp_path / "nowhere")).run()
    assert "is no folder" in app.error[0].value
    laid_out(tmp_path / "pets", two_classes(3))
    app.text_input(key=state.OWN_PATH).set_value(str(tmp_path / "pets")).run()
    assert "6 pictures in 2 classes" in texts(app)
    laid_out(tmp_path / "pets", two_classes(4))
    app.run()
    assert "8 pictures in 2 classes" in texts(app)


def test_two_imports_of_one_name_at_once_are_told_apart(open_page: Open, tmp_path: Path) -> None:
    laid_out(tmp_path / "pets", two_classes(3))
    over = threading.Event()
    with own.held("pets"):  # as the other import does
        app = open_page("data", do="Your own")
        app.segmented_control(key=state.OWN_FROM).set_value("Folder").run()
        app.text_input(key=state.OWN_PATH).set_value(str(tmp_path / "pets")).run()
        other = cache.background().start("import:pets:other", "Importing pets", lambda job: over.wait(30))
        button(app, "Import").click().run()
        for job in cache.background().jobs():
            job.wait(0 if job is other else 30)
        app.run()
    assert "being imported already" in texts(app)
    over.set()


def test_no_folders_of_a_machine_that_others_reach(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit

    monkeypatch.setattr(streamlit, "get_option", lambda name: "0.0.0.0" if name == "server.address" else None)
    app = open_page("data", do="Your own")
    assert list(app.segmented_control(key=state.OWN_FROM).options) == ["Zip or npz", "Files"]


@pytest.mark.parametrize("part", ["Look", "Normalise", "Augment", "Split"])
def test_a_set_that_is_not_here_says_what_it_holds_and_how_to_get_it(open_page: Open, part: str) -> None:
    app = open_page("data", data="cifar-10", do=part)
    said = texts(app).replace("\\", "")
    assert "170 MB" in button(app, "Download CIFAR-10, 170 MB").label and "airplane, automobile, bird" in said
    assert "50,000 for training" in said and "data download cifar-10" in said and "cifar-10-binary.tar.gz" in said


def test_a_file_that_takes_minutes_is_read_in_the_background(open_page: Open, tmp_path: Path) -> None:
    app = open_page("data", data="wafer-lswmd")
    assert "LSWMD.pkl" in texts(app) and not any("WM-811K" in each.label for each in app.button)
    (tmp_path / "data" / "LSWMD.pkl").write_bytes(b"not a pickle")
    app.run()
    button(app, "Read Wafer maps, WM-811K").click().run()
    for job in cache.background().jobs():
        job.wait(30)
    app.run()
    assert "Nothing of it was run" in texts(app) and button(app, "Try again")


def test_mistakes_of_a_run_whose_own_set_is_gone_or_replaced(open_page: Open) -> None:
    bring_in({f"{name}/{at}.png": picture(at) for name in "0123456789" for at in range(12)}, channels=1)
    run = finished_run()
    run.write_asked({**run.asked(), "spec": {**run.spec().as_dict(), "data": "mine"}})
    assert not open_page("mistakes").error
    own.remove("mine")
    assert "importing it again" in open_page("mistakes").error[0].value.replace("\\", "")


def test_nothing_is_called_changed_before_it_is(open_page: Open) -> None:
    assert "Changed from" not in texts(open_page("train"))


def test_an_own_set_is_offered_for_training(open_page: Open) -> None:
    bring_in(two_classes(4), channels=1)
    app = open_page("train")
    assert "mine" in app.selectbox(key=state.setting("lenet-digits", "data")).options
