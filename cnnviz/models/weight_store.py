"""Weights kept under a name: ``weights/NAME.safetensors`` in the data folder. Listing them does not import torch."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.errors import CnnvizError, ModelError
from cnnviz.files import written_whole
from cnnviz.naming import did_you_mean
from cnnviz.settings import data_dir
from cnnviz.specs import Option

if TYPE_CHECKING:
    from torch import Tensor

NAME = re.compile(r"\w[\w .-]{0,79}")


@dataclass(frozen=True)
class StoredWeights:
    """Weights by name, and the network they are of. ``why``: what is wrong with the file, or ""."""

    name: str
    model: str
    options: Mapping[str, Option]
    num_classes: int
    input_shape: tuple[int, ...]
    num_bytes: int
    source: str = ""
    why: str = ""


def weights_dir() -> Path:
    """Where they lie."""
    return data_dir() / "weights"


def path_of(name: str) -> Path:
    """The file of that name, there or not. Raises ModelError for a name that makes no file name."""
    if not _is_name(name):
        raise ModelError(
            f"{name!r} can't be the name of weights.", "Use letters, digits, spaces, - . _, at most 80.", field="name"
        )
    return weights_dir() / f"{name}.safetensors"


def _is_name(name: str) -> bool:
    return NAME.fullmatch(name) is not None and not name.endswith((" ", "."))


def store_weights(
    name: str,
    state: "Mapping[str, Tensor]",
    model: str,
    options: Mapping[str, Option] | None = None,
    *,
    num_classes: int | None = None,
    input_shape: tuple[int, int, int] | None = None,
    source: str = "",
    replace: bool = False,
) -> StoredWeights:
    """Keep weights under a name, if they fit the network that is named; ``source`` says where they come from.

    Raises ModelError for a name that is taken or none, and for weights that do not fit.
    """
    from cnnviz.models import registry
    from cnnviz.models.weights import load_state, save_state

    path, entry = path_of(name), registry.get(model)
    if path.exists() and not replace:
        raise ModelError(f"There are weights called {name!r} already.", "Choose another name.", field="name")
    classes, shape = num_classes or entry.num_classes, input_shape or entry.input_shape
    network = registry.build(model, options, num_classes=classes, input_shape=shape)
    load_state(network, state)
    about = {"model": model, "options": dict(options or {}), "num_classes": classes, "input_shape": list(shape)}
    notes = {key: json.dumps(value) for key, value in {**about, "source": source}.items()}
    try:
        with written_whole(path) as file:
            file.write(save_state(network, "safetensors", notes))
    except OSError as error:
        hint = "Make room, or choose another data folder."
        raise ModelError(f"The weights can't be written: {error.strerror or error}.", hint, field="name") from error
    return _entry(path)


def list_weights(model: str = "") -> list[StoredWeights]:
    """What is kept, by name; only a network's with ``model``. What can't be read is listed with the reason."""
    folder = weights_dir()
    found = [_entry(path) for path in sorted(folder.glob("*.safetensors"))] if folder.is_dir() else []
    return [each for each in found if not model or each.model == model]


def _entry(path: Path) -> StoredWeights:
    from cnnviz.models.weight_notes import notes_of

    size = path.stat().st_size if path.exists() else 0
    try:
        notes = {key: json.loads(value) for key, value in notes_of(path).items()}
        return StoredWeights(
            path.stem, notes["model"], notes["options"], notes["num_classes"], tuple(notes["input_shape"]), size,
            notes.get("source", ""),
        )  # fmt: skip
    except (CnnvizError, ValueError, KeyError, TypeError) as error:
        why = error.message if isinstance(error, CnnvizError) else f"{path.name} does not say whose weights it holds."
        return StoredWeights(path.stem, "", {}, 0, (), size, why=why)


def stored_weights(name: str) -> StoredWeights:
    """What is kept under that name. Raises ModelError, with the nearest name as a hint."""
    if not _is_name(name) or not path_of(name).is_file():
        names = [each.name for each in list_weights()]
        hint = did_you_mean(name, names) if names else "None are stored yet."
        raise ModelError(f"There are no stored weights called {name!r}.", hint, field="weights")
    return _entry(path_of(name))


def read_weights(name: str) -> "dict[str, Tensor]":
    """The tensors kept under that name. Raises ModelError."""
    from cnnviz.models.weight_files import read_state

    stored_weights(name)
    try:
        return read_state(path_of(name).read_bytes(), f"{name}.safetensors")
    except OSError as error:
        raise ModelError(f"{name} can't be read: {error.strerror or error}.", field="weights") from error


def remove_weights(name: str) -> None:
    """Forget them. Raises ModelError when there are none of that name."""
    stored_weights(name)
    path_of(name).unlink(missing_ok=True)
