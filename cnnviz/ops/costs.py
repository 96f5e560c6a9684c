"""What a layer costs: parameters, multiply-adds, memory for what it hands on."""

from math import prod

from cnnviz.layer_specs import BatchNorm1d, BatchNorm2d, Conv2d, ConvTranspose2d, LayerSpec, Linear
from cnnviz.ops.output_shape import Shape

BYTES_PER_VALUE = 4  # float32


def num_params(spec: LayerSpec) -> int:
    """Trainable parameters; a batch norm's running statistics are none."""
    match spec:
        case Conv2d() | ConvTranspose2d():
            return spec.in_channels * spec.out_channels // spec.groups * prod(spec.kernel_size) + (
                spec.out_channels if spec.bias else 0
            )
        case Linear():
            return spec.in_features * spec.out_features + (spec.out_features if spec.bias else 0)
        case BatchNorm2d() | BatchNorm1d():
            return 2 * spec.num_features
        case _:
            return 0


def macs(spec: LayerSpec, in_shape: Shape, out_shape: Shape) -> int:
    """Multiply-adds with weights, for one image; padding counts, as the dense loop computes it.

    A transposed convolution multiplies each input by the whole kernel, cropped outputs included.
    Layers without a weight matrix count as 0: next to these their work is small.
    """
    match spec:
        case Conv2d():
            return prod(out_shape) * (spec.in_channels // spec.groups) * prod(spec.kernel_size)
        case ConvTranspose2d():
            return prod(in_shape) * (spec.out_channels // spec.groups) * prod(spec.kernel_size)
        case Linear():
            return prod(in_shape) * spec.out_features
        case _:
            return 0


def activation_bytes(shape: Shape) -> int:
    """Memory of one image's output in float32, in bytes."""
    return prod(shape) * BYTES_PER_VALUE
