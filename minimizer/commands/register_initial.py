"""The start of a registration, from the argument ``--initial``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from ..registration import read_itk
from ..registration.files import Picture
from ..registration.files.world import affine_of, index_matrix
from ..registration.geometry import to_index
from ..registration.transforms.base import Transform
from ..registration.transforms.registry import make_transform
from ..registration.transforms.rigid import Rigid
from .register_options import parse_numbers


def initial_matrix(
    given: str | None, transform: Transform, pictures: tuple[Picture, Picture]
) -> Array | None:
    """Return the initial matrix from fixed to moving index, or None."""
    if given is None:
        return None
    knows_world = any(picture.affine is not None for picture in pictures)
    world = (affine_of(pictures[0]), affine_of(pictures[1])) if knows_world else None
    if given == "header":
        if world is None:
            raise BadInput("--initial header is for NIfTI, MetaImage, NRRD and DICOM")
        return index_matrix(np.eye(transform.ndim + 1), *world)
    if Path(given).is_file():
        try:
            physical = read_itk(given)
        except ValueError as error:
            raise BadInput(str(error)) from error
        if len(physical) != transform.ndim + 1:
            raise BadInput(f"{given} is for {len(physical) - 1} dimensions, not {transform.ndim}")
        return index_matrix(physical, *world) if world else to_index(physical, *transform.spacings)
    return matrix_of_numbers(given, transform)


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
