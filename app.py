"""The app: page config, the list of pages, navigation. Start it with ``make run``."""

import streamlit as st

from cnnviz.ui import guard, navigation, warmup

st.set_page_config(page_title="cnnviz", page_icon=":material/grid_on:", layout="wide")
page = st.navigation(navigation.pages(), position="top")
with guard.calm():
    page.run()
warmup.begin()
