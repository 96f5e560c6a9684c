import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui import state


@pytest.fixture
def page():
    return AppTest.from_file("../../pages/kernels.py", default_timeout=30)


def shown(page):
    return page.session_state[state.KERNEL_PICTURES][page.session_state[state.KERNEL_SHOWN]][0]


def test_it_opens_on_the_edge_kernel_of_a_photograph(page):
    page.run()
    assert not page.exception and not page.error
    assert page.session_state[state.KERNEL_LAB].steps[0].kernel == ((-1, 0, 1),) * 3
    assert shown(page).name == "Astronaut"


def test_a_link_sets_picture_and_kernel(page):
    page.query_params.update({"picture": "rings", "channels": "grey", "step1": "kernel:0,1", "step2": "relu"})
    page.run()
    assert not page.exception and not page.error
    lab = page.session_state[state.KERNEL_LAB]
    assert lab.steps[0].kernel == ((0, 1),) and lab.steps[1].kind == "relu" and lab.channels == "grey"
    assert shown(page).name.startswith("Rings")


def test_nonsense_in_the_link_is_told(page):
    page.query_params.update({"picture": "nowhere", "step1": "kernel:nan", "show": "loud"})
    page.run()
    assert not page.exception and len(page.error) == 3


def test_another_photograph(page):
    page.run()
    page.selectbox(key=state.KERNEL_PHOTOGRAPH).select("chelsea").run()
    assert not page.exception and shown(page).name == "Cat"


@pytest.mark.parametrize("source", ["Upload", "Camera", "Draw"])
def test_a_source_that_has_given_nothing_changes_neither_picture_nor_link(page, source):
    page.run()
    page.selectbox(key=state.KERNEL_PHOTOGRAPH).select("coffee").run()
    page.session_state[state.KERNEL_SOURCE] = source
    page.run()
    assert not page.exception and shown(page).name == "Coffee"
    assert page.query_params["picture"] in ("coffee", ["coffee"])
