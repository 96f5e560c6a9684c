"""The controls of one recipe: each draws one setting, keeps its value and a place for a message under it."""

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz import spec_notes
from cnnviz.data.entry import DataEntry
from cnnviz.data.registry import all_entries
from cnnviz.errors import CnnvizError, SpecError
from cnnviz.models import registry, weight_store
from cnnviz.recipes import Recipe
from cnnviz.spec_words import label, value_text
from cnnviz.specs import TrainSpec
from cnnviz.ui import guard, state


class Controls:
    """Draws controls, and makes a spec of what they say."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.values: dict[str, Any] = {}
        self.places: dict[str, DeltaGenerator] = {}
        self.sections: dict[str, str] = {}  # which closed section a setting is in
        self.section = ""
        self.summary = st.empty()

    def number(self, field: str, help: str = "", *, title: str = "", default: Any = None, key: str = "") -> Any:  # noqa: ANN401
        """A number; whole if its default is. The spec says what is allowed, so the control has no limits."""
        value = getattr(self.recipe.spec, field) if default is None else default
        whole = isinstance(value, int)
        step = max(value // 10, 1) if whole else float(f"{value / 10:.0e}") or 1e-4
        number = st.number_input(
            title or label(field),
            value=value,
            step=step,
            format="%d" if whole else "%g",
            key=self.key(key or field),
            help=help or None,
            persist_state="session",
        )
        return self.add(field, number)

    def choice(self, field: str, options: tuple[str, ...], help: str = "", **words: str) -> str:
        """One of several; ``words`` name options that say too little themselves, "none" being that of ""."""
        chosen = st.selectbox(
            label(field),
            options,
            index=options.index(getattr(self.recipe.spec, field)),
            format_func=lambda option: words.get(option or "none") or value_text(option),
            key=self.key(field),
            help=help or None,
            persist_state="session",
        )
        return str(self.add(field, chosen))

    def switch(self, field: str, help: str = "", *, default: bool | None = None, key: str = "") -> bool:
        """On or off."""
        value = getattr(self.recipe.spec, field) if default is None else default
        on = st.toggle(label(field), value, key=self.key(key or field), help=help or None, persist_state="session")
        return bool(self.add(field, on))

    def numbers(self, field: str, help: str = "") -> None:
        """Several numbers, with commas between."""
        value = ", ".join(f"{number:g}" for number in getattr(self.recipe.spec, field))
        typed = st.text_input(
            label(field), value, key=self.key(field), help=help or None, max_chars=500, persist_state="session"
        )
        self.add(field, tuple(part.strip() for part in typed.split(",") if part.strip()))

    def key(self, field: str) -> str:
        """The key of a control in the session's state."""
        return state.setting(self.recipe.name, field)

    def add(self, field: str, value: Any) -> Any:  # noqa: ANN401
        """Take a setting's value, and keep a place for a message here."""
        self.values[field] = value
        self.places[field] = st.empty()
        self.sections[field] = self.section
        return value

    def spec(self) -> TrainSpec | None:
        """What the controls ask for, with notes beside them; None when it can't be, with the reason there."""
        try:
            spec = self._asked()
        except CnnvizError as error:
            with self.places.get(error.field, st.container()):
                guard.show(error)
            self._say_where(error.field)
            return None
        for field, note in spec_notes.by_field(spec).items():
            self.places.get(field, st.container()).info(guard.plain(note))
        return spec

    def _say_where(self, field: str) -> None:
        """The message stands beside its control, which a closed section hides: name the section up here."""
        if section := self.sections.get(field):
            self.summary.warning(f"Look under “{section}”: {label(field).lower()}.", icon=":material/arrow_downward:")

    def _asked(self) -> TrainSpec:
        base = self.recipe.spec
        if self.values.get("model", base.model) != base.model:
            base = replace(base, model_options={})  # those of another network mean nothing to this one
        spec = base.changed(self.values)
        registry.check_options(spec.model, spec.model_options)
        if spec.data not in all_entries():
            raise SpecError(f"{spec.data} is not here.", "Choose another data set.", field="data")
        _check_data(spec)
        return spec


def _check_data(spec: TrainSpec) -> None:
    data = all_entries()[spec.data]
    registry.check_data(spec.model, data.title, data.shape, data.num_classes)
    if len(spec.mean) not in (1, data.shape[0]):
        raise SpecError(
            f"There are {len(spec.mean)} means, and the images have {data.shape[0]} channels.",
            f"Give 1 or {data.shape[0]} of mean and standard deviation.",
            field="mean",
        )
    count = len(spec.class_weights.split(",")) if "," in spec.class_weights else 0
    if count and count != data.num_classes:
        raise SpecError(
            f"There are {count} class weights, and {data.title} has {data.num_classes} classes.",
            f"Give {data.num_classes} numbers, or take balanced.",
            field="class_weights",
        )
    if spec.weights:
        _check_weights(spec, data)


def _check_weights(spec: TrainSpec, data: DataEntry) -> None:
    stored = weight_store.stored_weights(spec.weights)
    if stored.model and stored.model != spec.model:
        raise SpecError(f"{stored.name} holds weights of {stored.model}.", "Choose that network.", field="weights")
    if stored.model and stored.num_classes != data.num_classes:
        raise SpecError(
            f"{stored.name} tells {stored.num_classes} classes apart, and {data.title} has {data.num_classes}.",
            "Choose other weights or another data set.",
            field="weights",
        )
