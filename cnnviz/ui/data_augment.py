"""Augment: compose what is done to training images and see one image many times."""

from dataclasses import fields
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnviz.augment_spec import LIMITS, AugmentSpec
from cnnviz.data.augment_warnings import augment_warnings
from cnnviz.data.image_set import ImageSet
from cnnviz.data.registry import DataEntry
from cnnviz.ui import guard, state
from cnnviz.ui.gallery import png_uri
from cnnviz.ui.to_train import train_with

MANY = 24
PRESETS = {
    "A little of each": AugmentSpec(rotation=15, shift=0.1, scale=0.1),
    "Digits, coloured and turned": AugmentSpec(rotation=40, shift=0.1, scale=0.2, hue=0.5, blur=1.0),
    "As is the custom for CIFAR-10": AugmentSpec(horizontal_flip=0.5, crop=4),
    "Wafers: any turn": AugmentSpec(rotation=180, horizontal_flip=0.5, vertical_flip=0.5),
    "Nothing": AugmentSpec(),
}
GROUPS = {
    "Geometry": ("rotation", "shift", "scale", "horizontal_flip", "vertical_flip", "crop"),
    "Colour": ("brightness", "contrast", "saturation", "hue", "invert"),
    "Damage": ("blur", "erase", "noise"),
}
_WORDS = {"rotation": "Rotation, ± degrees", "shift": "Shift, ± share of the side", "scale": "Scale, ± share",
          "horizontal_flip": "Mirrored left to right, share", "vertical_flip": "Mirrored top to bottom, share",
          "crop": "Padded and cropped, pixels", "hue": "Hue, ± share of the circle", "invert": "Negative, share",
          "blur": "Blur, up to pixels", "erase": "Erased, up to share", "noise": "Noise, share of white"}  # fmt: skip
_REACH = {"shift": 0.5, "blur": 4.0, "erase": 0.6, "noise": 0.5}  # where a slider ends; beyond is of no use
MAX_CROP = 8


def controls(entry: DataEntry, images: ImageSet) -> AugmentSpec:
    """Start from a composition and change it; the sliders keep what was set while one looks at other pages."""
    start = st.selectbox("Start from", list(PRESETS), key=state.AUGMENT_PRESET, on_change=_take_preset)
    if state.augmentation("rotation") not in st.session_state:
        _set(PRESETS[start])
    button = st.container()
    values: dict[str, float] = {}
    for title, names in GROUPS.items():
        with st.expander(title, expanded=title == "Geometry"):
            for name in names:
                if images.shape[0] == 3 or name not in ("saturation", "hue"):
                    values[name] = _slider(name)
    spec = AugmentSpec(**values)  # type: ignore[arg-type]
    st.session_state[state.AUGMENT] = spec  # the Train page offers it
    with button:
        if st.button("Train with this", type="primary", width="stretch", icon=":material/arrow_forward:",
                     disabled=spec.is_off):  # fmt: skip
            train_with(entry.name, {"augment": "data page"})
    return spec


def section(entry: DataEntry, images: ImageSet, spec: AugmentSpec) -> None:
    """The image as it is, and many times as the network would see it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = st.number_input("Image", 0, len(images) - 1, 0, key=f"{state.AUGMENT_IMAGE}.{entry.name}", width=140,
                                persist_state="session")  # fmt: skip
        if st.button("Draw again", icon=":material/casino:"):
            st.session_state[state.AUGMENT_DRAW] = st.session_state.get(state.AUGMENT_DRAW, 0) + 1
    index = int(index or 0)
    label = images.classes[int(images.labels[index])]
    many = _many(images.images[index], spec, st.session_state.get(state.AUGMENT_DRAW, 0))
    _show(images.images[index], many, label)
    for sentence in augment_warnings(spec, images.classes):
        st.warning(guard.plain(sentence), icon=":material/warning:")
    st.caption(
        f"{guard.plain(str(spec)).capitalize()}. Each epoch draws anew, by the run's seed and on its device, a batch "
        "at a time; validation images stay as they are."
    )


def _slider(name: str) -> float:
    key, label = state.augmentation(name), _WORDS.get(name, f"{name.capitalize()}, ± share")
    if name == "crop":
        return int(st.slider(label, 0, MAX_CROP, key=key, persist_state="session"))
    high = _REACH.get(name, LIMITS[name][0])
    step = 1.0 if name == "rotation" else high / 20 if name == "hue" else 0.1 if high > 1 else 0.05
    return float(st.slider(label, 0.0, high, step=step, key=key, persist_state="session"))


def _take_preset() -> None:
    _set(PRESETS[st.session_state[state.AUGMENT_PRESET]])


def _set(spec: AugmentSpec) -> None:
    for item in fields(spec):
        value = getattr(spec, item.name)
        high = MAX_CROP if item.name == "crop" else _REACH.get(item.name, LIMITS[item.name][0])
        st.session_state[state.augmentation(item.name)] = min(value, high)


def _many(image: NDArray[np.uint8], spec: AugmentSpec, seed: int) -> NDArray[np.uint8]:
    """(MANY, C, H, W): the image as so many batches would bring it."""
    import torch

    from cnnviz.data.augment import augment

    batch = torch.from_numpy(np.repeat(image[None], MANY, axis=0))
    found = augment(batch, spec, torch.Generator().manual_seed(seed))
    return np.asarray(found.round().clamp(0, 255).to(torch.uint8).numpy())


def _show(original: NDArray[np.uint8], many: NDArray[np.uint8], label: str) -> None:
    side = max(original.shape[1:])
    scale = max(round(84 / side), 1) if side <= 128 else 84 / side
    height, width = (round(length * scale) for length in original.shape[1:])

    def image(pixels: NDArray[np.uint8], alt: str, style: str = "") -> str:
        return (f'<img src="{png_uri(pixels)}" width="{width}" height="{height}" '
                f'alt="{escape(alt, quote=True)}" {style}>')  # fmt: skip

    tiles = "".join(image(each, f"Variant {at} of {label}") for at, each in enumerate(many, 1))
    st.html(
        "<style>.aug{display:flex;flex-wrap:wrap;gap:8px}.aug img{image-rendering:pixelated;border-radius:2px}"
        ".aug-o{display:flex;gap:12px;align-items:center;margin-bottom:12px}.aug-o img{image-rendering:pixelated;"
        "border-radius:2px}</style>"
        f'<div class="aug-o">{image(original, f"The image as it is, {label}")}<span>As it is: <b>{escape(label)}</b>.'
        f'<br>Below: {MANY} times as a network sees it.</span></div><div class="aug">{tiles}</div>'
    )
