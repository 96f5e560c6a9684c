"""Opening any picture safely: whatever a person uploads becomes upright bytes of one or three channels,
or an ImageError that says why not. What had to be done to it is said in ``notes``."""

import hashlib
import io
import struct
import warnings
import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from cnnviz.errors import ImageError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
MAX_PIXELS = 64_000_000  # a phone's largest photograph; 200 MB once decoded
MAX_SIDE = 1024  # what the canvas can follow the hand with
MAX_BYTES = 50_000_000

# What PIL's decoders raise on damaged files, besides their own errors.
_DAMAGE = (
    LookupError,
    AttributeError,
    TypeError,
    ArithmeticError,
    struct.error,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    IndexError,
    TypeError,
    OverflowError,
)


@dataclass(frozen=True)
class Picture:
    """pixels: (H, W, C) uint8, C = 1 or 3, read-only. notes: what was done to the file, a sentence each."""

    name: str
    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()
    key: str = field(init=False)  # changes when the pixels do

    def __post_init__(self) -> None:
        pixels = np.ascontiguousarray(self.pixels, dtype=np.uint8)
        if pixels.ndim != 3 or pixels.shape[2] not in (1, 3) or pixels.size == 0:
            raise ImageError(f"“{self.name}” has the shape {pixels.shape}.", "A picture is (H, W, 1) or (H, W, 3).")
        pixels.setflags(write=False)
        object.__setattr__(self, "pixels", pixels)
        digest = hashlib.sha1(pixels.tobytes(), usedforsecurity=False)
        digest.update(repr((pixels.shape, self.name)).encode())
        object.__setattr__(self, "key", digest.hexdigest()[:16])


def open_picture(data: bytes, name: str, max_side: int = MAX_SIDE) -> Picture:
    """Decode a PNG, JPEG, WebP, BMP, TIFF or GIF (first frame), reduced to max_side. Raises ImageError."""
    if len(data) > MAX_BYTES:
        raise ImageError(f"“{name}” has {len(data) / 1e6:.0f} MB.", f"Use a file of at most {MAX_BYTES // 10**6} MB.")
    image = _identify(data, name)
    _check_size(image.size, name)
    try:
        notes = _file_notes(image, data)
        image.seek(0)
        image.load()
        upright = _upright(image, notes)
        pixels = _to_bytes(upright, notes)
    except MemoryError:
        raise ImageError(f"“{name}” needs more memory than there is.", "Use a smaller picture.") from None
    except _DAMAGE:
        raise ImageError(f"“{name}” is cut short or damaged.", "Save or send it again, then try once more.") from None
    return Picture(name, _reduce(pixels, max_side, notes), tuple(notes))


def _identify(data: bytes, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        if data.startswith(b"\x89PNG"):
            _check_size(struct.unpack(">II", data[16:24]), name)
        raise _too_large("more pixels than we open", name) from None
    except UnidentifiedImageError:
        raise ImageError(f"“{name}” is not a picture we can read{_instead(data)}.",
                         "Use PNG, JPEG, WebP, BMP, TIFF or GIF.") from None  # fmt: skip
    except _DAMAGE:
        raise ImageError(f"“{name}” is cut short or damaged.", "Save or send it again, then try once more.") from None


def _check_size(size: tuple[int, ...], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_large(f"{width:,}×{height:,} pixels", name)


def _too_large(what: str, name: str) -> ImageError:
    return ImageError(f"“{name}” claims {what}.", f"Use a picture of at most {MAX_PIXELS // 10**6} million pixels.")


def _instead(data: bytes) -> str:
    if not data:
        return ": it is empty"
    start = data[:200]
    return ": it holds text" if all(32 <= byte < 127 or byte in b"\r\n\t" for byte in start) else ""


def _file_notes(image: Image.Image, data: bytes) -> list[str]:
    notes = []
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        notes.append(f"The first of {frames} frames.")
    if data.startswith(b"\x89PNG") and data[24] == 16 and not image.mode.startswith("I"):
        notes.append("16 bits a channel brought down to 8.")
    return notes


def _upright(image: Image.Image, notes: list[str]) -> Image.Image:
    if image.getexif().get(ExifTags.Base.Orientation, 1) == 1:
        return image
    upright = ImageOps.exif_transpose(image)
    if upright.size != image.size or upright.tobytes() != image.tobytes():
        notes.append("Turned upright, as its EXIF data says.")
    return upright


def _to_bytes(image: Image.Image, notes: list[str]) -> NDArray[np.uint8]:
    """Any of PIL's modes as (H, W, 1) or (H, W, 3)."""
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep(np.asarray(image), image.mode, notes)
    if image.mode in ("P", "PA"):
        notes.append("Its palette was turned into colours.")
    if image.mode in ("LA", "PA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        return _over_white(image.convert("RGBA"), notes)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))[:, :, None]
    if image.mode != "RGB" and image.mode != "P":
        notes.append(f"{image.mode} was turned into red, green and blue.")
    return np.asarray(image.convert("RGB"))


def _from_deep(values: NDArray[np.generic], mode: str, notes: list[str]) -> NDArray[np.uint8]:
    deep = np.nan_to_num(values.astype(np.float64), nan=0, posinf=0, neginf=0)
    if mode != "F" and deep.min() >= 0 and deep.max() <= 65535:
        notes.append("16 bits a pixel brought down to 8.")
        return np.asarray(np.round(deep / 257), dtype=np.uint8)[:, :, None]
    low, high = float(deep.min()), float(deep.max())
    notes.append(f"Its values from {low:.4g} to {high:.4g} were spread over black to white.")
    return np.asarray(np.round((deep - low) / (high - low or 1) * 255), dtype=np.uint8)[:, :, None]


def _over_white(image: Image.Image, notes: list[str]) -> NDArray[np.uint8]:
    if np.asarray(image)[..., 3].min() < 255:
        notes.append("What is transparent was laid on white.")
    white = Image.new("RGBA", image.size, "white")
    pixels = np.asarray(Image.alpha_composite(white, image).convert("RGB"))
    grey = (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all()
    return pixels[:, :, :1] if grey else pixels


def _reduce(pixels: NDArray[np.uint8], max_side: int, notes: list[str]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    if max(height, width) <= max_side:
        return pixels
    scale = max_side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(Image.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels).resize(size))
    notes.append(f"Reduced from {width:,}×{height:,} to {size[0]:,}×{size[1]:,} pixels.")
    return small.reshape(size[1], size[0], -1)
