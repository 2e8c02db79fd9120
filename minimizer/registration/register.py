"""Register two images: from coarse to fine, with the minimizer at every level."""

from __future__ import annotations

from functools import partial

from numpy.typing import ArrayLike

from ..status import Status
from .cost import RegistrationCost
from .descent import Descent
from .images import as_image_pair
from .pyramid import n_levels
from .result import LevelRecord, RegistrationResult


def register(
    fixed: ArrayLike,
    moving: ArrayLike,
    transform: str = "rigid",
    metric: str = "ssd",
    *,
    min_overlap: float = 0.25,
    smoothing: float = 0.7,
    random_seed: int = 0,
    n_jobs: int | None = None,
) -> RegistrationResult:
    """Find the transform that lays `moving` onto `fixed`.

    Both images are shrunk to about 32 pixels. There all rotations and shifts are looked at, the
    best ones refined, and the best of these minimized until two runs of the minimizer agree. From
    level to level, up to full resolution, the result is then refined with ever smaller steps.

    Parameters
    ----------
    fixed, moving : array_like, with the same number of dimensions
        Images in one channel, at least 8 pixels along every axis. Pixels that are not finite are
        missing data.
    transform : {"rigid", "translation"}
        ``"rigid"`` (rotation and shift) is for two dimensions, ``"translation"`` for any number.
    metric : {"ssd"}
        ``"ssd"`` is the mean squared difference: for images with the same contrast.
    min_overlap : float
        The smallest part of the fixed image's data, above 0 and at most 1, that must meet data
        of the moving image.
    smoothing : float
        Both images are smoothed with a Gaussian of this standard deviation in pixels, at each
        level, while they are compared; it makes the result more accurate. 0 for none.
    random_seed : int
        Seed of the minimizer; the same call gives the same result.
    n_jobs : int, optional
        Workers for the minimizer's two runs at the coarsest level, see `minimizer.Minimizer`.

    Returns
    -------
    RegistrationResult
        Matrix, angle, shift, costs, overlap, status and a record of each level.

    Raises
    ------
    TypeError, ValueError
        For images or settings it cannot work with, saying what to do instead.

    References
    ----------
    P. Thévenaz, U. E. Ruttimann, M. Unser, A pyramid approach to subpixel registration based on
    intensity, IEEE Trans. Image Process. 7 (1998) 27-41, for the way from coarse to fine.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import ndimage
    >>> fixed = ndimage.gaussian_filter(np.random.default_rng(1).random((48, 48)), 3)
    >>> moving = np.roll(fixed, (3, -5), axis=(0, 1))
    >>> result = register(fixed, moving, transform="translation")
    >>> (result.shift.round(2) + 0).tolist(), result.status.name
    ([3.0, -5.0], 'SUCCESS')
    >>> registered = ndimage.affine_transform(moving, result.matrix, output_shape=fixed.shape)
    """
    images = as_image_pair(fixed, moving)
    cost_at = partial(RegistrationCost, *images, transform, metric, min_overlap=min_overlap)
    coarsest, *finer = reversed(range(n_levels(*(image.shape for image in images))))
    descent = Descent(partial(cost_at, smoothing=smoothing), random_seed, n_jobs)
    records = [descent.begin(coarsest)]
    for level in finer:
        records.append(descent.refine(level, records[-1].params))
    return make_result(cost_at(), records)


def make_result(cost: RegistrationCost, records: list[LevelRecord]) -> RegistrationResult:
    """Return what the last level found, judged by the cost of the images as they were given."""
    transform, params = cost.transform, records[-1].params
    failures = (record.status for record in records if record.status is not Status.SUCCESS)
    return RegistrationResult(
        params=params,
        transform=transform,
        matrix=transform.matrix(params),
        angle=transform.angle(params),
        shift=params[-transform.ndim :],
        cost=cost(params),
        cost_at_identity=cost(cost.identity),
        overlap=cost.overlap(params),
        status=next(failures, Status.SUCCESS),
        levels=tuple(records),
    )
