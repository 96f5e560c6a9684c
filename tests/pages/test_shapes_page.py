"""The Shapes page as a visitor works it, without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ops.systems import SYSTEMS
from cnnviz.ui.shapes_controls import KINDS

PAGE = str(Path(__file__).resolve().parents[2] / "pages" / "shapes.py")


def open_page(part: str = "One layer", **address: str) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=60)
    page.query_params["part"] = part
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def said(page: AppTest) -> str:
    return "\n".join(element.value for kind in (page.markdown, page.error, page.caption) for element in kind)


def test_opens_with_a_layer_and_its_numbers():
    page = open_page()
    assert not page.exception and not page.error
    assert "8×10×10 = 800 values" in said(page)
    assert page.code[0].value == "nn.Conv2d(3, 8, kernel_size=3)"


@pytest.mark.parametrize("part", ["One layer", "Stack", "Receptive field", "Downsampling and padding"])
def test_every_part_opens_without_a_message(part):
    page = open_page(part)
    assert not page.exception and not page.error, said(page)


def test_a_changed_control_changes_the_numbers():
    page = open_page()
    page.number_input(key="l_s").set_value(2).run()
    assert "8×5×5" in said(page)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("l_k", 13, "does not fit into the input's 12"),
        ("l_s", 0, "stride is 0"),
        ("l_p", -1, "padding is -1"),
        ("l_g", 2, "in\\_channels 3 is not divisible by groups 2"),
        ("l_h", -4, "The input size is -4"),
        ("l_d", 0, "dilation is 0"),
    ],
)
def test_what_torch_refuses_is_said_and_the_last_good_picture_stays(key, value, message):
    page = open_page()
    page.number_input(key=key).set_value(value).run()
    assert not page.exception
    assert message in page.error[0].value.replace("\\-", "-").replace("\\_", "_").replace("_", "\\_")
    assert "8×10×10" in said(page)
    page.number_input(key=key).set_value(1 if key != "l_h" else 5).run()
    assert not page.error


def test_output_padding_as_large_as_the_stride():
    page = open_page(l_kind="ConvTranspose2d")
    page.number_input(key="l_op").set_value(1).run()
    assert "not smaller than stride 1" in page.error[0].value


@pytest.mark.parametrize("kind", KINDS[1:])
def test_every_layer_has_its_fields(kind):
    page = open_page()
    page.selectbox(key="l_kind").set_value(kind).run()
    page.toggle(key="l_unequal").set_value(True).run()
    assert not page.exception and not page.error, said(page)
    assert page.code[0].value.startswith(f"nn.{kind}(")


def test_padding_on_each_side_goes_through_a_padding_layer():
    page = open_page(l_pad="each side")
    code = page.code[0].value
    assert code == "nn.Sequential(nn.ZeroPad2d(padding=(1, 0, 1, 0)), nn.Conv2d(3, 8, kernel_size=3))"
    assert "8×11×11" in said(page)


@pytest.mark.parametrize(("story", "shape"), [(0, "8×8×8"), (1, "8×12×12"), (2, "8×5×5")])
def test_stories_set_the_controls(story, shape):
    page = open_page(l_kind="MaxPool2d")
    page.button[story].click().run()
    assert not page.exception and shape in said(page)
    assert page.info


def test_a_system_fills_the_stack():
    page = open_page("Stack")
    page.selectbox(key="stack_system").set_value("wafer").run()
    assert page.text_input(key="st_input").value == "3, 53, 52"
    assert "94,857" in said(page)


def test_the_forgotten_flatten_is_named_and_mended():
    page = open_page("Stack")
    page.selectbox(key="stack_system").set_value("no_flatten").run()
    assert "Add Flatten; it would give 512." in page.error[0].value
    next(button for button in page.button if button.label == "Mend it").click().run()
    assert not page.error and "18,090" in said(page)


def test_a_spelling_mistake_names_the_word_and_keeps_the_last_stack():
    page = open_page("Stack")
    page.text_area(key="stack").set_value("conv 16 k3 / rlu / pool 2").run()
    assert "“rlu”" in page.error[0].value and "relu" in page.error[0].value
    assert "431,080" in said(page)


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("Down", "relu / conv 20 k5 / pool 2"),
        ("Duplicate", "conv 20 k5 / conv 20 k5 / relu / pool 2"),
        ("Delete", "relu / pool 2"),
        ("Add", "conv 20 k5 / conv 16 k3 p1 / relu / pool 2"),
    ],
)
def test_the_list_edits_the_text(button, expected):
    page = open_page("Stack", stack="conv 20 k5 / relu / pool 2")
    next(each for each in page.button if each.label == button).click().run()
    assert not page.exception
    assert page.text_area(key="stack").value == expected


def test_two_hundred_layers():
    page = open_page("Stack", stack=" / ".join(["conv 8 k3 p1", "relu"] * 100))
    assert not page.exception and not page.error
    assert "Layer" in page.selectbox(key="stack_layer").label


def test_code_of_the_stack_runs():
    page = open_page("Stack")
    page.toggle(key="stack_code").set_value(True).run()
    scope: dict[str, object] = {}
    exec(page.code[0].value, scope)
    assert sum(p.numel() for p in scope["model"].parameters()) == 431_080


def test_the_receptive_field_of_every_layer():
    page = open_page("Receptive field", st_input="3, 32, 32", stack=SYSTEMS["baseline"].text)
    for number in page.selectbox(key="rf_layer").options:
        page.selectbox(key="rf_layer").set_value(int(str(number).split(" ")[0])).run()
        assert not page.exception and not page.error, said(page)


@pytest.mark.parametrize("size", ["3, 500, 500", "7", "x", "0, 3, 3", "3, 4"])
def test_an_input_that_no_picture_fits(size):
    page = open_page("Receptive field")
    page.text_input(key="st_input").set_value(size).run()
    assert not page.exception and page.error


def test_downsampling_names_its_four_ways():
    page = open_page("Downsampling and padding")
    page.slider(key="d_right").set_value(4).run()
    for name in ("Average pooling", "Max pooling", "Strided convolution", "Blur, then stride", "circular"):
        assert f"**{name}**" in said(page)


def test_an_address_with_mistakes_still_shows_something():
    page = open_page("Stack", stack="conv 16 / rlu", st_input="3, 32")
    assert not page.exception and page.error and "431,080" in said(page)
    page = open_page("One layer", l_k="99")
    assert not page.exception and page.error and "8×10×10" in said(page)


def test_groups_are_drawn():
    page = open_page(l_in="6", l_out="6", l_g="3")
    assert "reads 2 of 6" in said(page) and not page.error
