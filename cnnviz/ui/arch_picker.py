"""Choosing a network, its options, and the size of the images that it is fed."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from cnnviz.errors import CnnvizError
from cnnviz.models import registry
from cnnviz.models.entry import ModelEntry, OptionSpec
from cnnviz.specs import Option
from cnnviz.ui import guard, state
from cnnviz.ui.linked import linked_selectbox

DEFAULT = "cifar_res"
MOST_SIDE = 1024
Size = tuple[int, int, int]


@dataclass(frozen=True)
class Chosen:
    """A network with its options, and the shape that it is built for."""

    entry: ModelEntry
    options: tuple[tuple[str, Option], ...]
    built_for: Size

    @property
    def name(self) -> str:
        """Its name in the registry."""
        return self.entry.name


def names() -> list[str]:
    """Every network on offer: the zoo's, the visitor's own, torchvision's."""
    own = st.session_state.get(state.OWN_MODEL)
    with st.spinner("Getting the networks ready …"):  # the first visit imports PyTorch and tries own classes
        entries = registry.all_entries()
    stacks = [own] if own and own.startswith("stack:") else []
    asked = [st.query_params.get(key, "") for key in (state.ARCH_MODEL, state.ARCH_OTHER)]
    stacks += [name for name in asked if name.startswith("stack:")]
    return list(dict.fromkeys([DEFAULT, *(entry.name for entry in entries), *stacks]))


def title(name: str) -> str:
    """A network's name in the list, its system first."""
    if name.startswith("stack:"):
        return f"Your stack · {name.split(':', 2)[-1]}"
    try:
        entry = registry.get(name)
    except CnnvizError:
        return name
    head = {"torchvision": "torchvision", "own": "Yours"}.get(entry.group, entry.system)
    return f"{head} · {entry.title}"


def pick_network(key: str = state.ARCH_MODEL, label: str = "Network", default: str = DEFAULT) -> Chosen | None:
    """The chosen network with its options; None when an option can't be, with the reason beside it."""
    offered = names()
    offered.sort(key=lambda name: name != default)
    name = linked_selectbox(label, offered, key=key, format_func=title, optional=False) or default
    try:
        entry = registry.get(name)
    except CnnvizError as error:
        guard.show(error)
        return None
    options = option_controls(entry, key)
    return None if options is None else Chosen(entry, options, entry.input_shape)


def option_controls(entry: ModelEntry, key: str) -> tuple[tuple[str, Option], ...] | None:
    """A control for each option, a message beside one that can't be."""
    values: dict[str, Option] = {}
    places = {}
    columns = st.columns(2, wrap=False) if len(entry.options) > 1 else [st.container()]
    for at, (name, option) in enumerate(entry.options.items()):
        with columns[at % len(columns)]:
            values[name] = _control(entry.name, name, option, key)
            places[name] = st.empty()
    return _checked(entry, values, places)


def _checked(
    entry: ModelEntry, values: Mapping[str, Option], places: Mapping[str, st.delta_generator.DeltaGenerator]
) -> tuple[tuple[str, Option], ...] | None:
    try:
        return tuple(registry.check_options(entry.name, values).items())
    except CnnvizError as error:
        with places.get(error.field, st.container()):
            guard.show(error)
        return None


def _control(model: str, name: str, option: OptionSpec, key: str) -> Option:
    words = name.replace("_", " ")
    label = words if len(words) == 1 else words.capitalize()
    own = state.arch_option(f"{key}.{model}", name)
    if isinstance(option.default, bool):
        return st.toggle(label, value=option.default, key=own, help=option.about, bind="query-params")
    whole = isinstance(option.default, int)
    return st.number_input(
        label, value=option.default, step=1 if whole else 0.05, format="%d" if whole else "%g", key=own,
        help=f"{option.about} {option.low:g} to {option.high:g}.", bind="query-params",
    )  # fmt: skip


def pick_size(entry: ModelEntry) -> tuple[Size, bool]:
    """(the shape of the images fed, whether to build the network for them)."""
    channels, height, width = entry.input_shape
    most = max(MOST_SIDE, height, width)
    left, right = st.columns(2, wrap=False)
    rows = left.number_input("Image rows", 1, most, value=height, step=1, key=f"{state.ARCH_HEIGHT}.{entry.name}",
                             help=f"The network is built for {height}×{width}.", bind="query-params")  # fmt: skip
    columns = right.number_input("Columns", 1, most, value=width, step=1, key=f"{state.ARCH_WIDTH}.{entry.name}",
                                 bind="query-params")  # fmt: skip
    rebuild = False
    if (rows, columns) != (height, width) and not entry.fixed_shape:
        rebuild = st.toggle("Build it for this size", key=state.ARCH_REBUILD, bind="query-params",
                            help="Off: the same weights get other images. On: a new network.")  # fmt: skip
    return (channels, int(rows), int(columns)), rebuild
