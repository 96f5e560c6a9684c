"""The notes in the head of a .safetensors file, read without its tensors and without torch."""

from pathlib import Path

from safetensors import SafetensorError, safe_open

from cnnviz.errors import ModelError


def notes_of(path: Path) -> dict[str, str]:
    """The notes by name. Raises ModelError for a file that can't be read."""
    try:
        with safe_open(path, framework="numpy") as file:
            return dict(file.metadata() or {})
    except (SafetensorError, OSError) as error:
        hint = "Remove it, or store the weights again."
        raise ModelError(f"{path.name} can't be read: {error}.", hint, field="weights") from error
