"""The command line: ``python -m cnnviz COMMAND``. ``--json`` puts one object on the last line of standard output."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from cnnviz.cli.data_commands import data as data_commands
from cnnviz.cli.output import as_json, calm, console, own_models, show
from cnnviz.cli.settings_text import parse_value
from cnnviz.errors import RunError, SpecError

if TYPE_CHECKING:
    from cnnviz.specs import TrainSpec


@click.group(help=__doc__)
def main() -> None:
    """The group of all commands."""


@main.command()
@click.option("--port", default=8501, show_default=True)
@click.option("--address", default="127.0.0.1", show_default=True, help="Who can reach it: this machine alone.")
@own_models
@calm
def serve(port: int, address: str, models: str | None) -> None:
    """Serve the app to a browser."""
    from cnnviz.cli.networks import use_models
    from cnnviz.ui.serve import serve

    use_models(models)
    serve(port, address)


@main.command()
@click.argument("recipe", required=False)
@click.option("--data", help="Another data set than the recipe's.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a setting or a model option.")
@click.option("--device", default=None, help="auto, cpu, cuda or mps.")
@click.option("--runs", help="The folder of runs (CNNVIZ_RUNS).")
@click.option("--resume", metavar="RUN", help="Go on with a run that ended before its time.")
@click.option("--more-epochs", default=0, help="With --resume: train so many epochs more than it has.")
@own_models
@as_json
@calm
def train(
    recipe: str | None,
    data: str | None,
    settings: Sequence[str],
    device: str | None,
    runs: str | None,
    resume: str | None,
    more_epochs: int,
    models: str | None,
    as_json: bool,
) -> None:
    """Train RECIPE in a worker process, with progress; Ctrl-C stops it and keeps what it learnt."""
    from cnnviz.cli import follow
    from cnnviz.cli.networks import use_models
    from cnnviz.runs import store
    from cnnviz.runs.jobs import Jobs

    use_models(models)
    if runs:
        os.environ["CNNVIZ_RUNS"] = runs
    if bool(recipe) == bool(resume):
        raise SpecError("There is nothing to train.", "Name a recipe, or a run with --resume; one of them.")
    if resume and (data or settings or device):
        raise SpecError("A resumed run keeps its settings.", "Start a new run to change them.")
    named = {key: value for key, value in (("data", data), ("device", device)) if value}
    spec = None if resume else asked_spec(recipe or "", {**parse_settings(settings), **named})
    jobs = Jobs()
    try:
        run = jobs.submit(spec) if spec else jobs.resume(store.find(resume or ""), more_epochs)
        status = follow.follow(run, run.spec(), console)
    finally:
        jobs.close()
    summary = follow.summary(run)
    show(summary, as_json, [("run", "status", "epochs", "best_epoch")], "This run")
    if status.state == "failed":
        raise RunError(status.why, status.hint)


def asked_spec(recipe: str, settings: Mapping[str, Any]) -> "TrainSpec":
    """A recipe with some settings changed. Raises SpecError."""
    from cnnviz import recipes
    from cnnviz.models.registry import check_options

    spec = recipes.get(recipe).spec.changed(settings)
    check_options(spec.model, spec.model_options)
    return spec


@main.command()
@click.argument("recipe")
@click.option("--grid", multiple=True, required=True, metavar="KEY=A,B,C", help="Values to try; every combination.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a setting for all runs.")
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler to train on (CNNVIZ_SCHEDULER).")
@click.option("--runs", help="The folder of runs (CNNVIZ_RUNS).")
@as_json
@calm
def sweep(
    recipe: str, grid: Sequence[str], settings: Sequence[str], scheduler: str | None, runs: str | None, as_json: bool
) -> None:
    """Train RECIPE once for each combination of the grid's values; Ctrl-C stops them all."""
    from cnnviz.cli import sweep

    for name, value in (("CNNVIZ_RUNS", runs), ("CNNVIZ_SCHEDULER", scheduler)):
        if value:
            os.environ[name] = value
    points = sweep.combinations({key: sweep.values(text) for key, text in split_settings(grid)})
    specs = [asked_spec(recipe, {**parse_settings(settings), **point}) for point in points]
    rows = sweep.train_all(points, specs, console)
    columns = [("settings", "status", "epochs", "best_epoch", "valid_loss", "valid_accuracy", "run")]
    show({"recipe": recipe, "runs": rows}, as_json, columns, f"Sweep of {recipe}")
    if failed := [row["run"] for row in rows if row["status"] == "failed"]:
        raise RunError(f"{len(failed)} of {len(rows)} runs failed: {', '.join(failed)}.", "Their folders say why.")


def split_settings(settings: Sequence[str]) -> list[tuple[str, str]]:
    """KEY=VALUE texts as pairs. Raises SpecError for one that is none."""
    pairs = [setting.partition("=") for setting in settings]
    for setting, (key, equals, _) in zip(settings, pairs, strict=True):
        if not equals or not key:
            raise SpecError(f"{setting!r} is no setting.", "Write KEY=VALUE, such as lr=0.001.", field="set")
    return [(key, value) for key, _, value in pairs]


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """key=value pairs; values are read as JSON where they are JSON (0.1, true, [0.5]), else as text."""
    return {key: parse_value(value) for key, value in split_settings(settings)}


@main.command()
@as_json
@calm
def runs(as_json: bool) -> None:
    """List the runs, newest first."""
    from cnnviz.cli import follow
    from cnnviz.runs.store import list_runs

    rows = [follow.summary(run) for run in list_runs()]
    show({"runs": rows}, as_json, [("run", "status", "epochs", "best_epoch")], "Runs")


@main.command()
@as_json
@calm
def recipes(as_json: bool) -> None:
    """List the recipes: what they train on what."""
    from cnnviz.recipes import RECIPES

    rows = [
        {"name": item.name, "system": item.system, "data": item.spec.data, "model": item.spec.model}
        for item in RECIPES.values()
    ]
    show({"recipes": rows}, as_json, [("name", "system", "data", "model")], "Recipes")


@main.command()
@click.option("--all", "with_torchvision", is_flag=True, help="torchvision's too, without their layers.")
@own_models
@as_json
@calm
def models(with_torchvision: bool, models: str | None, as_json: bool) -> None:
    """List the networks with their layers."""
    from cnnviz.cli import networks

    networks.use_models(models)
    rows = networks.rows(console, with_torchvision)
    show({"models": rows}, as_json, [("name", "system", "input", "num_params")], "Models")


@main.command()
@click.argument("model")
@click.option("--input", "size", metavar="C,H,W", help="Another input size than the usual one.")
@click.option("--set", "options", multiple=True, metavar="OPTION=VALUE", help="Change an option of the network.")
@own_models
@as_json
@calm
def summary(model: str, size: str | None, options: Sequence[str], models: str | None, as_json: bool) -> None:
    """Print what MODEL does op by op, and what it costs."""
    from cnnviz.cli import networks

    networks.use_models(models)
    row, found = networks.summary(model, size, parse_settings(options))
    if as_json:
        click.echo(json.dumps(row))
        return
    networks.show_summary(model, found, Console())


@main.command()
@click.argument("name")
@as_json
@calm
def bench(name: str, as_json: bool) -> None:
    """Run the benchmark NAME."""
    from importlib import import_module

    from cnnviz.bench import NAMES

    if name not in NAMES:
        raise SpecError(f"There is no benchmark called {name!r}.", f"There are {', '.join(NAMES)}.")
    started = time.monotonic()
    with console.status(f"Measuring {name}") as status:
        report = import_module(f"cnnviz.bench.{name}").run(lambda doing: status.update(f"{name}: {doing}"))
    console.print(f"Measured in {time.monotonic() - started:.0f} s")
    show(report.as_dict(), as_json, [("name", "value", "unit", "n")], name)


main.add_command(data_commands)


if __name__ == "__main__":
    main()
