"""Progress: never outside its bounds, never backwards."""

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.runs.progress import duration_text, run_progress


@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60), st.integers(0, 40), st.floats(0.01, 1e4))
def test_stays_in_bounds(max_epochs: int, done: int, epoch: int, batch: int, duration: float) -> None:
    history = [{"duration_s": duration}] * done
    progress = run_progress(history, {"epoch": epoch, "batch": batch, "num_batches": 40}, max_epochs)
    assert 0 <= progress.epoch_share <= 1 and 0 <= progress.share <= 1
    assert 1 <= progress.epoch <= max_epochs
    if done:
        left = (max_epochs - min(done, max_epochs) - progress.epoch_share) * duration
        assert progress.seconds_left is not None and abs(progress.seconds_left - max(left, 0)) < 1e-6 * duration + 1e-9


def test_goes_on_within_an_epoch() -> None:
    shares = [
        run_progress([{"duration_s": 1.0}] * done, {"epoch": done + 1, "batch": batch, "num_batches": 4}, 3).share
        for done in range(3)
        for batch in range(5)
    ]
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_figures_of_a_finished_epoch_do_not_count_twice() -> None:
    assert run_progress([{"duration_s": 1.0}], {"epoch": 1, "batch": 4, "num_batches": 4}, 2).share == 0.5


def test_durations_read_well() -> None:
    assert [duration_text(s) for s in (None, 0.2, 59.4, 61, 7260)] == [
        "–",
        "1 s",
        "59 s",
        "1 min 1 s",
        "2 h 1 min",
    ]
