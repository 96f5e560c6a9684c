"""Compare: up to six runs with the same seed and the same batches, side by side."""

import streamlit as st

from cnnviz.ui import guard
from cnnviz.ui.race_controls import chosen_race, race_controls
from cnnviz.ui.race_view import show_race

st.subheader("Compare")
st.markdown("**Press Race**: up to six networks learn from the same batches; watch which gap opens first.")
controls, picture = st.columns([3, 8], gap="medium")
with controls, guard.calm():
    race_controls()
with picture, guard.calm():
    show_race(chosen_race())
