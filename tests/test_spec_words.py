"""Settings said in words."""

from dataclasses import fields

from cnnviz.recipes import get
from cnnviz.spec_words import LABELS, difference_text, differences, label, value_text
from cnnviz.specs import TrainSpec

BASE = get("lenet-digits").spec


def test_every_setting_has_a_label() -> None:
    assert {item.name for item in fields(TrainSpec)} - {"recipe", "model_options"} == set(LABELS)
    assert label("keep_prob") == "Keep prob"


def test_differences_are_said_and_nothing_else() -> None:
    other = BASE.changed({"lr": 5e-4, "l1_penalty": 1e-4, "dropout": 0.3, "shuffle": False, "max_epochs": 1000})
    assert set(differences(other, BASE)) == {"lr", "l1_penalty", "dropout", "shuffle", "max_epochs"}
    assert difference_text(other, BASE, 5) == (
        "learning rate 0.0005, L1 penalty 0.0001, epochs 1,000, shuffle off, dropout 0.3"
    )
    assert difference_text(other, BASE, 2).endswith("and 3 more") and difference_text(BASE, BASE) == ""


def test_values_read_as_people_write_them() -> None:
    assert [value_text(v) for v in (True, 0.001, 2048, (0.5, 0.25), "adamw", "")] == [
        "on", "0.001", "2,048", "0.5, 0.25", "AdamW", "none",
    ]  # fmt: skip
