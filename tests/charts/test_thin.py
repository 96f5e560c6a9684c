"""Thinned lines stay short, keep what matters, and never bring back what they dropped."""

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.charts.curves import curves_table
from cnnviz.charts.thin import thin


@given(st.integers(0, 5000), st.integers(1, 400), st.data())
def test_few_points_the_last_and_the_kept_among_them(count: int, most: int, data: st.DataObject) -> None:
    keep = data.draw(st.sets(st.integers(0, max(count - 1, 0)), max_size=2))
    rows = thin(range(count), keep, most)
    assert len(rows) <= most + 3 and rows == sorted(set(rows))
    if count:
        assert rows[-1] == count - 1 and keep <= set(rows)
        assert count > most or rows == list(range(count))


@given(st.integers(2, 2000))
def test_what_was_dropped_stays_dropped(count: int) -> None:
    before, after = set(thin(range(count))), set(thin(range(count + 1)))
    assert after - before <= {count}


def test_a_long_run_keeps_its_best_and_its_last_epoch() -> None:
    history = [
        {"epoch": n, "train_loss": 1.0, "valid_loss": 1.0, "train_accuracy": 0.5, "valid_accuracy": 0.5}
        for n in range(1, 10_001)
    ]
    table = curves_table(history, [], "loss", best_epoch=4_444, marks=[(17.0, "learning rate 0.1")])
    epochs = table[(table.grain == "epoch") & (table.part == "validation")].epoch.tolist()
    assert len(epochs) <= 303 and {1, 4_444, 10_000} <= set(epochs)
    assert table[table.grain == "best"].epoch.tolist() == [4_444]
    assert table[table.grain == "mark"].note.tolist() == ["learning rate 0.1"]
