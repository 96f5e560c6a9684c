"""A race as it is now: overlaid curves or small multiples, and a table of figures."""

from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.charts.curves import Measure, curves_chart, curves_table
from cnnviz.charts.race import race_chart, race_domain, race_table
from cnnviz.runs.best import best_row
from cnnviz.runs.race import EXAMPLE, Entry, Race
from cnnviz.ui import guard, navigation, state
from cnnviz.ui.look import colours
from cnnviz.ui.run_figures import gap_text, percent, trained_for

POLL_S = 1.0
ACROSS = 3
MEASURES: tuple[Measure, ...] = ("accuracy", "loss")
VIEWS = ("Overlaid", "Accuracy, one by one", "Loss, one by one")


def show_race(race: Race) -> None:
    """Show a race, and keep showing it until all its runs are over."""
    active = any(entry.is_active for entry in race.entries())

    @st.fragment(run_every=POLL_S if active else None)
    def live() -> None:
        with guard.calm():
            entries = race.entries()
            if not entries:
                st.info("The runs of this race have been deleted. Start another one.", icon=":material/delete:")
                return
            _show(race, entries)
            if active and not any(entry.is_active for entry in entries):
                st.rerun()

    live()


def _show(race: Race, entries: list[Entry]) -> None:
    _show_head(race, entries)
    view = st.segmented_control(
        "View", VIEWS, default=VIEWS[0], key=state.RACE_VIEW, label_visibility="collapsed", required=True,
        persist_state="session",
    )  # fmt: skip
    if view == VIEWS[0]:
        st.caption("Solid: training. Dashed: validation. One colour is one run.")
        _show_overlaid(race, entries)
    else:
        st.caption("Blue: training. Orange: validation, its best epoch ringed. All on the same axes.")
        _show_small(race, entries, "accuracy" if view == VIEWS[1] else "loss")
    st.dataframe(_table(entries), hide_index=True, width="stretch", column_config={
        "run": st.column_config.LinkColumn("run", display_text="open", help="Its own curves, kernels and images."),
    })  # fmt: skip


def _show_head(race: Race, entries: list[Entry]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            recorded = "A recorded race that comes with the app. " if race.id == EXAMPLE.stem else ""
            st.markdown(f"**{guard.plain(race.title)}.** {recorded}{guard.plain(race.look)}")
        running = [entry.run for entry in entries if entry.is_active and entry.run]
        if running and st.button("Stop all", key=f"stop-all-{race.id}", icon=":material/stop:"):
            for run in running:
                run.request_stop()


def _last_epoch(entries: list[Entry]) -> int:
    return max(entry.spec.max_epochs for entry in entries)


def _show_overlaid(race: Race, entries: list[Entry]) -> None:
    histories = {entry.name: entry.history for entry in entries}
    for column, measure in zip(st.columns(2), MEASURES, strict=True):
        domain = race_domain(histories, measure)
        chart = race_chart(measure, _last_epoch(entries), domain, tuple(histories), colours())
        column.vega_lite_chart(race_table(histories, measure), chart, key=f"race-{measure}-{race.id}")


def _show_small(race: Race, entries: list[Entry], measure: Measure) -> None:
    domain = race_domain({entry.name: entry.history for entry in entries}, measure)
    for start in range(0, len(entries), ACROSS):
        for column, entry in zip(st.columns(ACROSS), entries[start : start + ACROSS], strict=False):
            chart = curves_chart(measure, _last_epoch(entries), domain, colours(), 210, False)
            best = best_row(entry.history, entry.spec.best_by).get("epoch")
            table = curves_table(entry.history, [], measure, best)
            column.markdown(f"**{guard.plain(entry.name)}**")
            column.vega_lite_chart(table, chart, key=f"small-{measure}-{race.id}-{entry.name}")


def _table(entries: list[Entry]) -> pd.DataFrame:
    return pd.DataFrame([_row(entry) for entry in entries])


def _row(entry: Entry) -> dict[str, Any]:
    best = best_row(entry.history, entry.spec.best_by)
    last = entry.history[-1] if entry.history else {}
    return {
        "name": entry.name,
        "state": entry.state,
        "best accuracy": percent(best.get("valid_accuracy")),
        "at epoch": str(best.get("epoch", "–")),
        "last gap": gap_text(last),
        "last loss": "–" if last.get("valid_loss") is None else f"{last['valid_loss']:.4f}",
        "epochs": f"{last.get('epoch', 0)} of {entry.spec.max_epochs}",
        "time": trained_for(entry.history),
        **({"run": f"{navigation.TRAIN}?run={entry.run.id}"} if entry.run else {}),
    }
