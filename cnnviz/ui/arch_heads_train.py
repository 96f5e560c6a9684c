"""FC against GAP, trained on the same digits, seed and batches; a recorded pair until somebody has."""

import json

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from cnnviz.charts.shades import enlarge, grey
from cnnviz.charts.shift_lines import shift_lines_chart
from cnnviz.charts.signed import signed
from cnnviz.errors import CnnvizError
from cnnviz.evaluation.mistakes import softmax
from cnnviz.heads import EPOCHS, FC, GAP, IMAGES, lanes
from cnnviz.models import registry
from cnnviz.runs import race, store
from cnnviz.runs.best import best_row
from cnnviz.runs.folder import Predictions, RunFolder
from cnnviz.runs.race import Race
from cnnviz.ui import cache, guard, state
from cnnviz.ui.gallery import Tile, show_gallery
from cnnviz.ui.look import colours
from cnnviz.ui.race_view import show_race

TITLE = "FC against GAP"
LOOK = "Solid: training, dashed: validation. FC soon knows its training digits; GAP learns slowly and keeps together."


def controls(h: int, hidden: int) -> None:
    """How long to train, and the button that trains both."""
    st.markdown("##### Train both")
    left, right = st.columns(2, wrap=False)
    epochs = left.number_input("Epochs", value=EPOCHS, step=1, key=state.HEADS_EPOCHS)
    images = right.number_input("Digits", value=IMAGES, step=500, key=state.HEADS_IMAGES, help="0 takes all 4,000.")
    if not st.button("Train both", type="primary", width="stretch", icon=":material/play_arrow:"):
        st.caption("The same digits, seed and batches; h and hidden as above.")
        return
    try:
        pair = lanes(h, hidden, int(epochs), int(images))
        for lane in pair:
            registry.check_options(lane.spec.model, lane.spec.model_options)
        started = race.start(cache.jobs().submit, pair, TITLE, LOOK)
    except CnnvizError as error:
        guard.show(error)
        return
    st.query_params[state.HEADS_RACE] = started.id
    st.rerun()


def current() -> Race:
    """The pair in the URL, else the latest one, else the recorded one."""
    pairs = [each for each in race.list_races() if set(each.names) == {FC, GAP}]
    asked = st.query_params.get(state.HEADS_RACE)
    chosen = [each for each in pairs if each.id == asked] or pairs
    recorded = {name: RunFolder(path) for name, path in store.HEADS.items()}
    return chosen[0] if chosen else Race("heads", f"{TITLE}: recorded runs that come with the app", LOOK, recorded)


def show_pair() -> Race:
    """The curves, live while they train."""
    pair = current()
    show_race(pair)
    return pair


def show_lessons(pair: Race) -> None:
    """Accuracy per parameter, accuracy on shifted digits, and class activation maps, once both have weights."""
    if any(not cache.changed_at(run) for run in pair.names.values()):
        st.caption("Accuracy per parameter, shifted digits and class activation maps follow with the first epoch.")
        return
    _per_parameter(pair)
    left, right = st.columns(2)
    with left, guard.calm():
        _shifts(pair)
    with right, guard.calm():
        _maps(pair.names[GAP])


def _per_parameter(pair: Race) -> None:
    with st.container(horizontal=True):
        for entry in pair.entries():
            spec = entry.spec
            data = cache.image_set(spec.data)
            options = tuple(registry.check_options(spec.model, spec.model_options).items())
            summary = cache.network_summary(spec.model, options, len(data.classes), data.shape, data.shape)
            best = best_row(entry.history, spec.best_by).get("valid_accuracy")
            if best is not None:
                worth = best * 100 / (summary.facts.num_params / 1000)
                st.metric(f"{entry.name}: best accuracy", f"{best:.2%}", width=145)
                st.metric(f"{entry.name}: points per 1,000 parameters", f"{worth:.2f}", width=225)


def _shifts(pair: Race) -> None:
    st.markdown("**When the digits are shifted**")
    active = any(entry.is_active for entry in pair.entries())
    if not _are_recorded(pair) and not st.toggle(
        "Score shifted digits", key=f"{state.HEADS_SHIFTS}-{pair.id}", disabled=active,
        help="25 passes over the validation digits for each network; a few seconds.",
    ):  # fmt: skip
        st.caption("When both are trained: accuracy at 0 to 6 pixels, to all four sides.")
        return
    with st.spinner("Scoring shifted digits …"):
        table = pd.concat([_shift_table(name, run) for name, run in pair.names.items()])
    st.altair_chart(shift_lines_chart(table, (FC, GAP), colours()), key=f"heads-shift-chart-{pair.id}",
                    alt="Accuracy of both networks over the shift in pixels")  # fmt: skip
    st.caption("Line: mean over right, left, down and up; band: the worst and the best of them. Zeros come in.")


def _are_recorded(pair: Race) -> bool:
    return all(store.is_example(run) for run in pair.names.values())


def _shift_table(name: str, run: RunFolder) -> pd.DataFrame:
    if store.is_example(run):
        plain = json.loads((run.path / "shifts.json").read_text())
        found = [(row.pop("pixels"), list(row.values())) for row in plain]
    else:
        found = [
            (row.pixels, list(row.by_direction.values())) for row in cache.shift_rows(run.id, cache.changed_at(run))
        ]
    rows = [(name, pixels, sum(each) / len(each), min(each), max(each)) for pixels, each in found]
    return pd.DataFrame(rows, columns=["name", "pixels", "accuracy", "low", "high"])


def _maps(run: RunFolder) -> None:
    st.markdown("**What GAP looked at, for nothing**")
    predictions = run.predictions()
    images = cache.image_set(run.spec().data)
    last = len(predictions.targets) - 1
    key = f"{state.HEADS_DIGIT}-{run.id}"
    place = int(st.number_input(f"Validation digit, 0 to {last:,}", 0, last, _clearest(predictions), key=key))
    maps = cache.activation_maps(run.id, cache.changed_at(run), place)
    pixels = images.images[predictions.indices[place]]
    ranked = np.argsort(-predictions.logits[place])[:3]
    top = max(float(np.abs(each).max()) for each in maps) or 1.0
    tiles = [Tile(pixels, f"is {images.classes[predictions.targets[place]]}", "the digit", "A validation digit")]
    for target in ranked:
        logit = predictions.logits[place, target]
        words = f"Class activation map of {images.classes[target]}"
        said = f"logit {logit:.1f}".replace("-", "−")
        accent = "" if target == predictions.targets[place] else colours().wrong
        tiles.append(Tile(overlay(maps[target], pixels, top), images.classes[target], said, words, accent))
    show_gallery(tiles, colours().right)
    st.caption(
        "The three classes with the highest logits: orange cells speak for the class, purple against it. With one "
        "linear layer after the pool these would be its weights; this head has a hidden layer, so the gradient of the "
        "logit stands in: Grad-CAM on the last maps."
    )


def _clearest(predictions: Predictions) -> int:
    """The digit that the network recognises most surely."""
    rows = np.arange(len(predictions.targets))
    right = predictions.logits.argmax(axis=1) == predictions.targets
    return int(np.where(right, softmax(predictions.logits)[rows, predictions.targets], 0).argmax())


def overlay(cells: NDArray[np.floating], pixels: NDArray[np.uint8], top: float) -> NDArray[np.uint8]:
    """A signed map (h, w) as colours over a faint digit (1, H, W): uint8 (3, H, W). H must be a multiple of h."""
    times = pixels.shape[1] // cells.shape[0]
    colour = enlarge(signed(cells, top), times).astype(float)
    height, width = colour.shape[:2]
    digit = grey(pixels[0, :height, :width] / 255.0).astype(float)
    mixed = colour * (1 - 0.6 * digit / 255)
    return mixed.round().astype(np.uint8).transpose(2, 0, 1)
