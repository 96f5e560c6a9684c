"""What an import would make of some pictures, before it is started."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from cnnviz.data.fit import fit
from cnnviz.data.import_spec import MAX_CLASSES, MAX_IMAGES, ImportSpec
from cnnviz.data.importer import warnings_for
from cnnviz.data.inspection import Inspection
from cnnviz.ui import guard
from cnnviz.ui.gallery import Tile, show_gallery
from cnnviz.ui.look import colours

THUMBNAIL = 84


def explain() -> None:
    """What may be brought in, as long as nothing is chosen."""
    st.markdown(
        "##### Your pictures, on every page\n"
        "Any of these becomes a set beside the others, to look at, train on and read the mistakes of:\n\n"
        "- **a zip or folder of class folders**: `cats/1.png`, `dogs/2.jpg`; with `train/` and `valid/` or `test/` "
        "above them, the split is theirs\n"
        "- **files whose names say the class**: `cat_001.png`, `7-12.jpg`\n"
        "- **an npz**: `np.savez(path, images=…, labels=…)` with images (N, H, W), (N, H, W, C) or (N, C, H, W), "
        "bytes or numbers from 0 to 1, and `classes=…` if they have names"
    )


def show(found: Inspection, spec: ImportSpec | None) -> None:
    """Counts, warnings, and some pictures as they are and as they will be."""
    classes = len(found.counts)
    split = f", {found.num_train:,} of them for training" if found.num_train is not None else ""
    st.markdown(f"**{found.num_pictures:,} pictures in {classes:,} class{'' if classes == 1 else 'es'}**{split}")
    st.caption(guard.plain(_class_list(found.counts)))
    if found.num_pictures > MAX_IMAGES or classes > MAX_CLASSES:
        st.error(f"That is more than {MAX_IMAGES:,} pictures or {MAX_CLASSES:,} classes.", icon=":material/error:")
    for note in [*found.notes, *warnings_for(found.counts)]:
        st.warning(guard.plain(note), icon=":material/warning:")
    if found.skipped_reasons:
        left_out = ", ".join(f"{count:,} {why}" for why, count in found.skipped_reasons.items())
        st.caption(guard.plain(f"Left out so far: {left_out}."))
    if spec:
        st.markdown(f"As they are, and as they will be: {spec.height} × {spec.width}, "
                    f"{'grey' if spec.channels == 1 else 'colour'}, "
                    f"{found.num_pictures * spec.image_bytes / 1e6:,.1f} MB in all")  # fmt: skip
        show_gallery([tile for path, name, pixels in found.previews for tile in _pair(path, name, pixels, spec)],
                     colours().text)  # fmt: skip


def _class_list(counts: dict[str, int]) -> str:
    listed = [f"{name} ({count:,})" for name, count in list(counts.items())[:12]]
    return ", ".join(listed) + (f" and {len(counts) - 12:,} more" if len(counts) > 12 else "")


def _pair(path: str, name: str, pixels: NDArray[np.uint8], spec: ImportSpec) -> list[Tile]:
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    small = np.asarray(image).reshape(image.height, image.width, -1).transpose(2, 0, 1)
    return [
        Tile(small, name[:24], f"{height} × {width}", f"{path}, as it is"),
        Tile(fit(pixels, spec), "→", f"{spec.height} × {spec.width}", f"{path}, as it will be"),
    ]
