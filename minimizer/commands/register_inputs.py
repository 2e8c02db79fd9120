"""Two images from files, as input for `register`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from ..registration import RegistrationResult
from ..registration.files import Picture, read_picture
from ..registration.files.picture import factor
from ..registration.geometry import Grid
from ..registration.images.checks import as_mask
from ..registration.transforms.base import Transform
from ..registration.transforms.limits import with_limits
from ..registration.transforms.registry import make_transform
from .grids import grid_of
from .register_checks import check_channels, check_size, check_together, single_channel
from .register_initial import initial_matrix
from .register_options import limits_of, spacing_of
from .shrink import shrink, to_full_resolution


@dataclass
class ImagePair:
    """The input of `register`.

    Attributes
    ----------
    pictures : tuple of Picture
        Both images as in their files, with all channels.
    fixed, moving : ndarray
        The images to compare: one channel, or all of them along the last axis.
    transform : Transform
        The transform at full resolution.
    grids : tuple of Grid
        Grids of both at full resolution, in one unit.
    shrink : int
        Factor by which `fixed` and `moving` were shrunk along each axis.
    """

    pictures: tuple[Picture, Picture]
    fixed: Any
    moving: Any
    spacing: tuple[float, ...] | None
    moving_spacing: tuple[float, ...] | None
    fixed_mask: Any
    moving_mask: Any
    initial: Array | None
    unit: str | None
    transform: Transform
    grids: tuple[Grid, Grid]
    shrink: int
    notes: list[str]

    @property
    def channel_axis(self) -> int | None:
        """Axis of the channels that are compared, None if there is one."""
        return -1 if self.fixed.ndim > self.transform.ndim else None

    def enlarged(self, result: RegistrationResult) -> RegistrationResult:
        """Return the result for the images at full resolution."""
        if self.shrink == 1:
            return result
        full = to_full_resolution(self.transform.ndim, self.shrink)
        matrix = full @ result.matrix @ np.linalg.inv(full)
        params = self.transform.params_of(matrix)
        return replace(
            result,
            transform=self.transform,
            params=params,
            matrix=matrix,
            shift=params[-self.transform.ndim :],
            moving_shape=self.grids[1].shape,
            cost_function=None,
        )


def read_pair(arguments: argparse.Namespace) -> ImagePair:
    """Read both images, with masks, spacing and initial matrix, or refuse them."""
    paths = arguments.fixed, arguments.moving
    pictures = read_picture(paths[0]), read_picture(paths[1])
    notes: list[str] = []
    greys = [
        single_channel(picture, path, arguments.channel, notes)
        for picture, path in zip(pictures, paths, strict=True)
    ]
    check_together(greys, paths)
    check_channels(greys, paths)
    fixed, moving = add_spacings(greys, arguments)
    pictures = (
        replace(pictures[0], spacing=fixed.spacing, unit=fixed.unit),
        replace(pictures[1], spacing=moving.spacing, unit=moving.unit),
    )
    n = arguments.shrink
    if n < 1 or any(min(grey.shape) // max(n, 1) < 8 for grey in greys):
        raise BadInput(f"--shrink is {n}; it must be 1 or more, and leave 8 pixels along each axis")
    check_size(greys, paths, n)
    masks = [
        read_mask(arguments.mask, fixed, "--mask"),
        read_mask(arguments.moving_mask, moving, "--moving-mask"),
    ]
    spacings = fixed.spacings(), moving.spacings()
    try:
        transform = make_transform(arguments.transform, fixed.shape, *spacings)
        transform = with_limits(transform, **limits_of(arguments))
    except ValueError as error:
        raise BadInput(str(error)) from error
    unit = (fixed.unit or None) if spacings[0] else "px"
    transform = replace(transform, length_unit=unit)
    initial = initial_matrix(arguments, transform, (fixed, moving), masks)
    if initial is not None and n > 1:
        full = to_full_resolution(transform.ndim, n)
        initial = np.linalg.inv(full) @ initial @ full
    steps = [
        None if s is None and n == 1 else tuple(np.multiply(s or 1.0, n) * np.ones(transform.ndim))
        for s in spacings
    ]
    return ImagePair(
        pictures,
        shrink(fixed.values, n, len(fixed.space)),
        shrink(moving.values, n, len(moving.space)),
        steps[0],
        steps[1],
        None if masks[0] is None else shrink(masks[0], n) > 0.5,
        None if masks[1] is None else shrink(masks[1], n) > 0.5,
        initial=initial,
        unit=unit,
        transform=transform,
        grids=(grid_of(fixed), grid_of(moving)),
        shrink=n,
        notes=notes,
    )


def add_spacings(greys: list[Picture], arguments: argparse.Namespace) -> list[Picture]:
    """Return both images with a spacing in the same unit, or both without one."""
    given = arguments.spacing, arguments.moving_spacing or arguments.spacing
    if arguments.moving_spacing and not arguments.spacing and not greys[0].spacings():
        raise BadInput("--moving-spacing needs --spacing, as FIXED has none in its file")
    found = []
    for grey, steps, name in zip(greys, given, ("--spacing", "--moving-spacing"), strict=True):
        if steps:
            unit = arguments.unit or "spacing units"
            grey = replace(grey, spacing=spacing_of(steps, grey.space, name), unit=unit)
        found.append(grey)
    fixed, moving = found
    if (fixed.spacings() is None) != (moving.spacings() is None):
        which, other = (arguments.fixed, arguments.moving)[:: 1 if fixed.spacings() else -1]
        raise BadInput(
            f"{which} has a spacing in its file, and {other} has none; give --spacing (and "
            "--moving-spacing)"
        )
    if fixed.spacings() is None:
        return [replace(grey, spacing={}, unit="") for grey in found]
    ratio = 1.0 if "spacing units" in (fixed.unit, moving.unit) else factor(moving.unit, fixed.unit)
    if ratio is None:
        raise BadInput(
            f"the spacing of {arguments.fixed} is in {fixed.unit!r}, that of {arguments.moving} in "
            f"{moving.unit!r}; give --spacing and --moving-spacing in one unit"
        )
    steps_ = {axis: step * ratio for axis, step in moving.spacing.items()}
    return [fixed, replace(moving, spacing=steps_, unit=fixed.unit)]


def read_mask(path: str | None, grey: Picture, name: str) -> Any:
    """Return a mask, or None."""
    if path is None:
        return None
    mask = read_picture(path).grey(None).values
    try:
        return as_mask(np.nan_to_num(mask) != 0, name, grey.shape, "the image")
    except ValueError as error:
        raise BadInput(f"{error} ({path})") from error
