"""Photographs and drawings: PNG, JPEG and other formats of one plane that Pillow reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...common.errors import BadInput
from ...common.extras import require
from .formats import JPEG, suffix_of
from .picture import Picture, sorted_axes
from .reading import check_claim, reading

QUALITY = 95  # of a JPEG file that is written
BYTES = {"1": 1, "L": 1, "P": 3, "LA": 2, "I;16": 2, "RGB": 3}  # per pixel; 4 in other modes


def read_photo(path: str | Path, kind: str) -> Picture:
    """Read a photograph, in the orientation that its camera recorded and without opacity."""
    image_file: Any = require("PIL.Image", extra="cli")
    image_ops: Any = require("PIL.ImageOps", extra="cli")
    with reading(path, kind), image_file.open(path) as image:
        if getattr(image, "n_frames", 1) > 1:
            raise BadInput(f"{path} has {image.n_frames} frames; save them as a TIFF stack")
        check_claim(path, image.width * image.height * BYTES.get(image.mode, 4))
        upright = image_ops.exif_transpose(image) if kind == JPEG.name else image
        return _picture(np.asarray(_plain(upright)))


def _plain(image: Any) -> Any:
    """Return an image in grey or in red, green and blue, with or without opacity."""
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.convert("RGB") if image.mode in ("CMYK", "YCbCr", "LAB", "HSV") else image


def _picture(values: np.ndarray) -> Picture:
    if values.ndim == 3 and values.shape[-1] in (2, 4):
        values = values[..., :-1]
    sorted_, axes = sorted_axes(values, "YXC"[: values.ndim])
    return Picture(sorted_, axes, is_rgb="C" in axes)


def write_photo(path: str | Path, values: np.ndarray) -> None:
    """Write a PNG of one image with 8 or 16 bits, or a JPEG with 8."""
    is_jpeg = suffix_of(path) in JPEG.suffixes
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * 255
    check_bits(path, values.dtype)
    imageio: Any = require("imageio.v3", extra="cli")
    imageio.imwrite(path, values, **({"quality": QUALITY} if is_jpeg else {}))


def check_bits(path: str | Path, dtype: np.dtype[Any]) -> None:
    """Refuse pixels that a PNG or JPEG file cannot hold."""
    is_jpeg = suffix_of(path) in JPEG.suffixes
    name, bits = ("JPEG", "8") if is_jpeg else ("PNG", "8 or 16")
    if dtype not in (np.bool_, np.uint8) and (is_jpeg or dtype != np.uint16):
        raise BadInput(
            f"{path}: {name} holds whole numbers of {bits} bits, these are {dtype}; write a "
            "TIFF file"
        )
