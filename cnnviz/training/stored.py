"""Starting from stored weights."""

from torch import nn

from cnnviz.errors import ModelError, TrainingError
from cnnviz.models.weight_store import read_weights
from cnnviz.models.weights import load_state


def start_from(model: nn.Module, name: str) -> None:
    """Put the stored weights of that name into a network; "" leaves it as it is.

    Raises TrainingError when there are none of that name, or they are another network's.
    """
    if not name:
        return
    try:
        load_state(model, read_weights(name))
    except ModelError as error:
        raise TrainingError(error.message, error.hint, field="weights") from error
