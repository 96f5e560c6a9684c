"""The Architectures page as a visitor works it, without a browser."""

import io
import json
import os
import pickle
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from cnnviz import recipes
from cnnviz.models import registry, weight_store
from cnnviz.models.weights import save_state
from cnnviz.models.zoo import ZOO
from cnnviz.runs import store
from cnnviz.ui import cache

APP = str(Path(__file__).resolve().parents[2] / "app.py")
PARTS = ("One network", "FC against GAP", "Two at a time", "What tutorials hide", "Your own")


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    """Nothing warms up beside the tests; what one of them starts ends with it."""
    monkeypatch.setattr("cnnviz.ui.warmup.begin", lambda: None)
    yield
    cache.jobs().close()
    cache.jobs.clear()


def open_app(page: str, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120).switch_page(f"pages/{page}.py")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def open_page(part: str = "One network", **address: str) -> AppTest:
    return open_app("architectures", look=part, **address)


def said(page: AppTest) -> str:
    kinds = (page.markdown, page.error, page.caption, page.success, page.info)
    return "\n".join(element.value for kind in kinds for element in kind).replace("\\", "")


def html(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def metric(page: AppTest, label: str) -> str:
    return next(each.value for each in page.metric if each.label == label)


def click(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_without_a_message(part, digits):
    page = open_page(part)
    assert not page.exception and not [each for each in page.error if "refuses" not in each.value], said(page)


@pytest.mark.parametrize("name", [entry.name for entry in ZOO])
def test_every_network_of_the_zoo_shows_torchs_count(name):
    page = open_page(net=name)
    network = registry.build(name)
    assert not page.exception and not page.error
    assert metric(page, "Parameters") == f"{sum(part.numel() for part in network.parameters()):,}"
    assert 'class="op' in html(page)


@pytest.mark.parametrize("detail", ["Parameters", "All operations", "Layer table", "Source", "Files"])
def test_every_detail_opens(detail):
    page = open_page(net="cifar_res", detail=detail)
    assert not page.exception and not page.error, said(page)
    if detail == "Source":
        assert page.code[0].value.startswith("class CifarRes(nn.Module)")
    if detail == "All operations":
        table = page.dataframe[0].value
        assert table["macs"].sum() == 2_220_096 and "joins a skip from 6" in set(table["note"])
    if detail == "Layer table":
        assert table_total(page) == 16_130


def table_total(page: AppTest) -> int:
    return int(page.dataframe[0].value["Param #"].sum())


def test_skips_are_drawn():
    assert html(open_page(net="cifar_res_deep")).count('class="arc"') == 10
    assert 'class="arc"' not in html(open_page(net="lenet"))


def test_an_option_changes_the_count_and_a_bad_one_keeps_the_last():
    page = open_page(net="cifar_res_deep")
    page.toggle(key="net.cifar_res_deep.shared").set_value(False).run()
    assert metric(page, "Parameters") == "159,330"
    page.number_input(key="net.cifar_res_deep.num_blocks").set_value(0).run()
    assert "num_blocks is 0" in said(page) and metric(page, "Parameters") == "159,330"


def test_another_size_breaks_where_torch_breaks_and_can_be_built():
    page = open_page(net="lenet")
    page.number_input(key="rows.lenet").set_value(40).run()
    assert not page.exception
    assert "breaks at Linear" in said(page) and "800" in said(page) and "1,400" in said(page)
    assert 'class="op fails"' in html(page)
    page.toggle(key="rebuild").set_value(True).run()
    assert not page.error and 'class="op fails"' not in html(page)
    expected = registry.build("lenet", input_shape=(1, 40, 28))
    assert metric(page, "Parameters") == f"{sum(part.numel() for part in expected.parameters()):,}"


def test_a_size_that_nothing_can_be_built_for():
    page = open_page(net="lenet")
    page.number_input(key="rows.lenet").set_value(3).run()
    assert not page.exception and page.error
    page.toggle(key="rebuild").set_value(True).run()
    assert not page.exception and page.error


def test_torchvision_and_a_stack_by_name():
    page = open_page(net="torchvision:resnet18")
    assert metric(page, "Parameters") == "11,689,512" and html(page).count('class="arc"') == 8
    page = open_page(net="stack:1x28x28:conv 4 k3 / relu / flatten / linear 10")
    assert metric(page, "Parameters") == f"{4 * 10 + (4 * 26 * 26) * 10 + 10:,}"


def test_a_link_that_leads_nowhere_still_shows_a_network():
    page = open_page(net="lenett")
    assert not page.exception and metric(page, "Parameters") == "16,130"
    assert "not here" in page.warning[0].value


def test_fc_against_gap_counts_and_refuses(digits):
    page = open_page("FC against GAP")
    assert metric(page, "FC: parameters") == "80,758" and metric(page, "GAP: parameters") == "3,958"
    assert "FC refuses" in said(page) and "GAP takes 56×56" in said(page)
    page.slider(key="size").set_value(56).run()
    expected = registry.build("fc_cnn", input_shape=(1, 56, 56))
    assert metric(page, "FC: parameters") == f"{sum(part.numel() for part in expected.parameters()):,}"
    assert metric(page, "FC: best accuracy")
    assert [each for each in page.number_input if each.label.startswith("Validation digit")]


def test_train_both_queues_a_pair_on_the_same_batches(digits):
    page = open_page("FC against GAP")
    page.number_input(key="heads_epochs").set_value(1).run()
    page.number_input(key="heads_images").set_value(100).run()
    click(page, "Train both")
    assert not page.exception
    specs = [run.spec() for run in store.list_runs()]
    assert {spec.model for spec in specs} == {"fc_cnn", "gap_cnn"}
    assert (
        len({(spec.data, spec.seed, spec.batch_size, spec.lr, spec.train_size, spec.max_epochs) for spec in specs}) == 1
    )


def test_train_both_says_what_can_not_be(digits):
    page = open_page("FC against GAP")
    page.number_input(key="heads_epochs").set_value(-1).run()
    click(page, "Train both")
    assert "max_epochs is -1" in said(page) and not store.list_runs()


def test_two_networks_and_their_times():
    page = open_page("Two at a time", net="fc_cnn", **{"with": "gap_cnn"})
    table = page.dataframe[0].value
    assert list(table.loc["Parameters"]) == ["80,758", "3,958"]
    assert list(table.loc["Best validation accuracy"]) == ["–, no runs yet"] * 2
    click(page, "Time both on this machine")
    assert not page.exception
    assert page.dataframe[0].value.loc["Forward pass, 32 images"].str.endswith(" ms").all()


def test_the_three_stories():
    page = open_page("What tutorials hide")
    assert metric(page, "Parameters") == "75,810"
    page.slider(key="depth").set_value(100).run()
    assert metric(page, "Parameters") == "75,810"
    page.toggle(key="shared").set_value(False).run()
    assert metric(page, "Parameters") == "994,530"
    assert metric(page, "Modules declared and never called") == "1"
    assert metric(page, "Largest difference of two passes") == "0"
    page.toggle(key="drops").set_value(True).run()
    assert metric(page, "Modules declared and never called") == "0"
    assert float(metric(page, "Largest difference of two passes")) > 0.01
    assert metric(page, "Parameters counted") == "287,008"
    page.get("button_group")[1].set_value(["convolutions", "batch norm", "linear layers"]).run()
    assert metric(page, "Parameters counted") == "1,251,658"


@pytest.mark.parametrize("depth", [1, 2, 37, 100])
def test_the_curves_of_depth_are_exact(depth):
    from cnnviz.ui.arch_stories import OWN, SHARED, _depth_rows

    rows = _depth_rows().set_index(["name", "x"])["count"]
    for name, shared in ((SHARED, True), (OWN, False)):
        network = registry.build("cifar_res_deep", {"num_blocks": depth, "shared": shared})
        assert rows[name, depth] == sum(part.numel() for part in network.parameters())


class Bomb:
    """A pickle that would run a command."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def packed(thing: object) -> bytes:
    content = io.BytesIO()
    torch.save(thing, content)
    return content.getvalue()


def upload(content: bytes, name: str, net: str = "lenet") -> AppTest:
    page = open_page("Your own", net=net)
    page.file_uploader[0].upload(name, content, "application/octet-stream").run()
    assert not page.exception
    return page


def test_weights_are_kept_and_offered(digits_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    network = registry.build("lenet")
    page = upload(save_state(network, "pt"), "mine.pt")
    assert "tensors fit" in said(page)
    click(page, "Keep these weights")
    kept = weight_store.read_weights("mine")
    assert all(torch.equal(kept[name], part) for name, part in network.state_dict().items())
    click(page, "Keep these weights")
    assert "weights called 'mine' already" in said(page)


def test_weights_of_another_network_are_listed_key_by_key():
    page = upload(save_state(registry.build("fc_cnn"), "safetensors"), "other.safetensors")
    assert "another network's weights" in said(page)
    rows = dict(page.dataframe[0].value.itertuples(index=False))
    own, other = registry.build("lenet").state_dict(), registry.build("fc_cnn").state_dict()
    wrong = {name for name in own.keys() | other.keys()
             if name not in own or name not in other or own[name].shape != other[name].shape}  # fmt: skip
    assert set(rows) == wrong
    assert not [button for button in page.button if button.label == "Keep these weights"]


def test_weights_trained_on_other_data_and_what_can_score_them(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    nine = save_state(registry.build("gap_cnn", num_classes=9, input_shape=(3, 53, 52)), "pt")
    page = upload(nine, "nine.pt", net="gap_cnn")
    assert "another network's weights" in said(page)
    page.selectbox(key="weights_of-gap_cnn").set_value("wafer-synthetic").run()
    assert "tensors fit" in said(page)
    click(page, "Keep these weights")
    assert weight_store.stored_weights("nine").num_classes == 9
    assert set(page.selectbox(key="weights_data-nine").options) == {"Wafer maps (synthetic)", "Wafer maps, WM-811K"}
    weight_store.store_weights("ten", registry.build("lenet").state_dict(), "lenet")
    page.selectbox(key="net").set_value("lenet").run()
    assert not page.exception and page.selectbox(key="weights_kept").value == "ten"


def test_stored_weights_of_other_data_are_exported_as_they_are(monkeypatch, tmp_path):
    from cnnviz.ui.arch_export import built
    from cnnviz.ui.arch_picker import Chosen

    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    network = registry.build("gap_cnn", num_classes=9, input_shape=(3, 53, 52))
    weight_store.store_weights(
        "nine", network.state_dict(), "gap_cnn", {"h": 8, "hidden": 100}, num_classes=9, input_shape=(3, 53, 52)
    )
    entry = registry.get("gap_cnn")
    again = built(Chosen(entry, (("h", 8), ("hidden", 100)), entry.input_shape), "nine").state_dict()
    assert all(torch.equal(again[name], part) for name, part in network.state_dict().items())


def test_onnx_is_made_then_saved_and_a_refusal_is_said(tmp_path, monkeypatch):
    page = click(open_page(net="gap_cnn", detail="Files"), "Network as ONNX")
    assert not page.error and [each for each in page.get("download_button") if "gap_cnn-fresh.onnx" in str(each.proto)]
    mine = tmp_path / "mine.py"
    mine.write_text(
        "from torch import nn\nclass Branches(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a, self.b = nn.Linear(784, 10), nn.Linear(784, 10)\n    def forward(self, x):\n"
        "        x = x.flatten(1)\n        return self.a(x) if x.sum() > 0 else self.b(x)\n"
    )
    monkeypatch.setenv("CNNVIZ_MODELS", str(mine))
    page = open_page(net="own:Branches", detail="Files")
    assert "Not called with a blank image: a" in said(page) and "never used" not in said(page)
    click(page, "Network as ONNX")
    assert "can't follow the network" in said(page) and "data-dependent" in said(page) and "\x1b" not in said(page)
    assert not [each for each in page.get("download_button") if ".onnx" in str(each.proto)]


def test_a_pair_that_can_not_be_built_keeps_the_last(tmp_path, monkeypatch):
    mine = tmp_path / "mine.py"
    mine.write_text(
        "from torch import nn\nclass Picky(nn.Module):\n    input_shape = (1, 2048, 2)\n"
        "    def __init__(self, n: int = 2):\n        super().__init__()\n        if n > 4:\n"
        "            raise ValueError('too many')\n        self.l = nn.Linear(4096, n)\n"
        "    def forward(self, x):\n        return self.l(x.flatten(1))\n"
    )
    monkeypatch.setenv("CNNVIZ_MODELS", str(mine))
    page = open_page("Two at a time", net="own:Picky", **{"with": "gap_cnn"})
    page.number_input(key="net.own:Picky.n").set_value(9).run()
    assert "too many" in said(page) and "last pair that worked" in said(page) and len(page.dataframe) == 1
    page = open_page(net="own:Picky")  # its own size is beyond what the size controls offer to others
    assert not page.error and page.number_input(key="rows.own:Picky").value == 2048


def test_a_network_opens_in_train_with_data_that_it_takes(digits):
    app = open_app("train", model="torchvision:squeezenet1_1", recipe=recipe_of("torchvision:squeezenet1_1"))
    assert not app.exception and not app.error
    assert not next(button for button in app.button if button.label == "Start").disabled
    assert app.selectbox(key=f"setting.{recipe_of('torchvision:squeezenet1_1')}.data").value == "colour-mnist"


def recipe_of(model: str) -> str:
    return recipes.for_model(model).name


@pytest.mark.parametrize("make", [
    lambda path: pickle.dumps(Bomb(path)),
    lambda path: packed({"weight": Bomb(path)}),
    lambda path: packed(nn.Linear(2, 2)),
    lambda path: b"not weights at all",
    lambda path: save_state(registry.build("lenet"), "pt")[:5000],
])  # fmt: skip
def test_dangerous_and_broken_files_are_refused(make, tmp_path):
    page = upload(make(tmp_path / "ran"), "bad.pt")
    assert page.error and not (tmp_path / "ran").exists()
    assert not [button for button in page.button if button.label == "Keep these weights"]


OWN = '''
from torch import nn
class Fine(nn.Module):
    """Works."""
    def __init__(self, num_classes=10, input_shape=(1, 28, 28), n: int = 4):
        super().__init__()
        pool = nn.AdaptiveAvgPool2d(1)
        self.layers = nn.Sequential(nn.Conv2d(1, n, 3), pool, nn.Flatten(), nn.Linear(n, num_classes))
    def forward(self, x):
        return self.layers(x)
class Two(Fine):
    def forward(self, x, y):
        return self.layers(x + y)
class Raises(Fine):
    def forward(self, x):
        raise ValueError("not today")
class Dictionary(Fine):
    def forward(self, x):
        return {"logits": self.layers(x)}
class Huge(Fine):
    def __init__(self):
        super().__init__()
        self.more = nn.Linear(100_000, 100_000)
'''


def test_own_classes_and_everything_wrong_with_them(tmp_path, monkeypatch):
    mine, again, broken = tmp_path / "mine.py", tmp_path / "again.py", tmp_path / "broken.py"
    mine.write_text(OWN)
    again.write_text(
        "from torch import nn\nclass Fine(nn.Linear):\n    def __init__(self):\n        super().__init__(28, 10)\n"
    )
    broken.write_text("from torch import nn\nclass X(nn.Module:\n    pass\n")
    monkeypatch.setenv("CNNVIZ_MODELS", os.pathsep.join(map(str, (mine, again, broken))))
    text = said(open_page("Your own"))
    for words in ("broken.py, line 2", "syntax error", "2 inputs (x, y)", "ValueError: not today",
                  "returns a dictionary", "too large for this machine", "2 classes are called Fine"):  # fmt: skip
        assert words in text, text
    page = open_page(net="own:mine.Fine")
    assert metric(page, "Parameters") == f"{4 * 10 + 4 * 10 + 10:,}"


def test_on_to_train_with_the_options(digits):
    from cnnviz.ui.arch_links import train_query
    from cnnviz.ui.arch_picker import Chosen

    entry = registry.get("fc_cnn")
    query = train_query(Chosen(entry, (("h", 4), ("hidden", 100)), entry.input_shape))
    assert query == {"recipe": query["recipe"], "model": "fc_cnn", "options": '{"h": 4}'}
    app = open_app("train", **query)
    assert not app.exception and not app.error
    assert app.selectbox(key="recipe").value == query["recipe"]
    assert app.number_input(key=f"setting.{query['recipe']}.h").value == 4
    other = train_query(Chosen(entry, (("h", 8), ("hidden", 100)), entry.input_shape), "mine")
    assert other["recipe"] != query["recipe"] and other["weights"] == "mine" and "options" not in other


def test_runs_of_a_network_with_its_options_give_its_best_accuracy(tmp_path):
    import shutil

    from cnnviz.runs.best import best_row
    from cnnviz.ui.arch_pair import best_accuracy
    from cnnviz.ui.arch_picker import Chosen

    entry = registry.get("gap_cnn")
    options = {"h": 8, "hidden": 100}
    shutil.copytree(store.HEADS["GAP"], Path(os.environ["CNNVIZ_RUNS"]) / "20260101-gap")
    best = best_row(store.list_runs()[0].history(), "valid_accuracy")["valid_accuracy"]
    assert best_accuracy(Chosen(entry, tuple(options.items()), entry.input_shape)) == f"{best:.2%} on mnist-5k"
    wider = Chosen(entry, (("h", 16), ("hidden", 100)), entry.input_shape)
    assert best_accuracy(wider) == "–, no runs yet"
    file = Path(os.environ["CNNVIZ_RUNS"]) / "20260101-gap" / "spec.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "model_options": {}}))  # all at their defaults
    assert best_accuracy(Chosen(entry, tuple(options.items()), entry.input_shape)) == f"{best:.2%} on mnist-5k"
    assert best_accuracy(wider) == "–, no runs yet"
