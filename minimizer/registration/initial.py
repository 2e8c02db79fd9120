"""The start of a search: given by the user, or from landmarks or moments.

References
----------
S. Umeyama, Least-squares estimation of transformation parameters between two point patterns, IEEE
Trans. Pattern Anal. Mach. Intell. 13 (1991) 376-380.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Array
from .affine_map import UNITS, HasMap
from .geometry import as_spacing, centre, homogeneous, to_index
from .images.checks import as_image_pair
from .images.mass import Moments, moments_of
from .metrics.settings import spacings_of
from .transforms.base import Transform
from .transforms.registry import make_transform

NO_SKEWNESS = 1e-3
"""Weight of a small rotation against the products of skewnesses; it decides where these are 0."""


def initial_matrices(
    transform: Transform,
    initial: ArrayLike | HasMap | None,
    moving_shape: tuple[int, ...],
) -> list[Array]:
    """Return the matrices from which every search starts.

    If none is given, they are the identity and, unless it is the same, the shift that aligns the
    centres of the two images.
    """
    if isinstance(initial, HasMap):
        initial = initial.affine_map().matrix
    n = transform.ndim
    if initial is None:
        shift = centre(moving_shape, transform.spacings[1]) - transform.centre
        middle = to_index(homogeneous(np.eye(n), shift), *transform.spacings)
        identity = transform.matrix(transform.identity)
        return [identity] if np.allclose(shift, 0) else [identity, middle]
    given = np.asarray(initial, dtype=np.float64)
    if given.shape not in ((n + 1, n + 1), (transform.n_params,)) or not np.isfinite(given).all():
        raise ValueError(
            f"initial has shape {given.shape}; it must be a finite matrix {(n + 1, n + 1)} from "
            f"fixed to moving index, or the {transform.n_params} parameters "
            f"{', '.join(transform.names)}"
        )
    return [transform.matrix(given) if given.ndim == 1 else given]


def from_landmarks(
    fixed_points: ArrayLike,
    moving_points: ArrayLike,
    transform: str = "rigid",
    *,
    spacing: ArrayLike | None = None,
    moving_spacing: ArrayLike | None = None,
    units: str = "index",
) -> Array:
    """Return the matrix that maps points of one image to the same points of another.

    Of all matrices of the transform it has the least sum of squared distances, in the unit of the
    spacing; the solution is exact, not iterative. ``register(..., initial=matrix)`` starts from it.

    Parameters
    ----------
    fixed_points, moving_points : array_like, shape (k, ndim)
        The same places in both images, in the same order, in numpy's axis order (row, column).
    transform : {"translation", "rigid", "similarity", "affine"}
        In two dimensions one pair of points is needed for a translation, two for a rigid transform
        or a similarity, three for an affine map; in three dimensions one, three, and four.
    spacing, moving_spacing : float or sequence of float, optional
        Distances between the pixels along each axis, as for `register`.
    units : {"index", "physical"}
        Units of the points: pixels, or index times spacing.

    Returns
    -------
    ndarray, shape (ndim + 1, ndim + 1)
        Homogeneous, in numpy's index order, from fixed to moving index.

    Raises
    ------
    ValueError
        If the points are not in pairs, not finite, too few, or in one place, line or plane, so
        that they do not determine the transform.

    References
    ----------
    Umeyama 1991 for the rotation and the magnification.

    Examples
    --------
    >>> matrix = from_landmarks([[10, 10], [10, 30]], [[12, 40], [32, 40]])
    >>> matrix.round(6) + 0
    array([[ 0.,  1.,  2.],
           [-1.,  0., 50.],
           [ 0.,  0.,  1.]])
    """
    if units not in UNITS:
        raise ValueError(f"units is {units!r}; it must be 'index' or 'physical'")
    pairs = [np.array(points, dtype=np.float64) for points in (fixed_points, moving_points)]
    for name, points in zip(("fixed_points", "moving_points"), pairs, strict=True):
        if points.ndim != 2 or points.shape != pairs[0].shape or not np.isfinite(points).all():
            raise ValueError(
                f"{name} has shape {points.shape}; both must be finite numbers of the same shape "
                "(k, ndim), one row per point"
            )
    k, n = pairs[0].shape
    steps = as_spacing(spacing, n), as_spacing(moving_spacing, n, "moving_spacing")
    steps = steps if moving_spacing is not None else (steps[0], steps[0])
    if units == "index":
        pairs = [points * step for points, step in zip(pairs, steps, strict=True)]
    family = make_transform(transform, (1,) * n)  # of which only the kind of linear map counts
    middles = [points.mean(axis=0) if k else np.zeros(n) for points in pairs]
    centred = [points - middle for points, middle in zip(pairs, middles, strict=True)]
    for name, points in zip(("fixed_points", "moving_points"), centred, strict=True):
        spread = np.linalg.svd(points, compute_uv=False) if k else np.zeros(0)
        rank = int((spread > 1e-9 * spread.max(initial=1e-300)).sum()) if k else -1
        if rank < family.fit_rank:
            raise ValueError(
                f"{name} has {k} points that span {max(rank, 0)} dimensions; {transform!r} needs "
                f"at least {family.fit_rank + 1} points that span {family.fit_rank}"
            )
    linear = family.fit_linear(*centred)
    return to_index(homogeneous(linear, middles[1] - linear @ middles[0]), *steps)


def from_moments(
    fixed: ArrayLike,
    moving: ArrayLike,
    transform: str = "rigid",
    *,
    spacing: ArrayLike | None = None,
    moving_spacing: ArrayLike | None = None,
    fixed_mask: ArrayLike | None = None,
    moving_mask: ArrayLike | None = None,
    channel_axis: int | None = None,
) -> Array:
    """Return the matrix that aligns the moments of one object with those of another.

    For one object on a background, which both images show completely. The centres of mass are
    aligned, then the principal axes, whose ends are told apart by the skewness, and for a
    similarity the sizes. Mass is the difference from the border of the image.
    ``register(..., initial=matrix)`` starts from it.

    Parameters
    ----------
    fixed, moving, spacing, moving_spacing, fixed_mask, moving_mask, channel_axis
        As for `register`; of channels, the mean counts.
    transform : {"translation", "rigid", "similarity"}
        ``"translation"`` aligns the centres alone: for objects that are not turned, or are about as
        wide as long and have no clear axes.

    Returns
    -------
    ndarray, shape (ndim + 1, ndim + 1)
        Homogeneous, in numpy's index order, from fixed to moving index.

    Raises
    ------
    TypeError, ValueError
        For unusable images, or another transform.

    Examples
    --------
    >>> image = np.zeros((40, 40))
    >>> image[5:12, 20:24] = 1
    >>> from_moments(image, np.roll(image, (3, -4), axis=(0, 1)), "translation").tolist()
    [[1.0, 0.0, 3.0], [0.0, 1.0, -4.0], [0.0, 0.0, 1.0]]
    """
    images = as_image_pair(fixed, moving, fixed_mask, moving_mask, channel_axis)
    n = images[0].ndim
    family = make_transform(transform, images[0].shape, *spacings_of(n, spacing, moving_spacing))
    if family.fit_rank >= n:
        raise ValueError(
            f"transform is {transform!r}, which moments do not determine; use "
            '"translation", "rigid" or "similarity"'
        )
    pairs = zip(images, family.spacings, strict=True)
    found = [moments_of(image, step) for image, step in pairs]
    linear = family.linear(family.from_linear(linear_of_moments(*found)))
    offset = found[1].centre - linear @ found[0].centre
    return to_index(homogeneous(linear, offset), *family.spacings)


def linear_of_moments(fixed: Moments, moving: Moments) -> Array:
    """Return the rotation between the principal axes times the mean ratio of sizes."""
    best, most = np.eye(len(fixed.axes)), -np.inf
    for signs in itertools.product((1.0, -1.0), repeat=len(best)):
        turn = (moving.axes * signs) @ fixed.axes.T
        agreement = float(np.sum(fixed.skewness * signs * moving.skewness))
        agreement += NO_SKEWNESS * float(np.trace(turn))
        if np.linalg.det(turn) > 0 and agreement > most:
            best, most = turn, agreement
    ratio = np.exp(0.5 * np.mean(np.log(moving.variances / fixed.variances)))
    return np.asarray(ratio * best, dtype=np.float64)
