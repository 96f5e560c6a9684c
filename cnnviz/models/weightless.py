"""Networks built without their numbers, for what needs shapes alone: no memory, and no time for drawing weights."""

from collections.abc import Mapping

import torch
from torch import nn

from cnnviz.errors import CnnvizError
from cnnviz.models import registry
from cnnviz.models.meta import on_meta
from cnnviz.specs import Option


def weightless(
    name: str, options: Mapping[str, Option], num_classes: int, input_shape: tuple[int, int, int]
) -> nn.Module:
    """The network on torch's meta device. One whose constructor looks at values is built whole, then emptied.

    Raises CnnvizError when it can't be built.
    """
    try:
        with torch.device("meta"):
            return registry.build(name, options, num_classes=num_classes, input_shape=input_shape)
    except CnnvizError:
        raise
    except Exception:  # noqa: BLE001 - a constructor may do anything; on the CPU it says what is wrong with it
        return on_meta(registry.build(name, options, num_classes=num_classes, input_shape=input_shape))
