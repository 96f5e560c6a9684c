"""Train: pick a recipe, change what you like, watch it learn."""

import streamlit as st

from cnnviz.errors import CnnvizError
from cnnviz.runs import store
from cnnviz.specs import TrainSpec
from cnnviz.ui import cache, guard, navigation, state
from cnnviz.ui.layout import beside_picture
from cnnviz.ui.linked import link_to
from cnnviz.ui.live_run import show_run
from cnnviz.ui.recipe_picker import pick_recipe
from cnnviz.ui.run_actions import show_actions
from cnnviz.ui.run_picker import pick_run
from cnnviz.ui.spec_controls import spec_controls
from cnnviz.ui.to_train import changed_text


def start(spec: TrainSpec) -> None:
    """Queue the run and show it; on a full disk say so beside the button."""
    try:
        link_to(state.RUN, cache.jobs().submit(spec).id)
    except CnnvizError as error:
        guard.show(error)


st.subheader("Train")
st.markdown("**Press Start** and watch a network learn; then halve the learning rate and compare.")
head, settings, picture = beside_picture()
with head:
    recipe = pick_recipe()
    button = st.container()
    st.caption(guard.plain(recipe.about))
with settings:
    spec = spec_controls(recipe)
# No callback: it would start what the settings were when the button was last drawn, and somebody who types and clicks
# quickly is ahead of that.
with button:
    icon = ":material/play_arrow:"
    if st.button("Start", type="primary", width="stretch", icon=icon, disabled=spec is None) and spec:
        start(spec)
    if spec and (changed := changed_text(spec, recipe.spec)):
        st.caption(guard.plain(f"Changed from the recipe: {changed}."))
with picture:
    run = pick_run(store.list_runs(None))
    show_run(run)
    with guard.calm():
        show_actions(run)
    with st.container(horizontal=True):
        st.page_link(
            f"pages/{navigation.MISTAKES}.py",
            label="Read the mistakes of this run",
            icon=":material/rule:",
            query_params={state.RUN: run.id},
            disabled=not run.predictions_path.exists(),
        )
        st.page_link(
            f"pages/{navigation.COMPARE}.py",
            label="Lay it beside other runs",
            icon=":material/stacked_line_chart:",
            query_params={state.RACE_RUNS: run.id},
        )
