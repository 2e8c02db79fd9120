"""ITK's transform text files, as SimpleITK, ANTs, elastix and 3D Slicer read and write them.

ITK's axes are (x, y, z), numpy's axes backwards, in physical units, and its transforms map fixed to
moving positions, as here. Without grids (`minimizer.registration.Grid`), origins are at the first
pixel and directions along the axes, as in the rest of this package: give the images the same
spacing in ITK, and leave their origins at 0; or give the grids that ITK knows.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from ...common.arrays import Array
from ...common.errors import BadInput
from ...common.whole_file import whole_file
from .reading import reading

HEADER = "#Insight Transform File V1.0"


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
    """Read a matrix written by ITK: an affine, translation, or Euler transform.

    Returns
    -------
    ndarray, shape (ndim + 1, ndim + 1)
        Homogeneous, from fixed to moving physical position, in numpy's axis order.

    Raises
    ------
    BadInput
        A ValueError: if the file holds another transform, or not exactly one, or is damaged.
    OSError
        If there is no such file.
    """
    with reading(path, "an ITK transform"):
        return _matrix(path, Path(path).read_text(encoding="utf-8"))


def _matrix(path: str | Path, text: str) -> Array:
    """Return the matrix that a text describes."""
    names = re.findall(r"^Transform:\s*(\w+?)_(?:double|float)_(\d)_\d\s*$", text, re.MULTILINE)
    if len(names) != 1:
        raise BadInput(f"{path} holds {len(names)} transforms; one is needed")
    name, ndim = names[0][0], int(names[0][1])
    parameters, c = _numbers(text, "Parameters"), _numbers(text, "FixedParameters")
    if name == "TranslationTransform":
        linear, shift, c = np.eye(ndim), parameters, np.zeros(ndim)
    elif name in ("AffineTransform", "MatrixOffsetTransformBase"):
        linear, shift = parameters[: ndim**2].reshape(ndim, ndim), parameters[ndim**2 :]
    elif name == "Euler2DTransform":
        linear, shift = _rotation(parameters[0]), parameters[1:]
    elif name == "Euler3DTransform":
        linear, shift = _euler(parameters[:3], c), parameters[3:]
    else:
        raise BadInput(
            f"{path} holds a {name}; only translations, Euler and affine transforms are read: "
            "write it as an AffineTransform"
        )
    c = c[:ndim]
    matrix = np.eye(ndim + 1)
    matrix[:-1, :-1] = linear[::-1, ::-1]
    matrix[:-1, -1] = (shift + c - linear @ c)[::-1]
    if ndim not in (2, 3) or not np.isfinite(matrix).all():
        raise BadInput(f"{path} is damaged: it must hold finite numbers for 2 or 3 dimensions")
    return matrix


def _numbers(text: str, name: str) -> Array:
    """Return the numbers of a line of the file."""
    found = re.search(rf"^{name}:(.*)$", text, re.MULTILINE)
    return np.array(found.group(1).split() if found else [], dtype=np.float64)


def _rotation(angle: float) -> Array:
    """Return a rotation in the plane."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _euler(angles: Array, fixed: Array) -> Array:
    """Return ITK's rotation Rz Rx Ry, or Rz Ry Rx if so marked, of angles about x, y, z."""
    x, y, z = (np.eye(3) for _ in range(3))
    x[1:, 1:], z[:2, :2] = _rotation(angles[0]), _rotation(angles[2])
    y[np.ix_([2, 0], [2, 0])] = _rotation(angles[1])
    is_zyx = len(fixed) > 3 and fixed[3] != 0
    return np.asarray(z @ y @ x if is_zyx else z @ x @ y, dtype=np.float64)
