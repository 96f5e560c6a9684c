"""Starting from stored weights: ``NAME.safetensors`` in the data folder's ``weights/``."""

import re

from torch import nn

from cnnviz.errors import TrainingError
from cnnviz.settings import data_dir


def start_from(model: nn.Module, name: str) -> None:
    """Put the stored weights of that name into a network; "" leaves it as it is.

    Raises TrainingError when there are none of that name, or they are another network's.
    """
    if not name:
        return
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = data_dir() / "weights" / f"{name}.safetensors"
    if not re.fullmatch(r"[\w][\w .-]*", name) or not path.is_file():
        raise TrainingError(f"There are no stored weights called {name!r}.", "Choose another name.", field="weights")
    try:
        model.load_state_dict(load_file(path))
    except (SafetensorError, OSError) as error:
        raise TrainingError(f"{path.name} can't be read: {error}.", "Store it again.", field="weights") from error
    except RuntimeError as error:
        why = str(error).strip().splitlines()[-1].strip()
        raise TrainingError(
            f"The weights {name!r} do not fit this network: {why}", "Choose the network that they come from.",
            field="weights",
        ) from error  # fmt: skip
