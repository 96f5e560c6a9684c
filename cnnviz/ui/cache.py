"""Every cache of the app, each bounded. What comes out of one is shared by all visitors: never change it."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.layer_specs import LayerSpec
from cnnviz.ops import samples, stack, stack_text
from cnnviz.ops.output_shape import Shape

if TYPE_CHECKING:
    from cnnviz.introspection.effective_field import EffectiveField


@st.cache_resource(show_spinner=False, max_entries=64)
def stack_trace(chunks: tuple[str, ...], input_shape: Shape) -> stack.Trace:
    """A typed stack followed through its layers. Raises SpecError for words it can't read."""
    return stack.trace(stack_text.parse_chunks(chunks, input_shape), input_shape)


@st.cache_resource(show_spinner=False, max_entries=64)
def sample_picture(name: str, height: int, width: int) -> NDArray[np.uint8]:
    """A bundled photograph, (height, width, 3)."""
    return samples.sample(name, height, width)


@st.cache_resource(show_spinner=False, max_entries=128)
def effective_field(
    specs: tuple[LayerSpec, ...], picture: str, input_shape: Shape, cell: tuple[int, int]
) -> "EffectiveField":
    """The effective receptive field of a cell on a bundled photograph."""
    from cnnviz.introspection import effective_field as effective

    return effective.effective_field(specs, samples.as_input(picture, input_shape), cell)
