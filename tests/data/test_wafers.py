"""Wafer maps: drawn ones are what their names say; the published file is read without running anything of it."""

import builtins
import copyreg
import io
import os
import pickle
import struct
import sys
import types
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from cnnviz.data import inert_pickle, registry, wafer_lswmd
from cnnviz.data.background import Cancelled
from cnnviz.data.progress import silent
from cnnviz.data.wafer_patterns import ON_WAFER, PATTERNS, RADIUS
from cnnviz.data.wafer_synthetic import CLASSES, COUNTS, FAILED, NO_DIE, draw_maps, one_hot
from cnnviz.errors import DataError

EACH = dict.fromkeys(CLASSES, 40)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def drawn() -> dict[str, np.ndarray]:
    states, labels = draw_maps(EACH, 0, silent)
    return {name: states[labels == label] for label, name in enumerate(CLASSES)}


def share_failed(states: np.ndarray, where: np.ndarray) -> float:
    return float((states[:, where & ON_WAFER] == FAILED).mean())


def test_the_set_is_as_its_entry_says(folder: Path) -> None:
    entry, loaded = registry.get("wafer-synthetic"), registry.load("wafer-synthetic")
    assert loaded.images.shape == (entry.num_images, *entry.shape) == (9000, 3, 53, 52)
    assert dict(zip(loaded.classes, np.bincount(loaded.labels), strict=True)) == COUNTS
    assert set(np.unique(loaded.images[:500])) == {0, 255}
    assert (loaded.images[:500].sum(1, dtype=int) == 255).all()
    assert entry.synthetic
    assert "synthetic" in entry.title.lower()
    assert "synthetic" in entry.about.lower()
    again = registry.load("wafer-synthetic")
    assert np.array_equal(again.images, loaded.images)


def test_the_imbalance_is_that_of_wm_811k() -> None:
    published = {"Center": 4294, "Donut": 555, "Edge-Loc": 5189, "Edge-Ring": 9680, "Loc": 3593, "Near-full": 149,
                 "Random": 866, "Scratch": 1193, "none": 147431}  # fmt: skip
    assert sorted(COUNTS, key=COUNTS.__getitem__) == sorted(published, key=published.__getitem__)
    assert COUNTS["none"] > sum(COUNTS.values()) / 2


def test_the_same_seed_draws_the_same_maps() -> None:
    few = dict.fromkeys(CLASSES, 2)
    first, second, other = (draw_maps(few, seed, silent)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_no_die_fails_outside_the_wafer(drawn: dict[str, np.ndarray]) -> None:
    for states in drawn.values():
        assert (states[:, ~ON_WAFER] == NO_DIE).all()
        assert (states[:, ON_WAFER] != NO_DIE).all()


def test_patterns_lie_where_their_names_say(drawn: dict[str, np.ndarray]) -> None:
    middle, ring, rim = RADIUS < 0.2, (RADIUS > 0.35) & (RADIUS < 0.55), RADIUS > 0.94
    base = share_failed(drawn["none"], ON_WAFER)
    assert share_failed(drawn["Center"], middle) > 3 * share_failed(drawn["Center"], rim)
    assert share_failed(drawn["Donut"], ring) > 2 * share_failed(drawn["Donut"], middle)
    assert share_failed(drawn["Edge-Ring"], rim) > 3 * share_failed(drawn["Edge-Ring"], RADIUS < 0.7)
    assert 2 * base < share_failed(drawn["Edge-Loc"], rim) < share_failed(drawn["Edge-Ring"], rim)
    assert share_failed(drawn["Near-full"], ON_WAFER) > 0.6 > share_failed(drawn["Random"], ON_WAFER) > 3 * base
    assert base < share_failed(drawn["Scratch"], ON_WAFER) < 2 * base


def test_every_pattern_is_a_chance() -> None:
    for pattern in PATTERNS.values():
        chance = pattern(np.random.default_rng(0), 30)
        assert chance.shape == (30, 53, 52)
        assert chance.min() >= 0
        assert chance.max() <= 1


# --- LSWMD.pkl ---------------------------------------------------------------------------------------------------


def table(num: int = 12) -> pd.DataFrame:
    """A frame like the published one: maps of many sizes, labels nested, some wafers without."""
    draw = np.random.default_rng(0)
    rows = []
    for place in range(num):
        size = 2 * draw.integers(10, 40, 2) + 1  # odd, so that no middle lies between two dies
        label = np.array([[CLASSES[place % 9]]]) if place % 3 else np.zeros((0, 0))
        rows.append(
            (draw.integers(0, 3, size).astype(np.uint8), float(place), f"lot{place}", 1.0 + place, label, label)
        )
    names = ["waferMap", "dieSize", "lotName", "waferIndex", "trianTestLabel", "failureType"]
    columns: dict[str, Any] = {}
    for name, cells in zip(names, zip(*rows, strict=True), strict=True):
        if isinstance(cells[0], float):
            columns[name] = np.array(cells)
        else:
            columns[name] = np.empty(num, object)
            for place, cell in enumerate(cells):
                columns[name][place] = cell
    frame = pd.DataFrame({name: pd.Series(cells, dtype=cells.dtype) for name, cells in columns.items()})
    frame.columns = pd.Index(names, dtype=object)
    return frame


def old_pickle(frame: pd.DataFrame, protocol: int) -> bytes:
    """The frame under the module names and in the state that pandas 0.19 wrote."""

    def old_index(labels: np.ndarray) -> Any:
        return Named(("pandas.indexes.base", "Index"), labels)

    class Writer(pickle._Pickler):  # the one written in Python, whose dispatch can be extended
        def save_global(self, obj: Any, name: str | None = None) -> None:
            if obj in NAMES:
                module, attribute = NAMES[obj]
                if self.proto >= 4:
                    self.save(module), self.save(attribute), self.write(pickle.STACK_GLOBAL)
                else:
                    self.write(b"c" + f"{module}\n{attribute}\n".encode())
                self.memoize(obj)
                return
            super().save_global(obj, name)

        dispatch: ClassVar = {**pickle._Pickler.dispatch, type: save_global, types.FunctionType: save_global}

    class Named:
        def __init__(self, place: tuple[str, str], labels: np.ndarray) -> None:
            self.labels = labels

        def __reduce__(self) -> Any:
            return new_index, (Index, {"data": self.labels, "name": None})

    class Index: ...

    class DataFrame:
        def __init__(self, manager: Any) -> None:
            self.manager = manager

        def __reduce__(self) -> Any:
            state = {"_data": self.manager, "_typ": "dataframe", "_metadata": []}
            return copyreg._reconstructor, (DataFrame, object, None), state  # type: ignore[attr-defined]

    class BlockManager:
        def __init__(self, axes: Any, blocks: Any) -> None:
            self.state = (axes, [b["values"] for b in blocks], [], {"0.14.1": {"axes": axes, "blocks": blocks}})

        def __reduce__(self) -> Any:
            return copyreg.__newobj__, (BlockManager,), self.state  # type: ignore[attr-defined]

    def new_index(*_: Any) -> None: ...

    names = {
        Index: ("pandas.indexes.base", "Index"),
        new_index: ("pandas.indexes.base", "_new_Index"),
        DataFrame: ("pandas.core.frame", "DataFrame"),
        BlockManager: ("pandas.core.internals", "BlockManager"),
    }
    NAMES.clear()
    NAMES.update(names)
    numbers = frame.columns.get_indexer(["dieSize", "waferIndex"])
    objects = np.setdiff1d(np.arange(len(frame.columns)), numbers)
    blocks = [
        {"values": frame.iloc[:, numbers].to_numpy(float).T.copy(), "mgr_locs": slice(1, 4, 2)},
        {"values": frame.iloc[:, objects].to_numpy(object).T.copy(), "mgr_locs": objects},
    ]
    axes = [old_index(frame.columns.to_numpy(object)), old_index(np.arange(len(frame)))]
    stream = io.BytesIO()
    Writer(stream, protocol).dump(DataFrame(BlockManager(axes, blocks)))
    # What numpy of that time called its modules.
    return stream.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


NAMES: dict[Any, tuple[str, str]] = {}


def expected(frame: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """Through pandas itself, and PIL's nearest neighbour for the sizes."""
    labelled = frame[[len(label) > 0 for label in frame["failureType"]]]
    maps = [np.asarray(Image.fromarray(m).resize((52, 53), Image.Resampling.NEAREST)) for m in labelled["waferMap"]]
    return np.stack(maps), [str(label[0][0]) for label in labelled["failureType"]]


WRITERS: dict[str, Callable[[pd.DataFrame], bytes]] = {
    **{f"this pandas, protocol {p}": lambda f, p=p: pickle.dumps(f, p) for p in (0, 2, 4, 5)},  # type: ignore[misc]
    **{f"old pandas, protocol {p}": lambda f, p=p: old_pickle(f, p) for p in (0, 2, 3)},  # type: ignore[misc]
}


@pytest.mark.parametrize("writer", WRITERS)
def test_the_published_file_is_read(folder: Path, writer: str) -> None:
    assert not registry.get("wafer-lswmd").at_hand()
    frame = table()
    (folder / "LSWMD.pkl").write_bytes(WRITERS[writer](frame))
    assert registry.get("wafer-lswmd").at_hand()
    states, names = expected(frame)
    for _ in range(2):  # the second time from what was kept
        loaded = registry.load("wafer-lswmd")
        assert np.array_equal(loaded.images, one_hot(states))
        assert [loaded.classes[label] for label in loaded.labels] == names
    assert (folder / "wafer-lswmd.npz").exists()


def test_reading_can_be_stopped_and_is_slow_only_once(folder: Path) -> None:
    def stop(doing: str, done: float) -> None:
        told.append(done)
        if len(told) == 2:  # the first word comes before the pickle is opened
            raise Cancelled

    told: list[float] = []
    (folder / "LSWMD.pkl").write_bytes(pickle.dumps(table(12)))
    with pytest.raises(Cancelled):
        registry.load("wafer-lswmd", stop)
    assert registry.get("wafer-lswmd").at_hand() and not registry.get("wafer-lswmd").is_ready()
    registry.load("wafer-lswmd")
    assert registry.get("wafer-lswmd").is_ready()


def test_another_file_is_read_anew(folder: Path) -> None:
    for num in (12, 20):
        frame = table(num)
        (folder / "LSWMD.pkl").write_bytes(pickle.dumps(frame))
        assert len(registry.load("wafer-lswmd")) == len(expected(frame)[1])


def test_without_the_file_it_is_said_where_to_put_it(folder: Path) -> None:
    with pytest.raises(DataError, match=r"LSWMD\.pkl") as failed:
        registry.load("wafer-lswmd")
    assert "wafer-synthetic" in failed.value.hint
    assert "data folder" in registry.get("wafer-lswmd").how_to_get()


def test_nested_labels_are_found_at_any_depth() -> None:
    def kept(cell: Any) -> Any:
        return inert_pickle.Reader(io.BytesIO(pickle.dumps(cell)), encoding="latin1").load()

    deep = np.empty(1, object)
    deep[0] = np.array([[b"Loc"]])
    for cell in ("Loc", ["Loc"], [["Loc"]], np.array(["Loc"]), np.array([["Loc"]], object), deep, np.array(["Loc "])):
        assert wafer_lswmd._text(kept(cell)) == "Loc"
    for nothing in ([], [[]], np.zeros((0, 0)), None, float("nan"), ""):
        assert wafer_lswmd._text(kept(nothing)) == ""


class Calls:
    """Pickles as a call of anything."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> Any:
        return self.call


def evil_objects(trace: Path) -> dict[str, Any]:
    touch = f"open({str(trace)!r}, 'w').close()"
    inside = np.empty(2, object)
    inside[:] = [Calls(os.system, f"touch {trace}"), 1]
    return {
        "os.system": Calls(os.system, f"touch {trace}"),
        "eval": Calls(builtins.eval, touch),
        "exec": Calls(builtins.exec, touch),
        "getattr": Calls(getattr, Calls(__import__, "os"), "system"),
        "import": Calls(__import__, "os"),
        "object array": inside,
        "in a frame": pd.DataFrame({"waferMap": pd.Series(list(inside), dtype=object)}),
        "numpy load": Calls(np.load, str(trace), None, True),
        "pandas read": Calls(pd.read_pickle, str(trace)),
        "partial": partial(os.system, f"touch {trace}"),
        "instance": types.SimpleNamespace(waferMap=1),
    }


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("name", evil_objects(Path("x")))
def test_what_would_run_is_refused_unrun(folder: Path, name: str, protocol: int) -> None:
    trace = folder / "trace"
    (folder / "LSWMD.pkl").write_bytes(pickle.dumps(evil_objects(trace)[name], protocol))
    with pytest.raises(DataError, match="more than data") as refused:
        registry.load("wafer-lswmd")
    assert "it asks for" in refused.value.message
    assert not trace.exists()


@pytest.fixture
def watched() -> Iterator[list[str]]:
    """What Python is asked to import or run while a pickle is read."""
    seen: list[str] = []
    is_on = True

    def hook(event: str, args: Any) -> None:
        if is_on and event in {"os.system", "subprocess.Popen", "exec", "compile", "os.exec", "socket.connect"}:
            seen.append(event)

    sys.addaudithook(hook)
    yield seen
    is_on = False


RAW = {
    "dotted name": b"\x80\x04\x8c\x05numpy\x8c\x10ndarray.__init__\x93.",
    "dotted module": b"\x80\x04\x8c\x08builtins\x8c\x13object.__subclasses\x93.",
    "a changed function": b"\x80\x02ccopy_reg\n_reconstructor\n(N}X\x0c\x00\x00\x00__defaults__K\x01\x85stb.",
    "a changed class": b"\x80\x02cnumpy\nndarray\n}X\x01\x00\x00\x00xK\x01sb.",
    "another kind": b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nc__builtin__\nobject\nK\x00\x85U\x01b\x87R.",
    "something persistent": b"\x80\x02U\x01xQ.",
    "an extension": b"\x80\x02\x82\x01.",
    "huge memo": b"\x80\x04N" + b"r" + struct.pack("<I", 2**31) + b".",
    "cut": pickle.dumps(table())[:-200],
    "empty": b"",
    "text": b"hello there",
    "no table": pickle.dumps([1, 2, 3]),
    "no such column": pickle.dumps(table().drop(columns=["waferMap"])),
    "no labels": pickle.dumps(table().iloc[:1]),
    "another label": pickle.dumps(table().assign(failureType=pd.Series(["Blob"] * 12, dtype=object))),
    "values beyond 2": pickle.dumps(
        table().assign(waferMap=pd.Series([np.full((3, 3), 7, np.uint8)] * 12, dtype=object))
    ),
    "a flat map": pickle.dumps(table().assign(waferMap=pd.Series([np.zeros(3, np.uint8)] * 12, dtype=object))),
    "forged dtype": pickle.dumps(np.zeros(2, [("a", "u1"), ("b", "O")])),
    "an array of more than it holds": pickle.dumps(np.zeros(3, np.uint8)).replace(b"K\x03\x85", b"K\x63\x85"),
}


@pytest.mark.parametrize("name", RAW)
def test_damaged_and_forged_files_are_refused(folder: Path, name: str, watched: list[str]) -> None:
    (folder / "LSWMD.pkl").write_bytes(RAW[name])
    with pytest.raises(DataError, match=r"LSWMD\.pkl"):
        registry.load("wafer-lswmd")
    assert watched == []
    assert not (folder / "wafer-lswmd.npz").exists()


def test_forged_types_become_no_array() -> None:
    for array in (np.zeros(2, [("a", "u1")]), np.zeros(2, "M8[s]"), np.zeros(2, "V4"), np.zeros(2, complex)):
        found = inert_pickle.Reader(io.BytesIO(pickle.dumps(array))).load()
        with pytest.raises(ValueError, match="type"):
            inert_pickle.array_of(found)


def test_no_stand_in_can_be_changed_by_a_pickle() -> None:
    before = dict(vars(inert_pickle.Array))
    for raw in (RAW["a changed function"], RAW["a changed class"]):
        with pytest.raises((pickle.UnpicklingError, TypeError)):
            inert_pickle.Reader(io.BytesIO(raw), encoding="latin1").load()
    assert dict(vars(inert_pickle.Array)) == before
