"""Reading files of weights that anybody may have made: tensors come in, code never runs."""

import io
import json
import pickle
import pickletools
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors import torch as safe
from torch import Tensor
from torch.serialization import get_unsafe_globals_in_checkpoint

from cnnviz.errors import ModelError

MAX_BYTES = 2**30
MAX_TENSORS = 100_000
WRAPPERS = ("state_dict", "model_state_dict", "model", "module", "net", "weights")
SAVE = "Save the weights alone: torch.save(model.state_dict(), 'weights.pt')."

HARMLESS = ("collections.OrderedDict", "torch._utils.", "torch.FloatStorage", "torch.LongStorage", "torch.storage.")

State = dict[str, Tensor]


def read_state(content: bytes, filename: str) -> State:
    """The tensors of a .safetensors file, or of what ``torch.save`` made of a state_dict.

    ``filename`` is for the messages; what the file is shows in its bytes. A state_dict may lie in a dictionary beside
    other things, and its names may begin with ``module.``, as DataParallel has it. Raises ModelError for anything else:
    what would run code, whole modules, TorchScript, cut-off files, files of another kind, more than 1 GiB.
    """
    if len(content) > MAX_BYTES:
        raise _refused(
            f"{filename} has {len(content) / 2**20:,.0f} MiB.", f"At most {MAX_BYTES / 2**20:,.0f} are read."
        )
    if not content:
        raise _refused(f"{filename} is empty.", SAVE)
    state = _safetensors(content, filename) if _is_safetensors(content) else _torch_file(content, filename)
    return _without_prefix(state)


def _refused(message: str, hint: str) -> ModelError:
    return ModelError(message, hint, field="weights")


def _is_safetensors(content: bytes) -> bool:
    """A length of eight bytes, little end first, and then JSON."""
    return content[8:9] == b"{" and int.from_bytes(content[:8], "little") < 100_000_000


def _safetensors(content: bytes, filename: str) -> State:
    try:
        state = safe.load(content)
    except (SafetensorError, ValueError, KeyError) as error:
        raise _refused(f"{filename} is no whole .safetensors file: {error}.", "Save or download it again.") from error
    return {**state, **_duplicates(content, state)}


def _duplicates(content: bytes, state: State) -> State:
    """The names that safetensors' ``save_model`` left out, since they share another's tensor."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    also: Mapping[str, str] = header.get("__metadata__", {})
    return {name: state[kept] for name, kept in also.items() if name not in state and kept in state}


def _torch_file(content: bytes, filename: str) -> State:
    if content[:4] == b"PK\x03\x04":
        _check_archive(content, filename)
    try:
        loaded = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:
        raise _why_not(content, filename) from error
    return _state_in(loaded, filename)


def _check_archive(content: bytes, filename: str) -> None:
    """Refuse archives that are cut off, unpack to far more than they are, or hold a TorchScript program."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _refused(f"{filename} is cut off or damaged.", "Save or download it again.") from error
    names = [entry.filename for entry in entries]
    if any("/code/" in name or name.endswith("constants.pkl") for name in names):
        raise _refused(f"{filename} is a TorchScript program, not weights alone.", SAVE)
    if not any(name.endswith("data.pkl") for name in names):
        raise _refused(f"{filename} is a ZIP archive, but none of PyTorch's.", SAVE)
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise _refused(f"{filename} unpacks to more than {MAX_BYTES / 2**20:,.0f} MiB.", "Give a smaller file.")


def _why_not(content: bytes, filename: str) -> ModelError:
    """Why torch's safe loader refused: what the file asks Python for says it."""
    wanted = _wanted(content)
    if any(name.startswith("torch.nn.modules.") for name in wanted):
        others = [name for name in wanted if not name.startswith(("torch.", "collections.", "__builtin__."))]
        kind = f" ({others[0]})" if others else ""
        message = f"{filename} holds a whole module{kind}, and opening it would run that module's code."
        return _refused(message, SAVE)
    if wanted and all(name.startswith("numpy.") for name in wanted):
        return _refused(f"{filename} holds NumPy arrays, not tensors.", SAVE)
    if wanted:
        message = f"{filename} is refused: opening it would call {', '.join(sorted(wanted)[:3])}."
        return _refused(message, f"It may be harmful. {SAVE}")
    if not content[:2].startswith((b"PK", b"\x80")):
        return _refused(f"{filename} is no file of weights.", "Give a state_dict as .pt or .safetensors.")
    return _refused(f"{filename} can't be read: it is cut off, damaged or no file of weights.", SAVE)


def _wanted(content: bytes) -> set[str]:
    """What the file's pickle would import, beyond what tensors need; the pickle is read, not run."""
    try:
        return {str(name) for name in get_unsafe_globals_in_checkpoint(io.BytesIO(content))}
    except Exception:  # noqa: BLE001 - no archive of torch's: an older file, a bare pickle, or something else
        return _globals(content)


def _globals(content: bytes) -> set[str]:
    """The same for a bare pickle, or several in a row, by their opcodes."""
    found: set[str] = set()
    words: list[str] = []
    stream = io.BytesIO(content)
    with suppress(ValueError, pickle.UnpicklingError, IndexError, EOFError):
        while stream.tell() < len(content):
            for code, argument, _ in pickletools.genops(stream):
                if code.name == "GLOBAL":
                    found.add(str(argument).replace(" ", "."))
                elif code.name == "STACK_GLOBAL" and len(words) > 1:
                    found.add(".".join(words[-2:]))
                elif isinstance(argument, str):
                    words.append(argument)
    return {name for name in found if not name.startswith(HARMLESS)}


def _state_in(loaded: object, filename: str) -> State:
    """The tensors by name, wherever they lie in what was loaded."""
    for wrapper in WRAPPERS:
        if isinstance(loaded, Mapping) and isinstance(loaded.get(wrapper), Mapping):
            loaded = loaded[wrapper]
            break
    if isinstance(loaded, Tensor):
        raise _refused(f"{filename} holds one tensor, not a network's weights by name.", SAVE)
    if not isinstance(loaded, Mapping) or not loaded:
        raise _refused(f"{filename} holds {_kind(loaded)}, not a network's weights by name.", SAVE)
    if len(loaded) > MAX_TENSORS:
        raise _refused(f"{filename} holds {len(loaded):,} entries.", f"At most {MAX_TENSORS:,} are read.")
    others = [key for key, value in loaded.items() if not isinstance(key, str) or not isinstance(value, Tensor)]
    if others:
        first = loaded[others[0]]
        raise _refused(f"{filename} is no state_dict: {others[0]!r} is {_kind(first)}, not a tensor.", SAVE)
    if odd := [key for key, value in loaded.items() if value.layout != torch.strided or value.is_quantized]:
        raise _refused(f"{odd[0]} in {filename} is sparse or quantised.", "Save dense, unquantised tensors.")
    return dict(loaded)


def _kind(value: Any) -> str:  # noqa: ANN401 - whatever the file held
    return "nothing" if value is None or value == {} else f"something of type {type(value).__name__}"


def _without_prefix(state: State) -> State:
    """Without the ``module.`` of DataParallel and the ``_orig_mod.`` of torch.compile, if all names have them."""
    for prefix in ("module.", "_orig_mod."):
        if state and all(name.startswith(prefix) for name in state):
            state = {re.sub(f"^{re.escape(prefix)}", "", name): value for name, value in state.items()}
    return state
