"""Augmentation: torchvision and torch as oracles, exact where exactness can be had, seeded, within its ranges."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as tv

from cnnviz.augment_spec import LIMITS, AugmentSpec
from cnnviz.data import augment_affine, augment_colour
from cnnviz.data.augment import Draws, augment, blur
from cnnviz.data.augment_warnings import augment_warnings
from cnnviz.errors import SpecError


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pixels(*shape: int, seed: int = 0) -> Tensor:
    return torch.randint(0, 256, shape, generator=seeded(seed), dtype=torch.uint8)


some_specs = st.builds(
    AugmentSpec,
    crop=st.integers(0, 6),
    **{name: st.just(0.0) | st.floats(0, high) for name, (high, _) in LIMITS.items()},
)
some_shapes = st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(1, 9), st.integers(1, 9))


@settings(max_examples=300, deadline=None)
@given(some_specs, some_shapes, st.integers(0, 99))
def test_any_spec_keeps_shape_and_range_and_repeats(spec: AugmentSpec, shape: tuple[int, ...], seed: int) -> None:
    images = pixels(*shape)
    before = images.clone()
    changed = augment(images, spec, seeded(seed))
    assert changed.shape == images.shape
    assert changed.dtype == torch.float32
    assert changed.is_contiguous()
    assert torch.isfinite(changed).all()
    assert not len(images) or (changed.min() >= -1e-3 and changed.max() <= 255.001)
    assert torch.equal(changed, augment(images, spec, seeded(seed)))
    assert torch.equal(images, before)


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_nothing_on_gives_the_exact_pixels(channels: int) -> None:
    images = pixels(6, channels, 13, 10)
    assert torch.equal(augment(images, AugmentSpec(), seeded()), images.float())


def test_channels_last_images_give_the_same() -> None:
    images, spec = pixels(6, 3, 12, 12), AugmentSpec(rotation=20, hue=0.1, blur=1, erase=0.2, noise=0.1)
    last = images.to(memory_format=torch.channels_last)
    assert torch.equal(augment(images, spec, seeded()), augment(last, spec, seeded()))
    assert augment(last, spec, seeded()).is_contiguous()


def test_another_seed_gives_other_images() -> None:
    images, spec = pixels(4, 1, 9, 9), AugmentSpec(shift=0.2)
    assert not torch.equal(augment(images, spec, seeded(0)), augment(images, spec, seeded(1)))


@pytest.mark.parametrize(("name", "dims"), [("horizontal_flip", [3]), ("vertical_flip", [2])])
def test_flips_are_torchs(name: str, dims: list[int]) -> None:
    images = pixels(5, 3, 8, 11)
    assert torch.equal(augment(images, AugmentSpec(**{name: 1}), seeded()), images.flip(dims).float())


def test_half_the_images_are_flipped() -> None:
    images = pixels(2000, 1, 1, 4)
    kept = (augment(images, AugmentSpec(horizontal_flip=0.5), seeded()) == images).all((1, 2, 3))
    assert 850 < int(kept.sum()) < 1150


@pytest.mark.parametrize("size", [(20, 20), (28, 17), (9, 30)])
@pytest.mark.parametrize("degrees", [0.0, 30.0, -75.5, 180.0])
@pytest.mark.parametrize("factor", [1.0, 0.7, 1.4])
def test_moving_is_torchvisions_affine(size: tuple[int, int], degrees: float, factor: float) -> None:
    images = pixels(2, 3, *size).float()
    right, down = 3, -2
    one = torch.ones(2)
    never = one < 0
    ours = augment_affine.move(
        images,
        degrees=degrees * one,
        factor=factor * one,
        right=right * one,
        down=down * one,
        mirror_x=never,
        mirror_y=never,
    )
    theirs = tv.affine(
        images, degrees, [right, down], factor, [0.0, 0.0], interpolation=InterpolationMode.BILINEAR, fill=[0.0]
    )
    # torchvision interpolates its fill with a mask of its own, which differs along the rim of the image alone.
    inside = tv.affine(
        torch.ones_like(images), degrees, [right, down], factor, [0.0, 0.0], interpolation=InterpolationMode.BILINEAR
    )
    assert torch.allclose(ours[inside == 1], theirs[inside == 1], atol=0.02)
    assert (inside == 1).float().mean() > 0.1


def test_mirrors_are_part_of_the_move() -> None:
    images, zero, one = pixels(2, 1, 6, 9).float(), torch.zeros(2), torch.ones(2)
    some = torch.tensor([True, False])
    moved = augment_affine.move(
        images, degrees=zero, factor=one, right=zero + 2, down=zero, mirror_x=some, mirror_y=~some
    )
    mirrored = torch.stack([images[0].flip(2), images[1].flip(1)])
    assert torch.allclose(moved[..., 2:], mirrored[..., :-2], atol=1e-3)
    assert torch.equal(moved[..., :2], torch.zeros(2, 1, 6, 2))


def test_angles_and_factors_fill_their_ranges() -> None:
    draws = Draws(4000, seeded(), torch.device("cpu"))
    for use in ("rotation", "scale", "hue"):
        drawn = draws.around(use, 30)
        assert -30 <= drawn.min() < -29.5
        assert 29.5 < drawn.max() <= 30
        assert abs(float(drawn.mean())) < 1
    together = torch.corrcoef(torch.stack(list(draws.rows.values())))
    assert (together - torch.eye(len(together))).abs().max() < 0.08


def test_turning_one_off_leaves_the_others_draws() -> None:
    images = pixels(4, 1, 9, 9)
    both = augment(images, AugmentSpec(horizontal_flip=0.5, erase=1e-9), seeded(5))
    assert torch.equal(both, augment(images, AugmentSpec(horizontal_flip=0.5), seeded(5)))


def test_a_crop_cuts_a_window_out_of_the_padded_image() -> None:
    images = pixels(200, 1, 5, 5)
    padded = torch.nn.functional.pad(images.float(), [2] * 4)
    windows = padded.unfold(2, 5, 1).unfold(3, 5, 1).reshape(200, 25, 5, 5)
    cropped = augment(images, AugmentSpec(crop=2), seeded())
    distance = (windows - cropped).abs().amax((2, 3))
    assert distance.min(1).values.max() < 0.01
    assert len(distance.argmin(1).unique()) == 25


def test_shifts_stay_within_their_share() -> None:
    image = torch.zeros(500, 1, 21, 21, dtype=torch.uint8)
    image[:, :, 10, 10] = 255
    moved = augment(image, AugmentSpec(shift=0.2), seeded())
    places = (moved.sum(2) * torch.arange(21)).sum(-1) / moved.sum((2, 3))
    assert 5.79 < places.min() < 6.3
    assert 13.7 < places.max() < 14.21


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.7])
@pytest.mark.parametrize("kind", ["brightness", "contrast", "saturation"])
def test_colours_change_as_torchvisions_do(kind: str, factor: float) -> None:
    images, one = pixels(3, 3, 7, 7).float(), torch.ones(3)
    factors = dict.fromkeys(("brightness", "contrast", "saturation"), one) | {kind: factor * one}
    ours = augment_colour.recolour(images, **factors, turn=0 * one)
    theirs = getattr(tv, f"adjust_{kind}")(images / 255, factor) * 255
    assert torch.allclose(ours, theirs, atol=0.06)


def test_together_they_are_one_after_the_other() -> None:
    images, one = 100 + pixels(3, 3, 7, 7).float() / 8, torch.ones(3)  # so that nothing is clamped on the way
    ours = augment_colour.recolour(images, 1.2 * one, 0.7 * one, 1.3 * one, 0 * one)
    theirs = tv.adjust_saturation(tv.adjust_contrast(tv.adjust_brightness(images / 255, 1.2), 0.7), 1.3) * 255
    assert torch.allclose(ours, theirs, atol=0.06)


def test_grey_images_are_brightened_and_contrasted_alike() -> None:
    images, one = 100 + pixels(3, 1, 7, 7).float() / 8, torch.ones(3)
    ours = augment_colour.recolour(images, 1.2 * one, 0.7 * one, 0.1 * one, 0.3 * one)
    theirs = tv.adjust_contrast(tv.adjust_brightness(images / 255, 1.2), 0.7) * 255
    assert torch.allclose(ours, theirs, atol=0.06)


def test_hue_turns_about_grey_and_keeps_luma() -> None:
    matrices = augment_colour.hue_matrices(torch.tensor([0.0, 0.2, -0.5]))
    grey_line = torch.ones(3, 3, 1)
    assert torch.allclose(matrices @ grey_line, grey_line, atol=1e-4)
    assert torch.allclose(matrices[0], torch.eye(3), atol=1e-5)
    luma = torch.tensor([0.299, 0.587, 0.114])
    assert torch.allclose(luma @ matrices, luma.expand(3, 3), atol=1e-4)
    assert torch.allclose(matrices[2] @ matrices[2], torch.eye(3), atol=1e-4)
    assert not torch.allclose(matrices[1] @ torch.tensor([1.0, 0, 0]), torch.tensor([1.0, 0, 0]), atol=0.2)


def test_negatives() -> None:
    images = pixels(3, 2, 4, 4)
    assert torch.equal(augment(images, AugmentSpec(invert=1), seeded()), 255 - images.float())


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
def test_blur_is_torchvisions_away_from_the_border(sigma: float) -> None:
    images = pixels(2, 3, 32, 40).float()
    theirs = tv.gaussian_blur(images, [15, 15], [sigma, sigma])
    assert torch.allclose(
        blur(images, torch.tensor([sigma, sigma]))[..., 8:-8, 8:-8], theirs[..., 8:-8, 8:-8], atol=0.15
    )


def test_blur_differs_image_by_image_and_keeps_flat_images() -> None:
    images = pixels(3, 1, 9, 9).float()
    sigma = torch.tensor([0.0, 1.0, 3.0])
    blurred = blur(images, sigma)
    assert torch.equal(blurred[0], images[0])
    assert torch.allclose(blurred[2:], blur(images[2:], sigma[2:]))
    assert torch.allclose(blur(torch.full((3, 1, 9, 9), 80.0), sigma), torch.tensor(80.0), atol=1e-3)


def test_one_rectangle_of_at_most_the_share_is_erased() -> None:
    images = torch.full((800, 2, 20, 24), 200, dtype=torch.uint8)
    erased = augment(images, AugmentSpec(erase=0.3), seeded()) == 0
    assert torch.equal(erased[:, 0], erased[:, 1])
    black = erased[:, 0]
    height, width = black.any(2).sum(1), black.any(1).sum(1)
    assert torch.equal(height * width, black.sum((1, 2)))
    shares = black.float().mean((1, 2))
    assert shares.max() < 0.36
    assert 0.12 < float(shares.mean()) < 0.18
    assert black.any(0).all()


def test_a_whole_image_can_be_erased_and_no_more() -> None:
    images = torch.full((400, 1, 10, 10), 200, dtype=torch.uint8)
    shares = (augment(images, AugmentSpec(erase=1), seeded()) == 0).float().mean((1, 2, 3))
    assert abs(float(shares.mean()) - 0.5) < 0.06


def test_noise_has_the_deviation_asked_for() -> None:
    images = torch.full((20, 1, 30, 30), 128, dtype=torch.uint8)
    noisy = augment(images, AugmentSpec(noise=0.1), seeded())
    assert math.isclose(float(noisy.std()), 25.5, rel_tol=0.03)
    assert math.isclose(float(noisy.mean()), 128, abs_tol=1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rotation": 181}, "rotation"),
        ({"shift": -0.1}, "shift"),
        ({"noise": math.nan}, "noise"),
        ({"blur": "much"}, "blur"),
        ({"crop": 1.5}, "crop"),
        ({"horizontal_flip": True}, "horizontal_flip"),
        ({"sheen": 1}, "augment"),
    ],
)
def test_what_can_not_be_is_refused_by_name(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(SpecError) as refused:
        AugmentSpec.from_dict(wrong)
    assert refused.value.field == field


@given(some_specs)
def test_a_spec_survives_json(spec: AugmentSpec) -> None:
    import json

    assert AugmentSpec.from_dict(json.loads(json.dumps(spec.as_dict()))) == spec


def test_words_say_what_is_on() -> None:
    assert str(AugmentSpec(rotation=15, crop=4)) == "rotation 15, crop 4"
    assert str(AugmentSpec()) == "none"


DIGITS = tuple("0123456789")


@pytest.mark.parametrize(
    ("spec", "classes", "word"),
    [
        (AugmentSpec(rotation=46), DIGITS, "6 can read as a 9"),
        (AugmentSpec(horizontal_flip=0.5), DIGITS, "Mirrored left to right, the digits"),
        (AugmentSpec(vertical_flip=0.5), ("2", "5"), "upside down"),
        (AugmentSpec(horizontal_flip=0.5), ("b", "d", "o"), "b and d change places"),
        (AugmentSpec(vertical_flip=0.5), ("お (o)", "き (ki)"), "character"),
        (AugmentSpec(rotation=120), ("Left", "Right"), "left and right"),
        (AugmentSpec(hue=0.2), ("red", "blue"), "colours"),
        (AugmentSpec(crop=4), ("Center", "Edge-Ring", "none"), "edge of the wafer"),
        (AugmentSpec(shift=0.2), ("Center", "Loc"), "place on the wafer"),
        (AugmentSpec(erase=0.6), ("cat",), "60%"),
    ],
)
def test_a_changed_meaning_is_warned_of(spec: AugmentSpec, classes: tuple[str, ...], word: str) -> None:
    assert any(word in sentence for sentence in augment_warnings(spec, classes))


@pytest.mark.parametrize(
    ("spec", "classes"),
    [
        (AugmentSpec(rotation=45, shift=0.1, scale=0.2), DIGITS),
        (AugmentSpec(horizontal_flip=0.5, crop=4), ("airplane", "bird")),
        (AugmentSpec(rotation=180, horizontal_flip=0.5, vertical_flip=0.5), ("Center", "Edge-Ring")),
        (AugmentSpec(rotation=180), ("0", "1", "8")),
    ],
)
def test_harmless_changes_bring_no_warning(spec: AugmentSpec, classes: tuple[str, ...]) -> None:
    assert augment_warnings(spec, classes) == []
