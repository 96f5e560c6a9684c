"""``data``: what sets there are; importing, downloading, removing one."""

from typing import Any

import click

from cnnviz.cli.output import as_json, calm, console, show


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def data(context: click.Context, as_json: bool) -> None:
    """List the data sets and whether they are at hand; import, download or remove one."""
    if context.invoked_subcommand is None:
        calm(list_data)(as_json)


def list_data(as_json: bool) -> None:
    """The rows of ``data``."""
    from cnnviz.cli import data_sets

    rows = data_sets.rows()
    show({"data": rows}, as_json, [("name", "classes", "train", "valid", "shape", "at_hand")], "Data sets")


@data.command("import")
@click.argument("path")
@click.option("--name", help="What to call the set; the name of the file or folder unless said.")
@click.option("--size", default="28x28", show_default=True, help="Height×width of every image.")
@click.option("--mode", type=click.Choice(["grey", "colour"]), default="colour", show_default=True)
@click.option("--fit", type=click.Choice(["pad", "resize", "crop"]), default="pad", show_default=True)
@click.option(
    "--labels",
    type=click.Choice(["number", "first"]),
    default="number",
    show_default=True,
    help="Files without folders: the class is what stands before the closing number, or before the first _.",
)
@click.option("--replace", is_flag=True, help="Replace a set of that name.")
@as_json
@calm
def import_data(path: str, name: str | None, as_json: bool, **how: Any) -> None:  # noqa: ANN401 - the options
    """Bring in PATH: a folder of class folders, a .zip of them, or an .npz of images and labels."""
    from cnnviz.cli import data_sets

    summary = data_sets.bring_in(path, name, how, console)
    show(summary, as_json, [("name", "classes", "images", "skipped", "shape")], "Imported")


@data.command()
@click.argument("name")
@as_json
@calm
def download(name: str, as_json: bool) -> None:
    """Download the set NAME, or what of it is missing."""
    from cnnviz.cli import data_sets

    show(data_sets.download(name, console), as_json, [("name", "images", "at_hand")], "Downloaded")


@data.command()
@click.argument("name")
@as_json
@calm
def remove(name: str, as_json: bool) -> None:
    """Remove the set NAME, one of your own."""
    from cnnviz.data import own

    own.remove(name)
    show({"removed": name}, as_json, [("removed",)], "Removed")
