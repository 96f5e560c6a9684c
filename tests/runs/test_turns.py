"""Turns: who starts beside whom, and that nobody is forgotten or overtakes."""

from hypothesis import given
from hypothesis import strategies as st

from cnnviz.runs.turns import Turns


def started(turns: Turns) -> list[str]:
    names = []
    while (name := turns.next()) is not None:
        names.append(name)
    return names


def test_a_run_that_takes_every_core_trains_alone() -> None:
    turns = Turns(cores=2, processes=2)
    for name, threads in (("all", 0), ("a", 1), ("b", 1), ("c", 1), ("many", 8), ("d", 1)):
        turns.add(name, threads)
    assert started(turns) == ["all"]
    turns.done("all")
    assert started(turns) == ["a", "b"]
    turns.done("a")
    assert started(turns) == ["c"]
    turns.done("b")
    assert started(turns) == []  # "many" takes every core, and c still trains
    turns.done("c")
    assert started(turns) == ["many"]
    turns.done("many")
    assert started(turns) == ["d"]


def test_a_run_that_was_queued_again_before_its_end_was_heard_of_keeps_its_turn() -> None:
    turns = Turns(cores=2, processes=2)
    turns.add("a", 0)
    assert started(turns) == ["a"]
    turns.add("a", 0)
    turns.done("a")
    assert started(turns) == ["a"]


def test_there_are_never_more_than_processes() -> None:
    turns = Turns(cores=8, processes=2)
    for name in "abc":
        turns.add(name, 1)
    assert started(turns) == ["a", "b"]


@given(st.integers(1, 6), st.integers(1, 6), st.lists(st.integers(0, 8), max_size=12), st.randoms())
def test_all_train_in_order_within_the_cores(cores: int, processes: int, threads: list[int], random) -> None:
    turns = Turns(cores, processes)
    for at, wanted in enumerate(threads):
        turns.add(str(at), wanted)
    order = started(turns)
    while turns.training:
        assert sum(turns.training.values()) <= cores and len(turns.training) <= processes
        turns.done(random.choice(sorted(turns.training)))
        order += started(turns)
    assert order == [str(at) for at in range(len(threads))]
