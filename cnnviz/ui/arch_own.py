"""A person's own network: a stack, torchvision's, classes of their own, and weights."""

import streamlit as st

from cnnviz.models import own
from cnnviz.settings import model_files
from cnnviz.ui import arch_weights, guard, navigation, state
from cnnviz.ui.arch_picker import title

EXAMPLE = '''# my_models.py
from torch import nn

class MyNet(nn.Module):
    """Two convolutions."""

    def __init__(self, num_classes=10, input_shape=(1, 28, 28), n: int = 16):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(input_shape[0], n, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
            nn.Linear(n, num_classes),
        )

    def forward(self, images):
        return self.net(images)
'''


def section() -> None:
    """Weights on the left, since they take an upload; the other ways in on the right."""
    left, right = st.columns(2, gap="large")
    with left, guard.calm():
        arch_weights.section()
    with right:
        with guard.calm():
            _classes()
        _ways_in()


def _classes() -> None:
    st.markdown("##### Your classes")
    files = model_files()
    if not files:
        st.markdown(
            "Write `nn.Module` classes in a file, and start cnnviz with it: `CNNVIZ_MODELS=my_models.py make run`, or "
            "`python -m cnnviz serve --models my_models.py`. Arguments with defaults become options."
        )
        with st.expander("An example file"):
            st.code(EXAMPLE, language="python")
        return
    found = own.own_models()
    st.caption("Read from " + guard.plain(", ".join(str(path) for path in files)) + ", anew whenever a file changes.")
    for name, model in found.models.items():
        st.page_link(
            f"pages/{navigation.ARCHITECTURES}.py", label=guard.plain(f"{name}: {model.entry.about or 'open it'}"),
            query_params={state.ARCH_MODEL: name}, icon=":material/account_tree:",
        )  # fmt: skip
    for problem in found.problems:
        place = f"{problem.file}, line {problem.line}" if problem.line else problem.file
        show = st.error if problem.is_error else st.info
        show(f"**{guard.plain(place)}**  \n{guard.plain(problem.message)} {guard.plain(problem.hint)}")
    if not found.models and not found.problems:
        st.info("The files define no nn.Module classes.")


def _ways_in() -> None:
    st.markdown("##### Other ways in")
    st.page_link(f"pages/{navigation.SHAPES}.py", label="Build a stack in the shape laboratory",
                 query_params={state.SHAPES_PART: "Stack"}, icon=":material/view_in_ar:")  # fmt: skip
    stack = st.session_state.get(state.OWN_MODEL)
    if stack and stack.startswith("stack:"):
        st.page_link(f"pages/{navigation.ARCHITECTURES}.py", label=guard.plain(f"Open {title(stack)}"),
                     query_params={state.ARCH_MODEL: stack}, icon=":material/account_tree:")  # fmt: skip
    st.page_link(f"pages/{navigation.ARCHITECTURES}.py", label="Open torchvision's ResNet-18",
                 query_params={state.ARCH_MODEL: "torchvision:resnet18"}, icon=":material/account_tree:")  # fmt: skip
    st.caption("Any of torchvision's classification models: type its name in the picker. No weights are downloaded.")
