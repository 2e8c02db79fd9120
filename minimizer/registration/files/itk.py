"""ITK's transform text files, as SimpleITK, ANTs, elastix and 3D Slicer read and write them.

ITK's axes are (x, y, z), numpy's axes backwards, in physical units, and its transforms map fixed to
moving positions, as here. Without grids (`minimizer.registration.Grid`), origins are at the first
pixel and directions along the axes, as in the rest of this package: give the images the same
spacing in ITK, and leave their origins at 0; or give the grids that ITK knows.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...common.arrays import Array
from ...common.errors import BadInput
from ...common.whole_file import whole_file
from .itk_transforms import TRANSFORMS
from .reading import reading

HEADER = "#Insight Transform File V1.0"
COMPOSITE = "CompositeTransform"
BINARY = (".mat", ".h5", ".hdf5", ".xfm")
PART = re.compile(
    r"^Transform:[ \t]*(\w+?)_(?:double|float)_(\d)_\d[ \t]*$"
    r"(?:\s*^Parameters:(.*)$)?(?:\s*^FixedParameters:(.*)$)?",
    re.MULTILINE,
)


def write_itk(
    path: str | Path, physical_matrix: ArrayLike, centre: ArrayLike | None = None
) -> None:
    """Write a matrix as an ITK affine transform.

    Parameters
    ----------
    path : str or Path
        The file, usually with the suffix ``.tfm`` or ``.txt``.
    physical_matrix : array_like, shape (ndim + 1, ndim + 1)
        Homogeneous, from fixed to moving physical position, in numpy's axis order; two or three
        dimensions.
    centre : array_like, shape (ndim,), optional
        Physical position to write as the centre; it changes the numbers but not the map.

    Raises
    ------
    ValueError
        For a matrix of another shape.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "shift.tfm"
    >>> write_itk(path, [[1, 0, 3], [0, 1, -5], [0, 0, 1]])
    >>> read_itk(path)
    array([[ 1.,  0.,  3.],
           [ 0.,  1., -5.],
           [ 0.,  0.,  1.]])
    """
    matrix = np.asarray(physical_matrix, dtype=np.float64)
    ndim = len(matrix) - 1
    if matrix.shape not in ((3, 3), (4, 4)):
        raise ValueError(
            f"physical_matrix has shape {matrix.shape}; ITK's transforms are for two dimensions, "
            "(3, 3), or three, (4, 4)"
        )
    c = np.zeros(ndim) if centre is None else np.asarray(centre, dtype=np.float64)
    linear, offset = matrix[:-1, :-1], matrix[:-1, -1]
    shift = offset - c + linear @ c  # ITK: T(p) = linear (p - c) + c + shift
    numbers = [*linear[::-1, ::-1].ravel(), *shift[::-1]]
    lines = [
        HEADER,
        "#Transform 0",
        f"Transform: AffineTransform_double_{ndim}_{ndim}",
        "Parameters: " + " ".join(repr(float(number)) for number in numbers),
        "FixedParameters: " + " ".join(repr(float(number)) for number in c[::-1]),
        "",
    ]
    with whole_file(path) as name:
        Path(name).write_text("\n".join(lines), encoding="ascii")


def read_itk(path: str | Path) -> Array:
    """Read a matrix written by ITK: any linear transform, or a composite of several.

    Returns
    -------
    ndarray, shape (ndim + 1, ndim + 1)
        Homogeneous, from fixed to moving physical position, in numpy's axis order.

    Raises
    ------
    BadInput
        A ValueError: if the file holds a transform that no matrix describes, several that are not
        one composite transform, or is damaged or binary.
    OSError
        If there is no such file.
    """
    if Path(path).suffix.lower() in BINARY:
        raise BadInput(
            f"{path} is a binary transform; write it as text, in Python by "
            "SimpleITK.WriteTransform(SimpleITK.ReadTransform(old), new) with a new name in .tfm"
        )
    with reading(path, "an ITK transform"):
        return _matrix(path, Path(path).read_text(encoding="utf-8"))


def _matrix(path: str | Path, text: str) -> Array:
    """Return the matrix that a text describes."""
    if text.lstrip().startswith("("):
        raise BadInput(f"{path} holds parameters of elastix; convert it to an ITK transform (.tfm)")
    parts = [_Part(*found) for found in PART.findall(text)]
    is_composite = bool(parts) and parts[0].name == COMPOSITE
    if len(parts) != 1 and not is_composite:
        raise BadInput(f"{path} holds {len(parts)} transforms; one is needed")
    if is_composite and len(parts) == 1:
        raise BadInput(f"{path} holds a {COMPOSITE} without transforms")
    matrices = [_matrix_of(path, part) for part in parts[is_composite:]]
    if len({len(matrix) for matrix in matrices}) > 1:
        raise BadInput(f"{path} is damaged: its transforms differ in dimensions")
    total = np.linalg.multi_dot([*matrices, np.eye(len(matrices[0]))])  # ITK: the last comes first
    order = [*reversed(range(len(total) - 1)), len(total) - 1]
    return np.asarray(total[np.ix_(order, order)], dtype=np.float64)


class _Part(NamedTuple):
    """A transform in a file."""

    name: str
    ndim: str
    parameters: str
    fixed: str


def _matrix_of(path: str | Path, part: _Part) -> Array:
    """Return the matrix of one transform, in ITK's axis order."""
    if part.name not in TRANSFORMS:
        raise BadInput(
            f"{path} holds a {part.name}; only linear transforms are read: write it as an "
            "AffineTransform"
        )
    n = int(part.ndim)
    parameters, fixed = (np.array(text.split(), float) for text in (part.parameters, part.fixed))
    linear, shift = TRANSFORMS[part.name](n, parameters, fixed)
    if linear.shape != (n, n) or shift.shape != (n,):
        raise BadInput(f"{path} is damaged: its {part.name} has {len(parameters)} parameters")
    centre = fixed[:n] if len(fixed) >= n else np.zeros(n)
    matrix = np.eye(n + 1)
    matrix[:-1, :-1] = linear
    matrix[:-1, -1] = shift + centre - linear @ centre
    if n not in (2, 3) or not np.isfinite(matrix).all():
        raise BadInput(f"{path} is damaged: it must hold finite numbers for 2 or 3 dimensions")
    return matrix
