"""The position and the orientation of an object in an image, from its moments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...common.arrays import Array

BACKGROUND = 0.15
"""Differences from the border below this part of the largest one do not count as mass."""


def mass_of(values: Array) -> Array:
    """Return the difference of each pixel from the image's border; 0 where data are missing."""
    difference = abs(values - np.nanmedian(border(values)))
    difference = np.where(np.isfinite(difference), difference, 0.0)
    return np.asarray(np.maximum(difference - BACKGROUND * difference.max(), 0.0), dtype=np.float64)


def border(values: Array) -> Array:
    """Return the values on the faces of an image; all of its values if none of these is present."""
    faces = [np.take(values, [0, -1], axis).ravel() for axis in range(values.ndim)]
    found = np.concatenate(faces)
    return found if np.isfinite(found).any() else values.ravel()


class Moments(NamedTuple):
    """Centre, spread and skewness of the mass of an image.

    Attributes
    ----------
    centre : ndarray (ndim,)
        Physical centre of mass.
    axes : ndarray (ndim, ndim)
        The principal axes, one per column, the one with the least spread first.
    variances : ndarray (ndim,)
        The variance of the mass along each axis.
    skewness : ndarray (ndim,)
        The skewness along each axis; its sign tells the two ends of the axis apart.
    """

    centre: Array
    axes: Array
    variances: Array
    skewness: Array


def moments_of(image: Array, spacing: tuple[float, ...]) -> Moments:
    """Return the moments of an image; those of the frame if nothing differs from its border."""
    mass = mass_of(image)
    if mass.sum() == 0:
        mass = np.isfinite(image).astype(np.float64)
    where = np.nonzero(mass)
    weight = mass[where] / mass.sum()
    places = np.stack(where, axis=1) * np.array(spacing)
    centre = weight @ places
    places = places - centre
    variances, axes = np.linalg.eigh((weight[:, None] * places).T @ places)
    variances = np.maximum(variances, 1e-9 * np.array(spacing).min() ** 2)
    skewness = weight @ (places @ axes) ** 3 / variances**1.5
    return Moments(centre, axes, variances, skewness)
