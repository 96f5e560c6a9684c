"""A layer's kernels as small pictures on one scale, zero white."""

import numpy as np
from numpy.typing import NDArray

from cnnviz.charts.pictures import diverging_table

MOST = 64


def kernel_pictures(weights: NDArray[np.floating]) -> tuple[list[NDArray[np.uint8]], float]:
    """((3, kH, kW) bytes of each kernel, the weight at the scale's ends).

    weights: (out_channels, in_channels, kH, kW). Three input channels are drawn as red, green and blue with zero
    grey; others as the mean over the input channels, on the diverging scale. The first 64 kernels.
    """
    values = np.nan_to_num(np.asarray(weights[:MOST], dtype=np.float32))
    if values.shape[1] != 3:
        values = values.mean(axis=1, keepdims=True)
    reach = float(np.abs(values).max()) if values.size else 0.0
    shares = (values / (reach or 1.0) + 1) / 2
    if values.shape[1] == 3:
        return [np.round(kernel * 255).astype(np.uint8) for kernel in shares], reach
    table = diverging_table()
    return [table[np.round(kernel[0] * 254).astype(int)].transpose(2, 0, 1) for kernel in shares], reach
