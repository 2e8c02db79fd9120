"""Images that can be compared: with one channel or the same channels, and not too large."""

from __future__ import annotations

import numpy as np

from ..common.errors import BadInput
from ..registration.files import Picture
from .register_options import ALL

MAX_PIXELS = 64e6
"""Images with more pixels are refused: a registration needs about 15 times their size as floats."""


def single_channel(
    picture: Picture, path: str, channel: int | str | None, notes: list[str]
) -> Picture:
    """Return the channel to compare, or all of them, or refuse the image with advice."""
    if "T" in picture.axes:
        raise BadInput(
            f"{path} has {picture.length('T')} frames; save the one to register in a separate "
            "file, or align all with the command register-stack (for slices, save the stack with "
            "ImageJ, which records that they are slices)"
        )
    if picture.is_rgb and channel is None:
        notes.append(
            f"{path} is in colour: the mean of red, green and blue is compared (--channel all "
            "compares each)"
        )
    return chosen_channels(picture, path, channel)


def chosen_channels(picture: Picture, path: str, channel: int | str | None) -> Picture:
    """Return a picture with the channels to compare alone."""
    n = picture.length("C")
    if n == 1:
        return picture
    if channel == ALL:
        return picture
    if channel is None and not picture.is_rgb:
        raise BadInput(
            f"{path} has {n} channels; choose the one to compare with --channel, or --channel all"
        )
    if channel is not None and not 0 <= int(channel) < n:
        raise BadInput(f"--channel is {channel}; {path} has the channels 0 to {n - 1}")
    return picture.grey(None if channel is None else int(channel))


def check_together(greys: list[Picture], paths: tuple[str, str]) -> None:
    """Refuse images that cannot be compared with each other."""
    counts = [len(grey.space) for grey in greys]
    if counts[0] != counts[1]:
        raise BadInput(
            f"{paths[0]} has {counts[0]} dimensions and {paths[1]} {counts[1]}; they must have the "
            "same number: take a slice or a projection of the larger one"
        )
    if counts[0] == 3 and (greys[0].affine is None) != (greys[1].affine is None):
        raise BadInput(
            f"one of {paths[0]} and {paths[1]} says how its axes lie in the body (NIfTI, NRRD, "
            "MetaImage, DICOM), and the other does not; convert it first"
        )


def check_channels(greys: list[Picture], paths: tuple[str, str]) -> None:
    """Refuse images with different numbers of channels, if all are compared."""
    channels = [grey.length("C") for grey in greys]
    if channels[0] != channels[1]:
        raise BadInput(
            f"{paths[0]} has {channels[0]} channels to compare and {paths[1]} {channels[1]}; with "
            "--channel all they must have the same number"
        )


def check_size(greys: list[Picture], paths: tuple[str, str], n: int) -> None:
    """Refuse images that would need too much memory."""
    for grey, path in zip(greys, paths, strict=True):
        size = float(np.prod(grey.shape)) / n ** len(grey.shape)
        if size > MAX_PIXELS:
            least = int(np.ceil(n * (size / MAX_PIXELS) ** (1 / len(grey.shape))))
            raise BadInput(
                f"{path} has {size / 1e6:.0f} million pixels, which need about {size * 1.2e-7:.0f} "
                f"GB of memory; give --shrink {least}, which hardly changes the result"
            )
