"""Three short stories: each sets the controls and tells what they show."""

from dataclasses import dataclass

import streamlit as st

from cnnviz.ui import state
from cnnviz.ui.shapes_controls import DEFAULTS, key

ICON = ":material/auto_stories:"


@dataclass(frozen=True)
class Story:
    """A question, the controls that show its answer, and the answer in words."""

    title: str
    values: dict[str, int]
    text: str


STORIES = (
    Story(
        "Why 5×5 takes 4",
        {"h": 12, "k": 5, "out": 8},
        "The 5×5 window must lie inside the picture, so it starts at rows 0 to 7: twelve rows less the four "
        "it can't start at. k − 1 = 4 go, two on each side. LeNet's 28 → 24 and 12 → 8 are this.",
    ),
    Story(
        "Why same padding needs (k−1)/2",
        {"h": 12, "k": 5, "p": 2, "out": 8},
        "A 5×5 window takes 4, so 4 rows of padding give them back: (5 − 1) / 2 = 2 on each side. Point at "
        "the output's corner: its window is centred on the input's corner. An even kernel has no such half.",
    ),
    Story(
        "What stride throws away",
        {"h": 12, "k": 3, "s": 2, "out": 8},
        "(12 − 3) / 2 = 4.5 steps fit; the half step is rounded down, so the last row and column, marked ×, "
        "reach no output. An input of 13, or a padding of 1 on one side, would use them.",
    ),
)


def buttons() -> None:
    """A button for each story, in the container at hand; it sets every control of the layer."""
    for story in STORIES:
        st.button(story.title, on_click=tell, args=(story,), type="tertiary", icon=ICON)


def tell(story: Story) -> None:
    """Set the controls to a story's."""
    st.session_state[state.LAYER_KIND] = "Conv2d"
    st.session_state[state.LAYER_UNEQUAL] = False
    st.session_state[key("pad")] = "number"
    st.session_state[key("mode")] = "zeros"
    for name in DEFAULTS:
        st.session_state[key(name)] = story.values.get(name, DEFAULTS[name])


def current() -> Story | None:
    """The story that the controls are still set to, or None."""
    settings = st.session_state
    plain = (settings.get(state.LAYER_KIND, "Conv2d") == "Conv2d" and not settings.get(state.LAYER_UNEQUAL)
             and settings.get(key("pad"), "number") == "number")  # fmt: skip
    names = ("h", "k", "s", "p", "d")
    values = {name: settings.get(key(name), DEFAULTS[name]) for name in names}
    for story in STORIES if plain else ():
        if values == {name: story.values.get(name, DEFAULTS[name]) for name in names}:
            return story
    return None
