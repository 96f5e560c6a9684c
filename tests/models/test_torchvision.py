"""torchvision's classification models by name: the list, what they take, what comes out."""

import subprocess
import sys

import pytest
import torch
from torchvision import models

from cnnviz.errors import ModelError
from cnnviz.models import registry
from cnnviz.models.torchvision_names import MIN_SIZES, TORCHVISION


def test_the_list_is_torchvisions() -> None:
    assert set(MIN_SIZES) == set(models.list_models(module=models))
    assert set(TORCHVISION) == {f"torchvision:{name}" for name in MIN_SIZES}


def test_listing_does_not_import_torch() -> None:
    code = (
        "import sys; from cnnviz.models import registry; names = [each.name for each in registry.all_entries()]; "
        "assert 'torchvision:resnet18' in names and 'lenet' in names; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_groups_for_pickers() -> None:
    entries = registry.all_entries()
    assert [entry.group for entry in entries] == ["zoo"] * len(registry.MODELS) + ["torchvision"] * len(TORCHVISION)


@pytest.mark.parametrize(
    "name", ["resnet18", "alexnet", "googlenet", "squeezenet1_1", "swin_t", "densenet121", "vgg11"]
)
def test_takes_its_smallest_images_and_none_smaller(name: str) -> None:
    least = MIN_SIZES[name]
    model = registry.sketch(f"torchvision:{name}", num_classes=7).eval()
    assert model(torch.empty(2, 3, least, least, device="meta")).shape == (2, 7)
    if least > 1:
        with pytest.raises(ModelError, match=f"at least {least}×{least}"):
            registry.check_data(f"torchvision:{name}", "these", (3, least - 1, least), 7)
        if name not in {"swin_t"}:
            with pytest.raises((RuntimeError, ValueError)):
                model(torch.empty(2, 3, least - 1, least - 1, device="meta"))


@pytest.mark.parametrize(
    ("shape", "said"),
    [((1, 224, 224), "takes images of 3 channels"), ((3, 32, 32), r"takes images of \(3, 224, 224\)")],
)
def test_refuses_images_it_does_not_take(shape: tuple[int, int, int], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        registry.check_data("torchvision:vit_b_16" if shape[0] == 3 else "torchvision:resnet18", "these", shape, 10)


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_one_result_in_training_too(name: str) -> None:
    """Their extra heads would make forward return several."""
    model = registry.sketch(f"torchvision:{name}", num_classes=5).train()
    assert model(torch.empty(2, 3, 128, 128, device="meta")).shape == (2, 5)


def test_a_real_one_runs() -> None:
    model = registry.build("torchvision:mobilenet_v3_small", num_classes=4)
    assert model(torch.rand(2, 3, 32, 32)).shape == (2, 4)
    assert not any(part.is_meta for part in model.state_dict().values())


def test_a_sketch_leaves_the_random_state_alone() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    sketch = registry.sketch("torchvision:resnet18")
    assert all(part.is_meta for part in sketch.state_dict().values())
    assert torch.equal(torch.get_rng_state(), before)


def test_an_unknown_one_is_nearly_known() -> None:
    with pytest.raises(ModelError, match="Did you mean torchvision:resnet18"):
        registry.get("torchvision:resnet19")
