"""Home: what this is, what to try first, what is at hand."""

import streamlit as st

from cnnviz.ui import guard, warmup
from cnnviz.ui.home_panels import show_data_sets, show_latest_runs, show_machine, show_teaser

TRIES = (
    ("Train a network", "train", "LeNet learns real digits in about ten seconds; watch its curves."),
    ("Read its mistakes", "mistakes", "Every digit it got wrong, the surest mistakes first."),
    ("Follow a kernel", "kernels", "Drag on a weight and a photograph follows."),
    ("Take a layer apart", "shapes", "Point at an output cell and see every input that it reads."),
    ("Open a network", "architectures", "Thirteen networks op by op; feed one a larger image and see it break."),
    ("Race remedies", "compare", "Six answers to over-fitting learn from the same batches."),
    ("Bring your own data", "data", "Drop a zip of your pictures, and every page works with them."),
)
IN_A_ROW = 4

st.title("cnnviz")
st.markdown(
    "See what small convolutional networks do, on your own machine and your own pictures. "
    "Train them live, read their mistakes, and follow every number back to the pixels it came from."
)
for row in (TRIES[:IN_A_ROW], TRIES[IN_A_ROW:]):
    for column, (label, page, about) in zip(st.columns(len(row), gap="small"), row, strict=True):
        with column.container(border=True, height="stretch", gap="small"):
            if st.button(label, type="primary", width="stretch"):
                st.switch_page(f"pages/{page}.py")
            st.caption(about)


@st.fragment(run_every=None if warmup.is_ready() else 0.5)
def panels() -> None:
    """What needs the machine to be warm; looks again until it is."""
    with guard.calm():
        show_teaser()
    panels = (show_machine, show_data_sets, show_latest_runs)
    for column, show in zip(st.columns(len(panels)), panels, strict=True):
        with column, guard.calm():
            show()


panels()
