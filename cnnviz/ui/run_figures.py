"""A run's figures in a row, and what its tutorial reported."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from cnnviz import recipes
from cnnviz.errors import CnnvizError
from cnnviz.models import registry
from cnnviz.runs.best import best_row
from cnnviz.runs.progress import RunProgress, duration_text
from cnnviz.runs.status import Status
from cnnviz.spec_words import difference_text
from cnnviz.specs import TrainSpec
from cnnviz.ui import guard

METRIC_PX = 132  # two fit side by side on a phone
HELP = {"Gap": "Validation accuracy less training accuracy after the last epoch, in percentage points."}
History = Sequence[Mapping[str, Any]]
_COLUMNS = {"train_loss": "training loss", "train_accuracy": "accuracy", "valid_loss": "validation loss",
            "valid_accuracy": "validation accuracy"}  # fmt: skip


def show_figures(history: History, spec: TrainSpec, status: Status, progress: RunProgress) -> None:
    """Accuracy, gap, best epoch with the countdown of early stopping, speed, time."""
    best = best_row(history, spec.best_by)
    last = history[-1] if history else {}
    running = status.state in ("running", "paused")
    speed = progress.images_per_s if running else last.get("images_per_s")
    figures = {
        "Validation accuracy": percent(best.get("valid_accuracy")),
        "Gap": gap_text(last),
        "Best epoch": f"{best.get('epoch', '–')} of {spec.max_epochs}",
        **_countdown(last, spec, running),
        "Images per second": f"{speed:,.0f}" if speed else "–",
        "Time left" if running else "Training time": (
            duration_text(progress.seconds_left) if running else trained_for(history)
        ),
    }
    with st.container(horizontal=True, gap="small"):
        for label, value in figures.items():
            st.metric(label, value, width=METRIC_PX, help=HELP.get(label))


def _countdown(last: Mapping[str, Any], spec: TrainSpec, running: bool) -> dict[str, str]:
    left = last.get("patience_left")
    if not spec.patience or not running or left is None:
        return {}
    return {"Stops without progress in": f"{left:.0f} epoch{'' if left == 1 else 's'}"}


def trained_for(history: History) -> str:
    """How long all epochs took."""
    return duration_text(sum(row.get("duration_s") or 0.0 for row in history)) if history else "–"


def percent(share: float | None) -> str:
    """A share of 1 as a percentage, or a dash."""
    return "–" if share is None else f"{share:.2%}"


def gap_text(row: Mapping[str, Any]) -> str:
    """Validation accuracy less training accuracy, in percentage points."""
    train, valid = row.get("train_accuracy"), row.get("valid_accuracy")
    return "–" if train is None or valid is None else f"{(valid - train) * 100:+.1f} pp".replace("-", "−")


def show_what_was_changed(spec: TrainSpec) -> None:
    """How the run differs from its recipe."""
    recipe = recipes.RECIPES.get(spec.recipe)
    if recipe and (text := difference_text(_whole(spec), _whole(recipe.spec))):
        st.caption(f"Changed from the recipe: {guard.plain(text)}.")


def _whole(spec: TrainSpec) -> TrainSpec:
    """The spec with every option of its model, those at their defaults too."""
    try:
        return replace(spec, model_options=registry.check_options(spec.model, spec.model_options))
    except CnnvizError:
        return spec


def show_reported(spec: TrainSpec, history: History) -> None:
    """The tutorial's figures beside this run's; never measured here, and said so."""
    recipe = recipes.RECIPES.get(spec.recipe)
    if not recipe or not (recipe.reported or recipe.reported_epochs):
        return
    st.caption(f"Reported by the tutorial, not measured here: {reported_text(recipe.reported)}")
    with st.expander("Reported figures beside this run's"):
        table = _beside(recipe, history)
        st.dataframe(table, hide_index=True, width="stretch")
        if recipe.reported_classes:
            classes = pd.DataFrame(
                {
                    "class": list(recipe.reported_classes),
                    "reported, right": map(percent, recipe.reported_classes.values()),
                }
            )
            st.dataframe(classes, hide_index=True, width="stretch")


def reported_text(reported: Mapping[str, float]) -> str:
    """Reported figures in a sentence, as far as there are any."""
    parts = []
    if "first_train_loss" in reported:
        parts.append(f"training loss {reported['first_train_loss']:g} → {reported['train_loss']:g}")
    elif "train_loss" in reported:
        parts.append(f"training loss {reported['train_loss']:.4f}")
    for name, words in (("train_accuracy", "training accuracy"), ("valid_accuracy", "validation accuracy")):
        if name in reported:
            parts.append(f"{words} {reported[name]:.2%}")
    if "valid_loss" in reported:
        parts.append(f"validation loss {reported['valid_loss']:.4f}")
    if "epochs" in reported:
        parts.append(f"after {reported['epochs']:.0f} epochs")
    return ", ".join(parts) + "." if parts else "see below."


def _beside(recipe: recipes.Recipe, history: History) -> pd.DataFrame:
    ours = {row.get("epoch"): row for row in history}
    rows: list[dict[str, Any]] = []
    last = {"epoch": recipe.reported.get("epochs"), **recipe.reported} if recipe.reported else None
    reported: tuple[Mapping[str, Any], ...] = recipe.reported_epochs or tuple(row for row in (last,) if row)
    for row in reported:
        rows.append({"epoch": row.get("epoch"), "source": "reported", **_figures(row)})
        if row.get("epoch") in ours:
            rows.append({"epoch": row["epoch"], "source": "this run", **_figures(ours[row["epoch"]])})
    return pd.DataFrame(rows)


def _figures(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        words: "–" if row.get(name) is None else (percent(row[name]) if "accuracy" in name else f"{row[name]:.4f}")
        for name, words in _COLUMNS.items()
    }
