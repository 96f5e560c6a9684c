"""What all commands share: their options, how a result is printed, how an error of ours ends."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from cnnviz.errors import CnnvizError

console = Console(stderr=True)
own_models = click.option("--models", metavar="FILES", help="Python files with networks of your own (CNNVIZ_MODELS).")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on the last line.")


def calm(command: Callable[..., None]) -> Callable[..., None]:
    """Turn our own errors into one clear line and exit status 2."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever click passes
        try:
            command(*args, **kwargs)
        except CnnvizError as error:
            click.echo(f"cnnviz: {error}", err=True)
            sys.exit(2)

    return wrapped


def show(plain: Mapping[str, Any], as_json: bool, columns: Sequence[Sequence[str]], title: str) -> None:
    """Print a result for a person, or as the one JSON line."""
    if as_json:
        click.echo(json.dumps(plain))
        return
    rows = next((value for value in plain.values() if isinstance(value, list)), [plain])
    table = Table(title=title)
    for column in columns[0]:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(row.get(column, "")) for column in columns[0]))
    Console().print(table)
    for name, ratio in plain.get("ratios", {}).items():
        click.echo(f"{name}: {ratio:.2f}")
