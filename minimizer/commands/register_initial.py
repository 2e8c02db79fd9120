"""The start of a registration, from the argument ``--initial``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from ..registration import from_landmarks, from_moments, read_itk
from ..registration.affine_map import AffineMap
from ..registration.files import Picture
from ..registration.geometry import Grid
from ..registration.transforms.base import Transform
from ..registration.transforms.registry import make_transform
from ..registration.transforms.rigid import Rigid
from .grids import grid_of, knows_world
from .points import read_landmarks
from .register_options import parse_numbers


def initial_matrix(
    arguments: argparse.Namespace,
    transform: Transform,
    pictures: tuple[Picture, Picture],
    masks: Sequence[Any],
) -> Array | None:
    """Return the initial matrix from fixed to moving index, or None."""
    given = arguments.initial
    if given is None:
        return None
    grids = grid_of(pictures[0]), grid_of(pictures[1])
    if given == "header":
        if not knows_world(*pictures):
            raise BadInput("--initial header is for NIfTI, MetaImage, NRRD and DICOM")
        return AffineMap.from_physical(np.eye(transform.ndim + 1), *grids).matrix
    if given == "moments":
        return matrix_of_moments(arguments.transform, transform, pictures, masks)
    if Path(given).suffix.lower() == ".csv":
        return matrix_of_landmarks(given, arguments.transform, transform, pictures)
    if Path(given).is_file():
        return read_map(given, *grids).matrix
    return matrix_of_numbers(given, transform)


def matrix_of_moments(
    name: str, transform: Transform, pictures: tuple[Picture, Picture], masks: Sequence[Any]
) -> Array:
    """Return the matrix that aligns the object of one image with that of the other."""
    spacing, moving_spacing = transform.spacings
    try:
        return from_moments(
            pictures[0].values,
            pictures[1].values,
            "similarity" if name == "affine" else name,
            spacing=spacing,
            moving_spacing=moving_spacing,
            fixed_mask=masks[0],
            moving_mask=masks[1],
            channel_axis=-1 if "C" in pictures[0].axes else None,
        )
    except ValueError as error:
        raise BadInput(f"--initial moments: {error}") from error


def matrix_of_landmarks(
    path: str, name: str, transform: Transform, pictures: tuple[Picture, Picture]
) -> Array:
    """Return the matrix that aligns points of one image with the same points of the other."""
    pairs = read_landmarks(path, *pictures)
    spacing, moving_spacing = transform.spacings
    try:
        return from_landmarks(*pairs, name, spacing=spacing, moving_spacing=moving_spacing)
    except ValueError as error:
        raise BadInput(f"--initial {path}: {error}") from error


def read_map(path: str, fixed: Grid, moving: Grid, inverse: bool = False) -> AffineMap:
    """Return the map in a transform file, or its inverse, for images on these grids."""
    physical = read_itk(path)
    if len(physical) != fixed.ndim + 1:
        raise BadInput(f"{path} is for {len(physical) - 1} dimensions, not {fixed.ndim}")
    try:
        if inverse:
            return AffineMap.from_physical(physical, moving, fixed).inverse()
        return AffineMap.from_physical(physical, fixed, moving)
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from error


def matrix_of_numbers(given: str, transform: Transform) -> Array:
    """Return the matrix for degrees and shifts."""
    try:
        values = np.array(parse_numbers(given))
    except argparse.ArgumentTypeError:
        raise BadInput(f"--initial is {given!r}: neither a file nor numbers") from None
    n_angles = len(values) - transform.ndim
    allowed = (0, 1) if transform.ndim == 2 else (0,)
    if not np.isfinite(values).all() or n_angles not in allowed:
        degrees = "the degrees and " if transform.ndim == 2 else ""
        raise BadInput(
            f"--initial has {len(values)} numbers; give {degrees}the shift along each of the "
            f"{transform.ndim} axes, or an ITK transform file"
        )
    family: Any = make_transform("translation", transform.shape, *transform.spacings)
    if n_angles:
        family = Rigid(transform.shape, *transform.spacings)
        values[0] = family.rotation(values[0])
    return np.asarray(family.matrix(values))
