"""Weights that anybody may have made: what fits comes in, what could run does not, and each refusal says why."""

import io
import os
import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save_model
from torch import nn

from cnnviz.errors import ModelError
from cnnviz.models import registry, weight_files, weight_store
from cnnviz.models.weight_files import read_state
from cnnviz.models.weights import compare_state, load_state, save_state


def saved(content: object, zipped: bool = True) -> bytes:
    packed = io.BytesIO()
    torch.save(content, packed, _use_new_zipfile_serialization=zipped)
    return packed.getvalue()


def equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("name", [*registry.MODELS, "torchvision:squeezenet1_1"])
@pytest.mark.parametrize("form", ["pt", "safetensors"])
def test_there_and_back(name: str, form: str) -> None:
    model = registry.build(name)
    state = read_state(save_state(model, form), f"weights.{form}")
    assert equal(state, dict(model.state_dict()))
    fresh = registry.build(name)
    assert load_state(fresh, state).fits and equal(dict(fresh.state_dict()), dict(model.state_dict()))


def test_any_loader_reads_what_is_shared() -> None:
    model = registry.build("cifar_res_deep")
    plain = load(save_state(model, "safetensors"))
    registry.build("cifar_res_deep").load_state_dict(plain)  # strict


def test_safetensors_own_files_of_shared_weights(tmp_path: Path) -> None:
    """Its save_model writes what is shared once, and the other names into the head."""
    model = registry.build("cifar_res_deep")
    save_model(model, str(tmp_path / "shared.safetensors"))
    content = (tmp_path / "shared.safetensors").read_bytes()
    assert len(load(content)) < len(model.state_dict())
    assert equal(read_state(content, "shared.safetensors"), dict(model.state_dict()))


def test_what_shares_is_not_missing() -> None:
    model = registry.build("cifar_res_deep")
    once = {name: part for name, part in model.state_dict().items() if not name.startswith("resblocks.3")}
    assert compare_state(model, once).fits


@pytest.mark.parametrize("wrapper", ["state_dict", "model_state_dict", "model", "net"])
@pytest.mark.parametrize("zipped", [True, False])
def test_wrapped_and_prefixed(wrapper: str, zipped: bool) -> None:
    model = registry.build("gap_cnn")
    parallel = {f"module.{name}": part for name, part in model.state_dict().items()}
    content = saved({wrapper: parallel, "epoch": 3, "optimizer": {"lr": 0.1}}, zipped)
    assert equal(read_state(content, "checkpoint.pt"), dict(model.state_dict()))


def test_a_runs_own_checkpoints() -> None:
    model = registry.build("gap_cnn")
    optimizer = torch.optim.Adam(model.parameters())
    last = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 2}
    assert equal(read_state(saved(last), "last.pt"), dict(model.state_dict()))


class Harmful:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch '{self.path}'",)


@pytest.mark.parametrize("kind", ["zip", "old", "bare", "bare0", "hidden"])
def test_code_is_refused_and_never_run(tmp_path: Path, kind: str) -> None:
    harm = Harmful(tmp_path / "harm")
    content = {
        "zip": lambda: saved({"weight": harm}),
        "old": lambda: saved({"weight": harm}, zipped=False),
        "bare": lambda: pickle.dumps(harm),
        "bare0": lambda: pickle.dumps({"weight": harm}, 0),
        "hidden": lambda: saved({"model": nn.Linear(2, 2).state_dict(), "notes": [harm]}),
    }[kind]()
    with pytest.raises(ModelError, match=r"is refused: opening it would call .*system.*It may be harmful"):
        read_state(content, "gift.pt")
    assert not (tmp_path / "harm").exists()
    # The file is what it is taken for: an unsafe loader would run it.
    if kind.startswith("bare"):
        pickle.loads(content)
    else:
        torch.load(io.BytesIO(content), weights_only=False)
    assert (tmp_path / "harm").exists()


@pytest.mark.parametrize("zipped", [True, False])
def test_a_whole_module_is_refused(zipped: bool) -> None:
    with pytest.raises(ModelError, match=r"whole module \(cnnviz\.models\.overfitting\.GapCNN\)") as refused:
        read_state(saved(registry.build("gap_cnn"), zipped), "model.pt")
    assert "torch.save(model.state_dict()" in refused.value.hint and refused.value.field == "weights"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("form", ["pt", "old", "safetensors"])
def test_cut_off(form: str, share: float) -> None:
    model = registry.build("gap_cnn")
    content = saved(model.state_dict(), zipped=False) if form == "old" else save_state(model, form)
    with pytest.raises(ModelError, match=r"cut off|no whole"):
        read_state(content[: int(share * len(content))], f"weights.{form}")


def torchscript() -> bytes:
    packed = io.BytesIO()
    torch.jit.save(torch.jit.script(nn.Linear(2, 3)), packed)
    return packed.getvalue()


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: b"", "is empty"),
        (lambda: b"These are no weights at all.", "no file of weights"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "no file of weights"),
        (lambda: zipped(readme=b"hello"), "none of PyTorch's"),
        (torchscript, "TorchScript"),
        (lambda: saved(torch.ones(3)), "one tensor"),
        (lambda: saved([1, 2]), "something of type list"),
        (lambda: saved({}), "holds nothing"),
        (lambda: saved({"epochs": 12}), "'epochs' is something of type int"),
        (lambda: saved({"a": torch.ones(3).to_sparse()}), "sparse"),
        (lambda: saved({"a": torch.ones(3).numpy()}), "NumPy arrays"),
        (lambda: b"\x08\x00\x00\x00\x00\x00\x00\x00{notjson", "no whole .safetensors"),
    ],
)
def test_other_files(make, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        read_state(make(), "some.pt")


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weight_files, "MAX_BYTES", 2**20)
    with pytest.raises(ModelError, match="has 2 MiB"):
        read_state(bytes(2**21), "large.pt")
    bomb = zipped(**{"archive/data.pkl": b"", "archive/data/0": bytes(2**22)})
    assert len(bomb) < 2**20
    with pytest.raises(ModelError, match="unpacks to more than 1 MiB"):
        read_state(bomb, "bomb.pt")


def test_another_networks_weights_are_listed() -> None:
    model, other = registry.build("fc_cnn"), registry.build("gap_cnn")
    fit = compare_state(model, {**other.state_dict(), "extra.weight": torch.ones(2)})
    assert not fit.fits and fit.unexpected == ("extra.weight",) and fit.missing == ()
    (misshapen,) = fit.misshapen
    assert (misshapen.name, misshapen.found, misshapen.wanted) == ("classifier.0.weight", (100, 16), (100, 784))
    assert "another shape: classifier.0.weight is 100×16, and the network has 100×784" in fit.lines()
    before = {name: part.clone() for name, part in model.state_dict().items()}
    with pytest.raises(ModelError, match="another network's"):
        load_state(model, other.state_dict())
    assert equal(dict(model.state_dict()), before)
    with pytest.raises(ModelError, match="None of the weights"):
        load_state(model, {"elsewhere": torch.ones(1)}, partly=True)
    assert load_state(model, other.state_dict(), partly=True).misshapen
    assert torch.equal(model.features[0].weight, other.features[0].weight)
    missing = compare_state(model, {})
    assert set(missing.missing) == set(model.state_dict()) and "10 missing" not in missing.sentence()


def test_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    assert weight_store.list_weights() == []
    model = registry.build("overfit_cnn", {"h": 4}, num_classes=3, input_shape=(3, 20, 20))
    about = {"num_classes": 3, "input_shape": (3, 20, 20)}
    state = dict(model.state_dict())
    kept = weight_store.store_weights("my best", state, "overfit_cnn", {"h": 4}, source="best.pt", **about)
    assert (kept.model, kept.options, kept.num_classes, kept.input_shape) == ("overfit_cnn", {"h": 4}, 3, (3, 20, 20))
    assert kept.source == "best.pt" and kept.num_bytes == weight_store.path_of("my best").stat().st_size
    assert weight_store.list_weights() == weight_store.list_weights("overfit_cnn") == [kept]
    assert weight_store.list_weights("lenet") == []
    assert equal(weight_store.read_weights("my best"), state)
    with pytest.raises(ModelError, match="already"):
        weight_store.store_weights("my best", state, "overfit_cnn", {"h": 4}, **about)
    with pytest.raises(ModelError, match="another network's"):
        weight_store.store_weights("wrong", state, "overfit_cnn", {"h": 8}, **about)
    assert [each.name for each in weight_store.list_weights()] == ["my best"]
    weight_store.store_weights("my best", state, "overfit_cnn", {"h": 4}, **about, replace=True)
    with pytest.raises(ModelError, match="Did you mean my best"):
        weight_store.read_weights("my bess")
    (tmp_path / "weights" / "torn.safetensors").write_bytes(b"torn")
    torn = weight_store.list_weights()[-1]
    assert torn.name == "torn" and "can't be read" in torn.why
    for name in ("my best", "torn"):
        weight_store.remove_weights(name)
    assert weight_store.list_weights() == []
    with pytest.raises(ModelError, match="None are stored yet"):
        weight_store.remove_weights("my best")


@pytest.mark.parametrize("name", ["", "..", "../up", "a/b", "a\\b", ".hidden", "x" * 81, "line\nbreak", "end "])
def test_names_that_make_no_file(name: str) -> None:
    with pytest.raises(ModelError, match="can't be the name"):
        weight_store.path_of(name)


def test_listing_weights_does_not_import_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    weight_store.store_weights("one", dict(registry.build("gap_cnn").state_dict()), "gap_cnn")
    code = (
        "import sys; from cnnviz.models.weight_store import list_weights; "
        "assert list_weights()[0].model == 'gap_cnn'; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_the_network_shares_is_not_missing_even_without_values() -> None:
    state = registry.build("cifar_res_deep", {"num_blocks": 3}).state_dict()
    once = {name: part for name, part in state.items() if not name.startswith(("resblocks.1.", "resblocks.2."))}
    assert len(once) < len(state)
    sketch = registry.sketch("cifar_res_deep", {"num_blocks": 3})
    assert compare_state(sketch, once).fits
