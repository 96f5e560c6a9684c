"""People's own networks: every ``nn.Module`` class defined in the files of ``CNNVIZ_MODELS``, as ``own:ClassName``."""

import inspect
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnnviz.errors import ModelError
from cnnviz.models.entry import ModelEntry
from cnnviz.models.own_files import OwnFile, Problem, imported
from cnnviz.models.signature import Signature, signature_of
from cnnviz.models.zoo import ZOO
from cnnviz.naming import did_you_mean
from cnnviz.settings import model_files
from cnnviz.specs import Option

if TYPE_CHECKING:
    from torch import nn

    from cnnviz.models.trial import Trial

PREFIX = "own:"
# Tried one after the other with a class that does not say what it takes.
USUAL_SHAPES = ((1, 28, 28), (3, 32, 32), (3, 28, 28), (3, 224, 224), (1, 32, 32), (3, 64, 64), (3, 53, 52), (1, 8, 8))


@dataclass(frozen=True)
class OwnModel:
    """A class that can be built, and its entry. ``given``: the arguments that the data decides."""

    entry: ModelEntry
    kind: "type[nn.Module]"
    path: Path
    given: tuple[str, ...]


@dataclass(frozen=True)
class OwnModels:
    """Everything the files hold: networks by name, what is wrong, and names that stand for several."""

    models: dict[str, OwnModel]
    problems: tuple[Problem, ...]
    unclear: dict[str, tuple[str, ...]]


_known: dict[tuple[OwnFile, ...], OwnModels] = {}
_lock = threading.RLock()


def own_models() -> OwnModels:
    """What the files of CNNVIZ_MODELS hold now. Never raises: a broken file is among the problems."""
    files = tuple(imported(path) for path in model_files())
    with _lock:
        if files not in _known:
            _known.clear()
            _known[files] = _read(files)
        return _known[files]


def _read(files: tuple[OwnFile, ...]) -> OwnModels:
    problems = [file.problem for file in files if file.problem]
    found = [(file, kind) for file in files for kind in _classes(file)]
    counts = Counter(kind.__name__ for _, kind in found)
    models: dict[str, OwnModel] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    for file, kind in found:
        name, note = _name(file.path, kind.__name__, counts)
        problems += [Problem(str(file.path), note, name=kind.__name__, is_error=False)] if note else []
        if note:
            unclear[f"{PREFIX}{kind.__name__}"] = (*unclear.get(f"{PREFIX}{kind.__name__}", ()), name)
        if name in models:
            problems.append(_twice(file.path, models[name].path, kind.__name__))
            continue
        try:
            models[name] = _model(name, file.path, kind)
        except ModelError as error:
            note_only = error.field == "arguments"
            line = _line(kind)
            problems.append(Problem(str(file.path), error.message, error.hint, line, kind.__name__, not note_only))
    return OwnModels(models, tuple(problems), unclear)


def _classes(file: OwnFile) -> list["type[nn.Module]"]:
    """The network classes that the file itself defines, in its order."""
    if file.module is None:
        return []
    from torch import nn

    return [
        kind
        for kind in vars(file.module).values()
        if inspect.isclass(kind) and issubclass(kind, nn.Module) and kind.__module__ == file.module.__name__
    ]


def _line(kind: type) -> int:
    try:
        return inspect.getsourcelines(kind)[1]
    except (OSError, TypeError):
        return 0


def _name(path: Path, name: str, counts: Counter[str]) -> tuple[str, str]:
    """What a class is called here, and why, if not by its name alone."""
    longer = f"{PREFIX}{path.stem}.{name}"
    if counts[name] > 1:
        return longer, f"{counts[name]} classes are called {name}; this one is {longer}."
    if _plain(name) in {_plain(each) for entry in ZOO for each in (entry.name, entry.location.split(":")[1])}:
        return longer, f"cnnviz has a network called {name} too; this one is {longer}."
    return f"{PREFIX}{name}", ""


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _twice(path: Path, other: Path, name: str) -> Problem:
    message = f"{name} is in {other} too, and both files are called {path.stem}.py."
    return Problem(str(path), message, "Rename a file or a class.", name=name)


def _model(name: str, path: Path, kind: "type[nn.Module]") -> OwnModel:
    """The class with its entry. Raises ModelError; with field "arguments" for one that nobody here can build."""
    signature = signature_of(kind)
    if signature.lacking:
        raise ModelError(
            f"{kind.__name__} needs {', '.join(signature.lacking)}, and nothing here knows a value.",
            "Give defaults to make it a network to choose; a part of another network needs none.",
            field="arguments",
        )
    entry = ModelEntry(
        name=name,
        title=kind.__name__,
        system="",
        location=f"{path}:{kind.__name__}",
        group="own",
        input_shape=(3, 32, 32),
        options=signature.options,
        about=(inspect.getdoc(kind) or "").split("\n")[0] if kind.__doc__ else "",
    )
    model = OwnModel(entry, kind, path, signature.given)
    shape, num_classes, any_shape = _usual(model, signature)
    channels = shape[0] if not any_shape else 0
    return replace(
        model,
        entry=replace(
            entry,
            input_shape=shape,
            num_classes=num_classes,
            in_channels=channels if "in_channels" not in signature.given else 0,
            fixed_classes="num_classes" not in signature.given,
        ),
    )


def _usual(model: OwnModel, signature: Signature) -> tuple[tuple[int, int, int], int, bool]:
    """The shape and the number of classes it is made for, by what it says or by trying; and whether it asks for one.

    Raises ModelError when it takes none of the usual shapes.
    """
    says = signature.defaults.get("input_shape", getattr(model.kind, "input_shape", None))
    channels = signature.defaults.get("in_channels")
    shapes = [shape for shape in USUAL_SHAPES if not isinstance(channels, int) or shape[0] == channels]
    if isinstance(says, tuple | list) and len(says) == 3 and all(isinstance(size, int) for size in says):
        shapes = [(says[0], says[1], says[2])]
    classes = signature.defaults.get("num_classes", 10)
    asked = classes if isinstance(classes, int) and not isinstance(classes, bool) else 10
    first: ModelError | None = None
    for shape in shapes or USUAL_SHAPES:
        try:
            return (
                shape,
                _try(model, {}, asked, shape, any_number=True).output_shape[0],
                "input_shape" in signature.given,
            )
        except ModelError as error:
            first = first or error
    assert first is not None  # noqa: S101 - for the type checker
    if len(shapes) == 1 or "forward raises" not in first.message:
        raise first
    hint = "Say in the class what it takes: input_shape = (3, 64, 64)."
    raise ModelError(f"{first.message}; other usual sizes fail too.", hint, field="model")


def _try(
    model: OwnModel, options: Mapping[str, Option], num_classes: int, shape: tuple[int, int, int], any_number: bool
) -> "Trial":
    from cnnviz.models.trial import try_model

    return try_model(
        lambda: _construct(model, options, num_classes, shape),
        shape,
        None if any_number else num_classes,
        title=model.kind.__name__,
        file=str(model.path),
    )


def _construct(
    model: OwnModel, options: Mapping[str, Option], num_classes: int, shape: tuple[int, int, int]
) -> "nn.Module":
    data: dict[str, object] = {"num_classes": num_classes, "input_shape": shape, "in_channels": shape[0]}
    return model.kind(**{name: data[name] for name in model.given}, **options)


def find(name: str) -> OwnModel:
    """The network of that name. Raises ModelError that says why there is none."""
    own = own_models()
    if name in own.models:
        return own.models[name]
    short = name.removeprefix(PREFIX).rpartition(".")[2]
    if name in own.unclear:
        raise ModelError(f"{name!r} is not clear.", f"Write {' or '.join(own.unclear[name])}.", field="model")
    if why := [problem for problem in own.problems if problem.name == short]:
        raise ModelError(f"{name!r} can't be used. {why[0]}", field="model")
    if not model_files():
        hint = "Start cnnviz with --models my_models.py, or set CNNVIZ_MODELS."
        raise ModelError(f"There is no model called {name!r}: no files of your own are named.", hint, field="model")
    if broken := [problem for problem in own.problems if problem.is_error and not problem.name]:
        raise ModelError(f"There is no model called {name!r}. {broken[0]}", field="model")
    hint = did_you_mean(name, own.models) if own.models else "The files hold no network that can be built."
    raise ModelError(f"There is no model called {name!r}.", hint, field="model")


def build_own(name: str, options: Mapping[str, Option], num_classes: int, shape: tuple[int, int, int]) -> "nn.Module":
    """The network of that name, tried out first. Raises ModelError with the line that is wrong."""
    import torch
    from torch.nn.parameter import is_lazy

    model = find(name)
    _try(model, options, num_classes, shape, any_number=False)
    network = _construct(model, options, num_classes, shape)
    if any(is_lazy(part) for part in network.parameters()):
        with torch.no_grad():  # the first images give lazy layers their sizes
            network.eval()(torch.zeros(2, *shape))
    return network.train()
