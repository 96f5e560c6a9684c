"""Settings as they are typed on the command line."""

import json
from typing import Any


def parse_value(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The value that a text stands for: JSON where it is JSON (0.1, true, [0.5]), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
