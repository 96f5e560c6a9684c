"""Imports: against torchvision and Pillow, and against everything that may be wrong with a collection."""

import io
import stat
import struct
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnviz.data import importer, own, registry
from cnnviz.data.background import Background, Cancelled, Job
from cnnviz.data.import_spec import ImportSpec, check_name, suggest_name
from cnnviz.data.importer import import_set, open_source
from cnnviz.data.layout import label_from_name
from cnnviz.data.npz_source import NpzSource
from cnnviz.data.sources import FilesSource, ZipSource
from cnnviz.errors import CnnvizError, DataError, SpecError
from tests.data.collections import laid_out, packed, picture, two_classes

pytestmark = pytest.mark.usefixtures("data_folder")
FREE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def imported(source: object, **how: object) -> tuple[own.OwnMeta, np.ndarray, np.ndarray]:
    spec = ImportSpec(**{"name": "mine", "replace": True, **how})
    meta = import_set(source, spec)
    images = registry.load(spec.name)
    return meta, images.images, images.labels


@FREE
@given(
    sizes=st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=2, max_size=6),
    mode=st.sampled_from(["RGB", "L", "P", "CMYK", "RGBA", "1"]),
    target=st.tuples(st.integers(1, 33), st.integers(1, 33)),
    grey=st.booleans(),
)
def test_resizing_is_torchvisions_image_folder(
    tmp_path: Path, sizes: list[tuple[int, int]], mode: str, target: tuple[int, int], grey: bool
) -> None:
    """The same pixels, classes and order as ImageFolder with Grayscale and Resize."""
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import Compose, Grayscale, PILToTensor, Resize

    form = "TIFF" if mode == "CMYK" else "PNG"
    entries = {f"c{at % 3}/{at}.{form.lower()}": picture(at, size, mode, form) for at, size in enumerate(sizes)}
    folder = laid_out(tmp_path / f"f{time.monotonic_ns()}", entries)
    steps = [*([Grayscale()] if grey else []), Resize(target), PILToTensor()]
    expected = ImageFolder(str(folder), Compose(steps))
    meta, images, labels = imported(
        open_source(folder), height=target[0], width=target[1], channels=1 if grey else 3, fit="resize"
    )
    assert list(meta.classes) == expected.classes
    assert labels.tolist() == expected.targets
    for mine, (theirs, _) in zip(images, expected, strict=True):
        np.testing.assert_array_equal(mine, theirs.numpy())


@FREE
@given(st.tuples(st.integers(1, 50), st.integers(1, 50)), st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_padding_keeps_the_shape_and_cropping_fills(size: tuple[int, int], target: tuple[int, int]) -> None:
    """A white picture: padding leaves its aspect, to the pixel, on black; cropping leaves no black at all."""
    white = io.BytesIO()
    Image.new("L", (size[1], size[0]), 255).save(white, "PNG")
    for fit in ("pad", "crop"):
        source = FilesSource([("a_1.png", white.getvalue())])
        _, images, _ = imported(source, height=target[0], width=target[1], channels=1, fit=fit)
        rows, columns = np.nonzero(images[0, 0])
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        scale = min(target[0] / size[0], target[1] / size[1])
        wanted = (size[0] * scale, size[1] * scale) if fit == "pad" else target
        assert abs(height - wanted[0]) <= 1 and abs(width - wanted[1]) <= 1


def test_exif_turns_and_sixteen_bits_come_down() -> None:
    sideways, deep = io.BytesIO(), io.BytesIO()
    half = np.zeros((4, 8), np.uint8)
    half[:, :4] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    Image.fromarray(half).save(sideways, "PNG", exif=exif)
    Image.fromarray(np.full((8, 4), 257 * 100, np.uint16)).save(deep, "PNG")
    source = FilesSource([("a_1.png", sideways.getvalue()), ("a_2.png", deep.getvalue())])
    _, images, _ = imported(source, height=8, width=4, channels=1)
    assert (images[0, 0, :4] == 255).all() and (images[0, 0, 4:] == 0).all()
    assert (images[1] == 100).all()


def entry(name: str, *, mode: int = 0o100644, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.flag_bits |= flags
    return info


def test_what_is_dangerous_or_clutter_in_a_zip_is_left_out_and_named() -> None:
    entries = [
        *two_classes(3).items(),
        ("../evil.png", picture()),
        ("cats/../../evil.png", picture()),
        ("/etc/evil.png", picture()),
        ("C:\\evil.png", picture()),
        (entry("cats/link.png", mode=stat.S_IFLNK | 0o777), b"/etc/passwd"),
        ("__MACOSX/cats/._0.png", b"clutter"),
        ("cats/.DS_Store", b"clutter"),
        ("dogs/Thumbs.db", b"clutter"),
        ("cats/more.zip", packed({"a/1.png": picture()}).getvalue()),
        ("cats/notes.txt", b"hello"),
        ("loose.png", picture()),
        ("dogs/broken.png", picture()[:-30]),
        ("dogs/text.png", b"no picture at all"),
    ]
    meta, images, _ = imported(ZipSource(packed(entries)))
    assert len(images) == 6 and meta.counts == (3, 3) and meta.classes == ("cats", "dogs")
    reasons = dict(meta.skipped)
    assert {name for name, why in reasons.items() if "out of the zip" in why} == {
        "../evil.png", "cats/../../evil.png", "/etc/evil.png", "C:/evil.png"}  # fmt: skip
    assert reasons["cats/link.png"] == "a link" and "archive" in reasons["cats/more.zip"]
    assert "folder" in reasons["loose.png"] and "damaged" in reasons["dogs/broken.png"]
    assert not any("MACOSX" in name or "DS_Store" in name or "Thumbs" in name for name in reasons)


def test_nothing_of_a_zip_is_written_anywhere_but_into_the_set(data_folder: Path, tmp_path: Path) -> None:
    imported(ZipSource(packed([*two_classes(2).items(), ("../../evil.png", picture())])))
    written = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {"images.npy", "labels.npy", "sizes.npy", "meta.json", ".mine.lock"}


def test_ten_gigabytes_of_zeros_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that says how large it is is refused at once; one that lies is read up to what it said, no further."""
    declared = packed(two_classes(2))
    with (
        zipfile.ZipFile(declared, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("cats/z.png", "w", force_zip64=True) as file,
    ):
        for _ in range(60):
            file.write(bytes(1_000_000))
    meta, images, _ = imported(ZipSource(declared))
    assert len(images) == 4 and "larger than 50 MB" in dict(meta.skipped)["cats/z.png"]
    lying = bytearray(declared.getvalue())
    for mark, place in ((b"PK\x01\x02", 24),):
        at = lying.rindex(mark)
        struct.pack_into("<I", lying, at + place, 1000)  # says 1,000 bytes
    meta, images, _ = imported(ZipSource(io.BytesIO(bytes(lying))))
    assert len(images) == 4 and "cats/z.png" in dict(meta.skipped)


def test_an_encrypted_entry_is_left_out() -> None:
    data = bytearray(packed(two_classes(2)).getvalue())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    meta, images, _ = imported(ZipSource(io.BytesIO(bytes(data))))
    assert len(images) == 3 and "encrypted" in dict(meta.skipped).values()


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "middle"])
def test_a_corrupt_zip_is_refused_or_gives_what_is_whole(damage: str) -> None:
    whole = packed(two_classes(3)).getvalue()
    broken = {"cut": whole[: len(whole) // 2], "text": b"hello", "empty": b"", "middle": None}[damage]
    if broken is None:
        broken = bytearray(whole)
        broken[60:64] = b"\xff\xff\xff\xff"
        meta, images, _ = imported(ZipSource(io.BytesIO(bytes(broken))))
        assert len(images) == 5 and len(meta.skipped) == 1
    else:
        with pytest.raises(DataError, match="can't be read"):
            ZipSource(io.BytesIO(broken))


def test_a_name_with_the_utf8_flag() -> None:
    imported(ZipSource(packed({"Käse/1.png": picture(1), "日本/1.png": picture(2)})))
    assert own.read_meta("mine").classes == ("Käse", "日本")


@pytest.mark.parametrize("encoding", ["utf-8", "cp437"])
def test_a_name_without_the_utf8_flag(encoding: str) -> None:
    name = "Käse/1.png".encode(encoding)
    stand_in = b"q" * (len(name) - 6) + b"/1.png"
    data = packed({stand_in.decode(): picture(1), "z/1.png": picture(2)}).getvalue().replace(stand_in, name)
    assert ZipSource(io.BytesIO(data)).layout.classes == ("Käse", "z")


@pytest.mark.parametrize(
    ("paths", "classes", "num_train"),
    [
        (["top/cats/1.png", "top/dogs/1.png"], ("cats", "dogs"), None),
        (["a/b/c/cats/1.png", "a/b/c/dogs/1.png"], ("cats", "dogs"), None),
        (["cats/1.png"], ("cats",), None),
        (["train/cats/1.png", "train/dogs/1.png", "val/cats/2.png"], ("cats", "dogs"), 2),
        (["image/Train/1/1.png", "image/test/1/2.png", "image/test/10/1.png"], ("1", "10"), 1),
        (["train/1/1.png", "valid/1/2.png", "test/1/3.png"], ("1",), 1),
        (["2/a.png", "10/a.png", "1/a.png"], ("1", "2", "10"), None),
        (["cats/deep/er/1.png", "dogs/1.png"], ("cats", "dogs"), None),
        (["cat_001.png", "dog_1.png", "dog_2.png"], ("cat", "dog"), None),
        (["train/1.png", "test/1.png"], ("test", "train"), None),
        ([r"top\cats\1.png", r"top\dogs\1.png"], ("cats", "dogs"), None),
    ],
)
def test_classes_and_parts_by_path(paths: list[str], classes: tuple[str, ...], num_train: int | None) -> None:
    layout = ZipSource(packed(dict.fromkeys(paths, b""))).layout
    assert layout.classes == classes and layout.num_train == num_train


@pytest.mark.parametrize(
    ("name", "number", "first"),
    [
        ("cat_001.png", "cat", "cat"),
        ("7-12.jpg", "7", "7"),
        ("golden_retriever_3.png", "golden_retriever", "golden"),
        ("cat12.png", "cat", ""),
        ("cat (3).png", "cat", "cat"),
        ("001.png", "", ""),
        ("cat.png", "", ""),
    ],
)
def test_labels_from_names(name: str, number: str, first: str) -> None:
    assert label_from_name(name, "number") == number
    assert label_from_name(name, "first") == first


def test_one_corrupt_picture_among_many_is_one_line_of_the_report() -> None:
    entries = {f"c{at % 10}/{at}.png": picture(at, (4, 4)) for at in range(2_000)}
    entries["c3/1003.png"] = b"\x89PNG\r\n\x1a\nbroken"
    told: list[tuple[int, int]] = []
    source = ZipSource(packed(entries))
    meta = import_set(source, ImportSpec(name="mine"), lambda done, total: told.append((done, total)))
    assert meta.num_images == 1_999 and [name for name, _ in meta.skipped] == ["c3/1003.png"]
    assert told[0] == (0, 2_000) and told[-1] == (2_000, 2_000) and told == sorted(told)
    images = registry.load("mine")
    np.testing.assert_array_equal(images.labels, np.repeat(np.arange(10), 200)[np.arange(2_000) != 700][:1_999])


def test_classes_of_one_image_one_class_and_300() -> None:
    meta, _, _ = imported(ZipSource(packed({"a/1.png": picture(), "b/1.png": picture(1), "b/2.png": picture(2)})))
    assert "1 class has one image only (a)" in meta.notes[0]
    meta, _, _ = imported(ZipSource(packed({"a/1.png": picture(), "a/2.png": picture(1)})))
    assert "one class only" in meta.notes[0]
    many = packed({f"{at}/{n}.png": picture(at, (2, 2)) for at in range(300) for n in range(2)})
    meta, _, labels = imported(ZipSource(many))
    assert len(meta.classes) == 300 and any("300 classes" in note for note in meta.notes)
    assert labels.tolist() == sorted(list(range(300)) * 2)


def test_more_than_the_limits_is_refused_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    source = ZipSource(packed(two_classes(3)))
    monkeypatch.setattr(source, "pixels", lambda found: pytest.fail("it was read"))
    for name, limit in (("MAX_IMAGES", 5), ("MAX_CLASSES", 1), ("MAX_SET_BYTES", 100)):
        with monkeypatch.context() as patched, pytest.raises(DataError):
            patched.setattr(importer, name, limit)
            import_set(source, ImportSpec(name="mine"))
    assert not own.metas()


def test_a_name_is_taken_once_unless_it_is_to_be_replaced() -> None:
    imported(ZipSource(packed(two_classes(2))), replace=False)
    before = registry.stamp("mine")
    with pytest.raises(DataError, match="already"):
        imported(ZipSource(packed(two_classes(3))), name="MINE", replace=False)
    assert len(registry.load("mine")) == 4
    imported(ZipSource(packed(two_classes(3))))
    assert len(registry.load("mine")) == 6 and registry.stamp("mine") != before


def test_two_imports_of_one_name_at_the_same_time() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(done: int, total: int) -> None:
        begun.set()
        assert go_on.wait(10)

    first = threading.Thread(target=import_set, args=(ZipSource(packed(two_classes(2))), ImportSpec(name="mine"), slow))
    first.start()
    assert begun.wait(10)
    with pytest.raises(DataError, match="being imported already"):
        import_set(ZipSource(packed(two_classes(3))), ImportSpec(name="mine"))
    go_on.set()
    first.join()
    assert len(registry.load("mine")) == 4


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "con", "x" * 41, "a b", "ä", "nul.txt", "a.", "-a"])
def test_names_that_are_no_good(name: str) -> None:
    with pytest.raises(SpecError, match="can't be called"):
        check_name(name)


@FREE
@given(st.text(max_size=60))
def test_a_suggested_name_is_always_good(source: str) -> None:
    assert check_name(suggest_name(source))


def test_the_name_of_a_set_that_comes_with_the_app_is_refused() -> None:
    with pytest.raises(DataError, match="comes with"):
        imported(ZipSource(packed(two_classes(2))), name="MNIST-5k")


def test_a_stopped_import_leaves_nothing_and_the_old_set_alone(data_folder: Path) -> None:
    imported(ZipSource(packed(two_classes(2))))

    def stop(done: int, total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_set(ZipSource(packed(two_classes(30))), ImportSpec(name="mine", replace=True), stop)
    assert len(registry.load("mine")) == 4
    assert {path.name for path in (data_folder / "own").iterdir()} == {"mine", ".mine.lock"}


def test_a_removed_set_is_gone_for_newcomers_and_stays_for_who_has_it() -> None:
    imported(ZipSource(packed(two_classes(2))))
    held = registry.load("mine")
    own.remove("mine")
    assert held.images.sum() > 0 and "mine" not in registry.all_entries() and registry.stamp("mine") == "gone"
    with pytest.raises(DataError, match="importing it again"):
        registry.get("mine")
    with pytest.raises(DataError, match="no set"):
        own.remove("mine")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"classes": 3}', b'{"classes": [], "counts": [1], "shape": [1]}']
)
def test_a_broken_set_is_left_out_of_the_list(data_folder: Path, content: bytes) -> None:
    imported(ZipSource(packed(two_classes(2))))
    (data_folder / "own" / "mine" / "meta.json").write_bytes(content)
    assert "mine" not in registry.all_entries()
    with pytest.raises(DataError):
        own.load("mine")


def npz(**arrays: object) -> io.BytesIO:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    file.seek(0)
    return file


@FREE
@given(
    form=st.sampled_from(["NHW", "NHWC", "NCHW"]),
    kind=st.sampled_from([np.uint8, np.float32, np.float64, np.int64]),
    count=st.integers(1, 70),
    seed=st.integers(0, 99),
)
def test_an_npz_of_any_layout_and_kind_comes_in_as_it_is(form: str, kind: type, count: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (count, 6, 5, 3), dtype=np.uint8)
    if form == "NHW":
        pixels = np.repeat(pixels[..., :1], 3, axis=3)
    given_as = {"NHW": pixels[..., 0], "NHWC": pixels, "NCHW": pixels.transpose(0, 3, 1, 2)}[form]
    values = given_as / 255 if np.issubdtype(kind, np.floating) else given_as
    labels = np.arange(count) % 3
    file = npz(images=np.ascontiguousarray(values.astype(kind)), labels=labels, classes=np.array(["x", "y", "z"]))
    meta, images, found = imported(NpzSource(file), height=6, width=5)
    assert meta.classes == ("x", "y", "z")
    np.testing.assert_array_equal(images, pixels.transpose(0, 3, 1, 2))
    np.testing.assert_array_equal(found, labels)


def test_labels_out_of_range_and_values_that_are_no_pixels_are_left_out() -> None:
    images = np.full((6, 4, 4), 0.5, np.float32)
    images[1] = 2.0
    images[2] = np.nan
    file = npz(images=images, labels=np.array([0, 0, 1, 1, 7, -1]), classes=np.array(["a", "b"]))
    meta, found, labels = imported(NpzSource(file), height=4, width=4)
    assert len(found) == 2 and labels.tolist() == [0, 1]
    assert len(meta.skipped) == 4 and "none of the 2 classes" in dict(meta.skipped)["image 4"]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"images": np.zeros((2, 4, 4))}, "labels"),
        ({"images": np.zeros((2, 4, 4)), "labels": np.zeros(3, int)}, "labels has the shape"),
        ({"images": np.zeros((2, 4)), "labels": np.zeros(2, int)}, "images has the shape"),
        ({"images": np.zeros((2, 5, 4, 4)), "labels": np.zeros(2, int)}, "images has the shape"),
        ({"images": np.array([{"a": 1}, None]), "labels": np.zeros(2, int)}, "Python objects"),
        ({"images": np.zeros((2, 4, 4)), "labels": np.array([{}, {}])}, "Python objects"),
        ({"images": np.zeros((2, 4, 4)), "labels": np.zeros(2)}, "whole numbers"),
        ({"images": np.asfortranarray(np.zeros((2, 4, 4))), "labels": np.zeros(2, int)}, "Fortran"),
        ({"images": np.array(["ab", "cd"]).reshape(2, 1, 1), "labels": np.zeros(2, int)}, "pixels are numbers"),
    ],
)
def test_an_npz_that_can_not_be_taken_says_why(arrays: dict[str, np.ndarray], said: str) -> None:
    with pytest.raises(DataError, match=said):
        NpzSource(npz(**arrays))


def test_an_npz_that_claims_more_than_it_holds_is_not_believed() -> None:
    whole = npz(images=np.zeros((3, 8, 8), np.uint8), labels=np.zeros(3, int))
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["images.npy"] = parts["images.npy"].replace(b"(3, 8, 8)", b"(9, 8, 8)")
    parts["labels.npy"] = parts["labels.npy"].replace(b"(3,)", b"(9,)").ljust(400, b"\0")
    meta, images, _ = imported(NpzSource(packed(parts)))
    assert len(images) == 3 and len(meta.skipped) == 6


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "f", two_classes(2))
    (folder / "cats" / "link.png").symlink_to(folder / "dogs" / "0.png")
    meta, images, _ = imported(open_source(folder))
    assert len(images) == 4 and "link" in dict(meta.skipped)["cats/link.png"]


@pytest.mark.parametrize("path", ["nowhere", "nowhere.zip", "nowhere.npz"])
def test_a_path_to_nowhere_is_said(tmp_path: Path, path: str) -> None:
    with pytest.raises(DataError):
        open_source(tmp_path / path)


def test_a_data_folder_that_can_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "file"))
    with pytest.raises(DataError, match="can't be written"):
        import_set(ZipSource(packed(two_classes(2))), ImportSpec(name="mine"))


def test_work_in_the_background_tells_ends_and_fails() -> None:
    background, begun = Background(), threading.Event()

    def endless(job: Job) -> None:
        while True:
            begun.set()
            job.tell("working", 0.5)
            time.sleep(0.001)

    job = background.start("a", "A", endless)
    assert begun.wait(10) and background.start("a", "A", endless) is job
    job.cancel()
    job.wait(10)
    assert job.state == "cancelled"

    def failing(job: Job) -> None:
        raise DataError("It broke.", "Mend it.")

    def surprising(job: Job) -> None:
        raise ZeroDivisionError("oh")

    for work, said in ((failing, "It broke."), (surprising, "ZeroDivisionError: oh.")):
        job = background.start("b", "B", work)
        job.wait(10)
        assert job.state == "failed" and isinstance(job.error, CnnvizError) and job.error.message == said
    for at in range(30):
        background.start(str(at), "", lambda job: None).wait(10)
    assert len(background.jobs()) <= 9
