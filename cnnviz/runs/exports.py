"""What a person takes along from a run: weights, history, settings, its images, a script that trains it anew.

Every function returns the bytes of one file.
"""

import csv
import io
import json
import zipfile
from pathlib import Path

from cnnviz.errors import RunError
from cnnviz.runs import script as scripts
from cnnviz.runs.folder import RunFolder
from cnnviz.settings import data_dir

README = """python {script}

trains the network on the images in data.npz and writes history.csv and best.pt beside them.
"""


def history_csv(run: RunFolder) -> bytes:
    """A line an epoch, with every figure of the history. Raises RunError when there is none yet."""
    rows = run.history()
    if not rows:
        raise RunError(f"Run {run.id} has no history yet.", "It comes with the first epoch.")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def weights_pt(run: RunFolder, name: str = "best.pt") -> bytes:
    """The best epoch's state dict; ``torch.load(…, weights_only=True)`` reads it. Raises RunError."""
    try:
        return (run.path / name).read_bytes()
    except OSError as error:
        raise RunError(f"Run {run.id} has no weights yet.", "They come with its first epoch.") from error


def weights_safetensors(run: RunFolder, name: str = "best.pt") -> bytes:
    """The same as .safetensors, which other tools read and nothing can hide code in. Raises RunError."""
    import torch
    from safetensors.torch import save

    from cnnviz.runs import checkpoints

    state = checkpoints.load(run, name)
    if state is None:
        raise RunError(f"Run {run.id} has no weights yet.", "They come with its first epoch.")
    # Copies: the format refuses weights that several layers share, and takes no channels-last ones.
    whole = {key: value.detach().clone(memory_format=torch.contiguous_format) for key, value in state.items()}
    return bytes(save(whole))


def spec_json(run: RunFolder) -> bytes:
    """The settings, as ``TrainSpec.from_dict`` reads them. Raises RunError."""
    return json.dumps(run.spec().as_dict(), indent=2, ensure_ascii=False).encode()


def spec_toml(run: RunFolder) -> bytes:
    """The settings as TOML. Raises RunError."""
    tables = {"": {}, **{name: value for name, value in run.spec().as_dict().items() if isinstance(value, dict)}}
    tables[""] = {name: value for name, value in run.spec().as_dict().items() if name not in tables}
    parts = [
        "".join([f"\n[{name}]\n" if name else "", *(f"{key} = {_toml(value)}\n" for key, value in table.items())])
        for name, table in tables.items()
        if table
    ]
    return "".join(parts).encode()


def _toml(value: object) -> str:
    """A boolean, number, string or list of them: what JSON and TOML write the same way, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def script_py(run: RunFolder) -> bytes:
    """The standalone script; it reads the images that ``data_npz`` gives. Raises CnnvizError."""
    from cnnviz.data import registry

    spec, asked = run.spec(), run.asked()
    images = registry.load_at_hand(spec.data)
    facts = scripts.ScriptFacts(
        input_shape=images.shape,
        num_classes=len(images.classes),
        title=f"{spec.recipe or spec.model} on {spec.data}, run {run.id}",
        num_threads=int(asked.get("num_threads") or 0),
        changes=run.changes(),
    )
    return scripts.script(spec, facts).encode()


def data_npz(run: RunFolder) -> bytes:
    """The run's training and validation images and labels, in the run's order. Raises CnnvizError."""
    import numpy as np

    from cnnviz.data import registry
    from cnnviz.training.trainer import split_for

    spec = run.spec()
    images = registry.load_at_hand(spec.data)
    parts = split_for(spec, images)
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        train_images=images.images[parts.train],
        train_labels=images.labels[parts.train],
        valid_images=images.images[parts.valid],
        valid_labels=images.labels[parts.valid],
    )
    return packed.getvalue()


def script_zip(run: RunFolder) -> bytes:
    """The script with all that it reads, in a zip. Raises CnnvizError."""
    files = {
        scripts.FILE_NAME: script_py(run),
        "data.npz": data_npz(run),
        "README.txt": README.format(script=scripts.FILE_NAME).encode(),
    }
    if name := run.spec().weights:
        files["start.safetensors"] = _stored(data_dir() / "weights" / f"{name}.safetensors")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return packed.getvalue()


def _stored(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RunError(f"The stored weights {path.stem!r} are gone.", "Store them again.") from error
