"""torchsummary's table: whatever it prints, to the last digit."""

import re

import pytest
import torch
from torch import Tensor, nn

from cnnviz.errors import ModelError
from cnnviz.introspection.layer_table import LayerTable, layer_table
from cnnviz.introspection.printed import as_printed
from cnnviz.models import registry

ROW = re.compile(r"^\s*(\w+-\d+)\s+\[([-\d, ]+)\]\s+([\d,]+)\s*$", re.MULTILINE)
NETWORKS = [(name, None) for name in registry.MODELS] + [
    (f"torchvision:{name}", (3, 64, 64)) for name in ("resnet18", "squeezenet1_1", "mobilenet_v3_small")
]


def same(table: LayerTable, text: str) -> None:
    rows = [(name, sizes.split(", ")[1:], int(params.replace(",", ""))) for name, sizes, params in ROW.findall(text)]
    assert [(row.layer, [str(size) for size in row.output_shape], row.num_params) for row in table.rows] == rows
    figures = dict(re.findall(r"^(.+?): ([\d,.]+)$", text, re.MULTILINE))
    assert figures == {
        "Total params": f"{table.listed_params:,}",
        "Trainable params": f"{table.listed_trainable:,}",
        "Non-trainable params": f"{table.listed_params - table.listed_trainable:,}",
        "Input size (MB)": f"{table.input_mb:.2f}",
        "Forward/backward pass size (MB)": f"{table.forward_backward_mb:.2f}",
        "Params size (MB)": f"{table.params_mb:.2f}",
        "Estimated Total Size (MB)": f"{table.total_mb:.2f}",
    }


@pytest.mark.parametrize(("name", "shape"), NETWORKS)
def test_as_torchsummary_prints_it(name: str, shape: tuple[int, int, int] | None) -> None:
    model, shape = registry.build(name), shape or registry.get(name).input_shape
    same(layer_table(model, shape), as_printed(model, shape))


class Quirks(nn.Module):
    """A module in two places, called twice; a frozen one; a parameter in no module."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3, padding=1)
        self.again = nn.ModuleDict({"conv": self.conv})
        self.norm = nn.BatchNorm2d(1).requires_grad_(False)
        self.scale = nn.Parameter(torch.ones(5))

    def forward(self, images: Tensor) -> Tensor:
        return self.norm(self.conv(self.conv(images)))


def test_its_quirks() -> None:
    model = Quirks()
    table = layer_table(model, (1, 6, 6))
    same(table, as_printed(model, (1, 6, 6)))
    assert len(table.rows) == 2 * 2 + 1  # each call of the doubled module is listed twice
    assert (table.num_params, table.listed_params) == (10 + 2 + 5, 4 * 10 + 2)


def test_shared_blocks_read_as_if_they_were_many() -> None:
    table = layer_table(registry.build("cifar_res_deep"), (3, 32, 32))
    assert (table.num_params, table.listed_params) == (75_810, 159_330)


def test_several_results_do_not_stop_it() -> None:
    """torchsummary itself fails on them."""

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(4, 2, batch_first=True)

        def forward(self, images: Tensor) -> Tensor:
            rows = images.flatten(2)
            return self.attention(rows, rows, rows)[0]

    assert as_printed(Attention(), (3, 2, 2)).startswith("torchsummary can't list this network: AttributeError")
    table = layer_table(Attention(), (3, 2, 2))
    assert table.rows[-1].output_shape == (3, 4)


def test_a_wrong_size_is_said() -> None:
    with pytest.raises(ModelError, match="does not take images of 1×9×9"):
        layer_table(registry.build("fc_cnn"), (1, 9, 9))
