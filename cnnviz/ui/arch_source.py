"""The source of a network's classes."""

import streamlit as st

from cnnviz.introspection.source import sources
from cnnviz.models import registry
from cnnviz.ui import guard
from cnnviz.ui.arch_picker import Chosen


def show_source(chosen: Chosen) -> None:
    """The class as it is written, then those of its parts; for a stack, the code that builds it."""
    network = registry.sketch(
        chosen.name, dict(chosen.options), num_classes=chosen.entry.num_classes, input_shape=chosen.built_for
    )
    for source in sources(network):
        if source.file:
            st.caption(guard.plain(f"{source.name}, {source.file} from line {source.line}"))
        if source.why:
            st.caption(guard.plain(source.why))
        else:
            st.code(source.text, language="python")
