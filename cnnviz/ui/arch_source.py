"""The source of a network's class."""

import inspect
from importlib import import_module

import streamlit as st

from cnnviz.models import stack_name
from cnnviz.ops.stack_code import stack_code
from cnnviz.ui.arch_picker import Chosen


def show_source(chosen: Chosen) -> None:
    """The class as it is written; for a stack, the code that builds it."""
    st.code(source_of(chosen), language="python")


def source_of(chosen: Chosen) -> str:
    """Python code. Raises ModelError for a stack that can't be read."""
    if chosen.name.startswith(stack_name.PREFIX):
        specs, shape = stack_name.read(chosen.name)
        return stack_code(list(specs), shape)
    module, _, kind = chosen.entry.location.partition(":")
    return inspect.getsource(getattr(import_module(module), kind))
