"""Where a registration starts, as the argument ``--initial`` says it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.errors import BadInput
from ..registration import read_itk
from ..registration.files import Picture
from ..registration.files.nifti import index_matrix
from ..registration.geometry import to_index
from ..registration.transforms.base import Transform
from ..registration.transforms.registry import make_transform
from ..registration.transforms.rigid import Rigid
from .register_options import numbers


def start(
    given: str | None, transform: Transform, pictures: tuple[Picture, Picture]
) -> Array | None:
    """Return the matrix to start from, from fixed to moving index, or None."""
    if given is None:
        return None
    affines = [picture.affine for picture in pictures]
    world = None if affines[0] is None or affines[1] is None else (affines[0], affines[1])
    if given == "header":
        if world is None:
            raise BadInput("--initial header is for NIfTI volumes")
        return index_matrix(np.eye(4), *world)
    if Path(given).is_file():
        try:
            physical = read_itk(given)
        except ValueError as error:
            raise BadInput(str(error)) from error
        if len(physical) != transform.ndim + 1:
            raise BadInput(f"{given} is for {len(physical) - 1} dimensions, not {transform.ndim}")
        return index_matrix(physical, *world) if world else to_index(physical, *transform.spacings)
    return from_numbers(given, transform)


def from_numbers(given: str, transform: Transform) -> Array:
    """Return the matrix of degrees and shifts."""
    try:
        values = np.array(numbers(given))
    except argparse.ArgumentTypeError:
        raise BadInput(f"--initial is {given!r}: neither a file nor numbers") from None
    turns = len(values) - transform.ndim
    if not np.isfinite(values).all() or turns not in (0, 1) or (turns and transform.ndim != 2):
        degrees = "the degrees and " if transform.ndim == 2 else ""
        raise BadInput(
            f"--initial has {len(values)} numbers; give {degrees}the shift along each of the "
            f"{transform.ndim} axes, or an ITK transform file"
        )
    plain: Any = make_transform("translation", transform.shape, *transform.spacings)
    if turns:
        plain = Rigid(transform.shape, *transform.spacings)
        values[0] = plain.rotation(values[0])
    return np.asarray(plain.matrix(values))
