"""Images whose files state the positions of their pixels: from such a file, and into one.

The world is that of ITK and DICOM: x to the patient's left, y to the back, z up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...common.arrays import Array
from .layout import nearest_layout, plain_layout
from .picture import Picture


def placed(
    values: NDArray[Any], affine: Array, unit: str, axes: str, is_rgb: bool = False
) -> Picture:
    """Return a picture for an array in the order of a file.

    Parameters
    ----------
    values : ndarray, axes (T, i, j, k, C)
        The pixels, T and C only if `axes` has them; i is the fastest axis of the file.
    affine : ndarray (n + 1, n + 1)
        From the index (i, j, k) to the world.
    unit : str
        Unit of the world.
    axes : str
        Those of `values`; for example "TXYZC".

    Notes
    -----
    A volume of a single slice is taken as a plane, and its place is not kept.
    """
    if "T" in axes and len(values) == 1:
        values, axes = values[0], axes[1:]
    if "C" in axes and values.shape[-1] == 1:
        values, axes = values[..., 0], axes[:-1]
    first, n = int("T" in axes), len(affine) - 1
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:n, :n])) < 1e-30:
        raise ValueError(f"its matrix from index to position, {affine.tolist()}, is singular")
    layout = nearest_layout(affine)
    values = layout.to_memory(values, first)
    shape = values.shape[first : first + n]
    affine = affine @ layout.matrix(shape)
    letters = "ZYX"[-n:]  # in memory the axes of a volume are x, y, z: letters of their order only
    spacing = dict(zip(letters, np.linalg.norm(affine[:n, :n], axis=0).tolist(), strict=True))
    all_axes = "T" * first + letters + "C" * ("C" in axes)
    if n == 3 and shape.count(1) == 1:
        return _plane(Picture(values, all_axes, spacing, unit, is_rgb), shape.index(1))
    return Picture(values, all_axes, spacing, unit, is_rgb, affine, layout)


def _plane(volume: Picture, flat: int) -> Picture:
    """Return the only slice of a volume, with rows upwards or backwards in the body."""
    first = int("T" in volume.axes)
    values = np.swapaxes(np.squeeze(volume.values, first + flat), first, first + 1)
    x, y = (step for axis, step in enumerate(volume.spacing.values()) if axis != flat)
    axes = "T" * first + "YX" + "C" * ("C" in volume.axes)
    return Picture(values, axes, {"Y": y, "X": x}, volume.unit, volume.is_rgb)


def as_stored(picture: Picture) -> tuple[NDArray[Any], Array]:
    """Return an array (T, i, j, k, C) in the order of the file, and the matrix from (i, j, k)."""
    layout = picture.layout or plain_layout(len(picture.space))
    values = layout.to_file(picture.values, first=int("T" in picture.axes))
    return values, affine_of(picture) @ np.linalg.inv(layout.matrix(picture.shape))


def affine_of(picture: Picture) -> Array:
    """Return the matrix from index to world: that of the file, or index times spacing."""
    if picture.affine is not None:
        return picture.affine
    n = len(picture.space)
    affine = np.zeros((n + 1, n + 1))
    affine[n, n] = 1.0
    for axis, step in enumerate(picture.spacings() or (1.0,) * n):
        affine[n - 1 - axis, axis] = step
    return affine


def origin_spacing_direction(affine: Array) -> tuple[Array, Array, Array]:
    """Return a matrix from index to world as ITK has it: origin, spacing, direction."""
    spacing = np.linalg.norm(affine[:-1, :-1], axis=0)
    return affine[:-1, -1], spacing, affine[:-1, :-1] / spacing


def affine_from(origin: Any, spacing: Any, direction: Any) -> Array:
    """Return the matrix from index to world for ITK's origin, spacing and direction."""
    n = len(origin)
    affine = np.eye(n + 1)
    affine[:n, :n] = np.reshape(direction, (n, n)) * np.asarray(spacing)
    affine[:n, n] = origin
    return affine
