"""People's own classes: what is found, what is said of what can't be used, and that nothing else suffers."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from cnnviz.errors import ModelError, SpecError
from cnnviz.models import own, registry

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nfrom torch.nn import Conv2d, Sequential\n"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a file and names it in CNNVIZ_MODELS, after those written before."""
    named: list[str] = []

    def one(text: str, name: str = "my_models.py", head: str = HEAD) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head + text)
        named.append(str(path))
        monkeypatch.setenv("CNNVIZ_MODELS", os.pathsep.join(dict.fromkeys(named)))
        return path

    monkeypatch.delenv("CNNVIZ_MODELS", raising=False)
    return one


def network(name: str, init: str = "self", forward: str = "self.head(x.flatten(1))", body: str = "") -> str:
    body = body or "self.head = nn.Linear(64, 10)"
    return (
        f"class {name}(nn.Module):\n    def __init__({init}):\n        super().__init__()\n        {body}\n"
        f"    def forward(self, x):\n        return {forward}\n"
    )


SMALL = '''
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return F.relu(self.conv(x)) + x


class Mine(nn.Module):
    """Blocks, then the mean of each map.

    More about it.
    """

    def __init__(self, num_classes=10, in_channels=3, width: int = 8, dropout: float = 0.1, deep=False, act="relu"):
        super().__init__()
        self.first = Conv2d(in_channels, width, 3, padding=1)
        self.blocks = Sequential(*(Block(width) for _ in range(3 if deep else 1)))
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(width, num_classes)

    def forward(self, x):
        return self.head(self.drop(self.blocks(self.first(x)).mean((2, 3))))
'''


def test_a_class_becomes_a_network(write: Write) -> None:
    write(SMALL)
    entry = registry.get("own:Mine")
    assert (entry.input_shape[0], entry.num_classes, entry.group) == (3, 10, "own")
    assert entry.about == "Blocks, then the mean of each map."
    assert {name: spec.default for name, spec in entry.options.items()} == {"width": 8, "dropout": 0.1, "deep": False}
    assert registry.check_options("own:Mine", {"dropout": 0.5})["dropout"] == 0.5
    with pytest.raises(SpecError):
        registry.check_options("own:Mine", {"dropout": 1.5})
    registry.check_data("own:Mine", "these", (1, 20, 20), 4)
    model = registry.build("own:Mine", {"width": 4, "deep": True}, num_classes=4, input_shape=(1, 20, 20))
    assert model(torch.rand(2, 1, 20, 20)).shape == (2, 4) and len(model.blocks) == 3
    assert [each.name for each in registry.all_entries() if each.group == "own"] == ["own:Mine"]


def test_only_its_own_classes(write: Write) -> None:
    """Not what it imports; a part that needs arguments is noted, not offered."""
    write(SMALL)
    found = own.own_models()
    assert list(found.models) == ["own:Mine"]
    (note,) = found.problems
    assert (note.name, note.is_error) == ("Block", False) and "needs width" in note.message
    with pytest.raises(ModelError, match="needs width"):
        registry.get("own:Block")


def test_the_data_decides_what_it_can(write: Write) -> None:
    write(
        network(
            "Shaped",
            "self, num_classes=3, input_shape=(1, 8, 8)",
            body="self.head = nn.Linear(input_shape[1] * input_shape[2], num_classes)",
        )
    )
    model = registry.build("own:Shaped", num_classes=5, input_shape=(1, 6, 4))
    assert model.head.weight.shape == (5, 24)
    entry = registry.get("own:Shaped")
    assert (entry.input_shape, entry.num_classes, entry.in_channels) == ((1, 8, 8), 3, 0)


def test_a_class_that_is_made_for_one_thing(write: Write) -> None:
    write(network("Fixed"))
    assert registry.get("own:Fixed").input_shape == (1, 8, 8)  # found by trying
    with pytest.raises(ModelError, match="tells 10 classes apart, and these has 7"):
        registry.check_data("own:Fixed", "these", (1, 8, 8), 7)
    with pytest.raises(ModelError, match=r"forward raises in line 10 of my_models.py RuntimeError"):
        registry.build("own:Fixed", num_classes=10, input_shape=(1, 9, 9))


def test_a_class_may_say_its_shape(write: Write) -> None:
    write(network("Odd", body="self.head = nn.Linear(3 * 11 * 7, 4)") + "    input_shape = (3, 11, 7)\n")
    entry = registry.get("own:Odd")
    assert (entry.input_shape, entry.num_classes) == ((3, 11, 7), 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (network("Bad").replace("forward(self, x)", "forward(self, x, mask)"), r"takes 2 inputs \(x, mask\)"),
        (network("Bad").replace("forward(self, x)", "forward(self)"), "takes no input"),
        (network("Bad", forward="1 / 0"), "line 10 of my_models.py ZeroDivisionError: division by zero"),
        (network("Bad", forward="{'logits': x}"), r"returns a dictionary \(logits\), not a tensor"),
        (network("Bad", forward="(x, x)"), "returns a tuple of 2, not a tensor"),
        (network("Bad", forward="None"), "returns a NoneType, not a tensor"),
        (network("Bad", forward="x"), "makes 2×1×28×28 of 2 images"),
        (network("Bad", forward="x.flatten(1).sum()"), "makes no axes of 2 images"),
        (network("Bad", forward="self.head(x.view(-1, 64))") + "    input_shape = (1, 16, 16)\n", "folds pixels"),
        (network("Bad", body="raise KeyError('nope')"), "can't be built: in line 8 of my_models.py KeyError: 'nope'"),
        (network("Bad", "self, size"), "needs size, and nothing here knows a value"),
        (network("Bad", body="self.head = nn.Linear(64, 10**10)"), r"would take 9,\d+\.\d GiB, and"),
        (network("Bad", forward="self.head(x.flatten(1)[:, :64].repeat(10**9, 1))[:2]"), "outputs would take more"),
    ],
)  # fmt: skip
def test_what_can_not_be_used_is_said(write: Write, text: str, said: str) -> None:
    write(text + SMALL)
    with pytest.raises(ModelError, match=said) as refused:
        registry.get("own:Bad")
    assert "line 5" in str(refused.value)  # where the class begins
    assert registry.build("own:Mine").head.out_features == 10  # the others are as they were


def test_a_syntax_error_shows_file_and_line(write: Write) -> None:
    write(SMALL)
    broken = write("class Broken(nn.Module)\n    pass\n", "broken.py")
    (problem,) = [each for each in own.own_models().problems if each.is_error]
    assert (problem.file, problem.line) == (str(broken), 5)
    assert "class Broken(nn.Module)" in problem.message and "expected ':'" in problem.message
    assert registry.get("own:Mine").title == "Mine"
    with pytest.raises(ModelError, match=r"broken\.py, line 5: a syntax error"):
        registry.get("own:Broken")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1 / 0\n", "ZeroDivisionError: division by zero"),
        ("import nowhere_to_be_found\n", "No module named 'nowhere_to_be_found'"),
        ("import sys\nsys.exit(3)\n", "SystemExit: 3"),
    ],
)
def test_a_file_that_raises(write: Write, text: str, said: str) -> None:
    write(text)
    (problem,) = own.own_models().problems
    assert said in problem.message and problem.line == 4 + text.count("\n")


def test_a_file_that_is_missing(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(SMALL)
    monkeypatch.setenv("CNNVIZ_MODELS", f"{tmp_path}/gone.py{os.pathsep}{tmp_path}/my_models.py")
    missing = own.own_models().problems[0]
    assert missing.file == f"{tmp_path}/gone.py" and "No such file" in missing.message
    assert registry.get("own:Mine")


def test_two_classes_with_one_name(write: Write) -> None:
    write(SMALL)
    write(network("Mine"), "other.py")
    assert list(own.own_models().models) == ["own:my_models.Mine", "own:other.Mine"]
    with pytest.raises(ModelError, match=r"not clear\. Write own:my_models\.Mine or own:other\.Mine"):
        registry.get("own:Mine")
    assert registry.build("own:other.Mine").head.in_features == 64
    assert any("2 classes are called Mine" in each.message for each in own.own_models().problems)


def test_two_files_with_one_name_too(write: Write) -> None:
    write(SMALL)
    write(network("Mine"), "deeper/my_models.py")
    assert list(own.own_models().models) == ["own:my_models.Mine"]
    assert any("both files are called my_models.py" in each.message for each in own.own_models().problems)


def test_a_name_of_the_zoo(write: Write) -> None:
    write(network("LeNet"))
    with pytest.raises(ModelError, match=r"Write own:my_models\.LeNet"):
        registry.get("own:LeNet")
    assert registry.get("own:my_models.LeNet").input_shape == (1, 8, 8)
    assert registry.get("lenet").group == "zoo"
    assert any("has a network called LeNet too" in each.message for each in own.own_models().problems)


def test_imported_once_for_each_change(write: Write, tmp_path: Path) -> None:
    log = tmp_path / "imports"
    count = f"open({str(log)!r}, 'a').write('x')\n"
    path = write(count + SMALL)
    for _ in range(3):
        registry.get("own:Mine")
        registry.all_entries()
    assert log.read_text() == "x"
    write(count + SMALL.replace("width: int = 8", "width: int = 16"))
    os.utime(path, ns=(1, 1))
    assert registry.get("own:Mine").options["width"].default == 16
    assert log.read_text() == "xx"


def test_a_change_within_the_second_and_of_the_same_size(write: Write) -> None:
    """Python's compiled files tell neither apart."""
    path = write(SMALL)
    os.utime(path, ns=(10**18, 10**18))
    before = registry.version_of("own:Mine")
    assert registry.get("own:Mine").options["width"].default == 8
    write(SMALL.replace("width: int = 8", "width: int = 9"))
    os.utime(path, ns=(10**18 + 1000, 10**18 + 1000))
    assert registry.get("own:Mine").options["width"].default == 9
    assert registry.version_of("own:Mine") != before and registry.version_of("lenet") == ""
    assert not (path.parent / "__pycache__").exists()


def test_what_lies_beside_it_can_be_imported(write: Write, tmp_path: Path) -> None:
    (tmp_path / "beside_my_models.py").write_text("SIZE = 64\n")
    write("from beside_my_models import SIZE\n" + network("Near", body="self.head = nn.Linear(SIZE, 10)"))
    assert registry.build("own:Near").head.in_features == 64


def test_networks_that_look_at_values(write: Write) -> None:
    """They can't run without values, so they are tried with some."""
    write(network("Looks", forward="self.head(x.flatten(1) if x.sum() < 1 else -x.flatten(1))"))
    assert registry.build("own:Looks").head.out_features == 10


def test_without_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNNVIZ_MODELS", raising=False)
    assert own.own_models().models == {}
    with pytest.raises(ModelError, match="no files of your own are named"):
        registry.get("own:Mine")


def test_trying_leaves_the_random_state_alone(write: Write) -> None:
    write(SMALL)
    registry.get("own:Mine")
    torch.manual_seed(1)
    first = registry.build("own:Mine").head.weight
    torch.manual_seed(1)
    second = own.find("own:Mine").kind().head.weight
    assert torch.equal(first, second)


def test_lazy_layers_get_their_sizes(write: Write) -> None:
    write(network("Lazy", "self, num_classes=10", body="self.head = nn.LazyLinear(num_classes)"))
    model = registry.build("own:Lazy", num_classes=4, input_shape=(3, 5, 5))
    assert model.head.weight.shape == (4, 75) and model.training
    model(torch.rand(2, 3, 5, 5)).sum().backward()


def test_a_default_of_infinity_stays_the_classs_own(write: Write) -> None:
    write(network("Clipped", "self, most: float = float('inf')", body="self.head, self.most = nn.Linear(64, 10), most"))
    assert not registry.get("own:Clipped").options
    assert registry.build("own:Clipped").most == float("inf")
