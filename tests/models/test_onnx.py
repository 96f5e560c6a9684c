"""Networks as ONNX files: another runtime gives the same logits, for any batch."""

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from cnnviz.errors import ModelError
from cnnviz.models import registry
from cnnviz.models.onnx_file import to_onnx


@pytest.mark.parametrize("name", ["cifar_res", "wafer_cnn"])
def test_another_runtime_agrees(name: str) -> None:
    model, shape = registry.build(name), registry.get(name).input_shape
    with torch.no_grad():
        for _ in range(3):  # batch norm has something to remember
            model.train()(torch.randn(8, *shape))
    model.train()
    content = to_onnx(model, shape)
    assert model.training
    session = onnxruntime.InferenceSession(content)
    for batch in (1, 5):
        images = torch.randn(batch, *shape)
        (logits,) = session.run(None, {"images": images.numpy()})
        np.testing.assert_allclose(logits, model.eval()(images).detach().numpy(), atol=1e-4)
        model.train()


class Looks(nn.Module):
    """Goes where the values lead it."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(16, 2)

    def forward(self, images: Tensor) -> Tensor:
        flat = images.flatten(1)
        while float(flat.sum()) > 1:
            flat = flat / 2
        return self.head(flat)


def test_what_can_not_be_exported_is_said() -> None:
    with pytest.raises(ModelError, match="can't follow the network"):
        to_onnx(Looks(), (1, 4, 4))


def test_too_large_for_one_file() -> None:
    with pytest.raises(ModelError, match="an ONNX file holds 2"):
        to_onnx(registry.sketch("torchvision:vit_h_14"), (3, 224, 224))
