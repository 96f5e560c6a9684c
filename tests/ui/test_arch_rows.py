"""What the page lists and draws of a network is what torch says."""

import pytest
import torch

from cnnviz.introspection.check_input import check_input
from cnnviz.introspection.network_facts import summarise
from cnnviz.models import registry
from cnnviz.models.zoo import ZOO
from cnnviz.ui import arch_rows


@pytest.fixture(params=[entry.name for entry in ZOO])
def built(request):
    network = registry.build(request.param)
    return network, summarise(network, registry.get(request.param).input_shape)


def test_the_bars_add_up_to_numel(built):
    network, summary = built
    assert arch_rows.param_rows(summary.graph)["params"].sum() == sum(p.numel() for p in network.parameters())


def test_figures_and_shapes_are_torchs(built):
    network, summary = built
    shown = arch_rows.figures(summary.facts, summary.graph)
    assert shown["Parameters"][0] == f"{sum(p.numel() for p in network.parameters()):,}"
    logits = network.eval()(torch.zeros(2, *summary.graph.input_shape))
    assert arch_rows.op_rows(summary.graph)["output"].iloc[-1] == str(logits.shape[1])


def test_merged_blocks_keep_every_change_of_shape_and_every_skip():
    graph = summarise(registry.sketch("torchvision:resnet18"), (3, 224, 224)).graph
    whole, all_skips = arch_rows.blocks_of(graph, True)
    merged, skips = arch_rows.blocks_of(graph, False)
    assert len(whole) == len(graph.ops) and len(merged) < len(whole)
    assert {block.shape for block in merged} == {block.shape for block in whole}
    drawn = {block.index for block in merged}
    assert len(skips) == len(all_skips) == 8 and all(a in drawn and b in drawn for a, b in skips)


def test_the_failing_op_is_the_last_block():
    check = check_input(registry.sketch("lenet"), (1, 40, 40))
    blocks = arch_rows.blocks_until(check)
    assert blocks[-1].kind == "fails here" and "800" in blocks[-1].numbers
    assert [block.kind for block in blocks].count("fails here") == 1


@pytest.mark.parametrize(
    ("count", "text"), [(999, "999"), (16_130, "16,130"), (24_543_296, "24.54 M"), (11_531_000_000, "11.53 G")]
)
def test_large_numbers_in_short(count, text):
    assert arch_rows.large(count) == text
