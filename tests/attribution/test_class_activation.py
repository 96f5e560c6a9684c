"""Class activation maps against Captum and against the logits they explain."""

import pytest
import torch
from captum.attr import LayerGradCam
from torch import nn

from cnnviz.attribution.class_activation import class_activation
from cnnviz.models import registry


@pytest.mark.parametrize(("shape", "target"), [((1, 28, 28), 3), ((2, 20, 24), 0)])
def test_it_is_captums_grad_cam_times_the_number_of_cells(shape, target):
    torch.manual_seed(1)
    network = registry.build("gap_cnn", input_shape=shape).eval()
    images = torch.rand(3, *shape)
    found = class_activation(network.features, network.classifier, images, target)
    grad_cam = LayerGradCam(network, network.features).attribute(images, target=target)[:, 0]
    cells = found.maps.shape[1] * found.maps.shape[2]
    torch.testing.assert_close(found.maps, grad_cam.detach() * cells, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(found.logits, network(images).detach())


def test_with_a_linear_head_the_weights_are_its_row_and_the_mean_is_the_logit():
    torch.manual_seed(2)
    features, head = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU()), nn.Linear(6, 4)
    found = class_activation(features, head, torch.rand(5, 3, 9, 9), 2)
    torch.testing.assert_close(found.weights, head.weight[2].detach().expand(5, 6))
    torch.testing.assert_close(found.maps.mean((1, 2)) + head.bias[2].detach(), found.logits[:, 2])
