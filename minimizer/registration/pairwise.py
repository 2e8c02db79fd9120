"""Register two images: from coarse to fine, with the minimizer at every level."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Array
from ..common.status import Status
from .cost import RegistrationCost
from .geometry import centre, homogeneous, to_index
from .images.checks import as_image_pair
from .metrics.definitions import BINS, Metric
from .metrics.registry import find_metric
from .metrics.settings import CostSettings, pyramids, spacings_of
from .result import LevelRecord, RegistrationResult
from .search.pyramid_search import PyramidSearch
from .transforms.base import Transform
from .transforms.registry import make_transform

SAMPLING_SEED = 0

ALTERNATIVE_DOUBT = 0.7
"""Largest doubt of a result by another metric than the requested one: a second chance to match by
chance must leave less. Of unrelated pairs one had 0.73."""

SEARCHES = ("auto", "global", "local")


def register(
    fixed: ArrayLike,
    moving: ArrayLike,
    transform: str = "rigid",
    metric: str | Metric = "ssd",
    *,
    spacing: ArrayLike | None = None,
    moving_spacing: ArrayLike | None = None,
    fixed_mask: ArrayLike | None = None,
    moving_mask: ArrayLike | None = None,
    channel_axis: int | None = None,
    initial: ArrayLike | RegistrationResult | None = None,
    search: str = "auto",
    min_overlap: float = 0.25,
    smoothing: float = 0.7,
    sampling: float | None = None,
    bins: int = BINS,
    backend: str | None = None,
    random_seed: int = 0,
    n_jobs: int | None = None,
    progress: bool | str = False,
) -> RegistrationResult:
    """Find the transform that aligns `moving` with `fixed`.

    Both images are shrunk to about 32 pixels. At that size all rotations and shifts are tried, the
    best candidates refined, and the best of them minimized until two runs agree. The remaining
    candidates are then refined level by level, up to full resolution, with ever smaller steps.
    Volumes are shrunk even more to try all rotations in space, which takes a fraction of a second.

    Parameters
    ----------
    fixed, moving : array_like, with the same number of dimensions
        Images with one channel and at least 8 pixels along every axis. Pixels that are not finite
        are missing data.
    transform : str
        ``"rigid"`` (rotation and shift) and ``"similarity"`` (and magnification) are for two and
        three dimensions, ``"translation"`` and ``"affine"`` for any number; see
        `minimizer.registration.transforms`.
    metric : str or callable
        ``"ssd"``, the mean squared difference, for images with the same contrast, ``"robust"``
        where parts are covered; ``"ncc"`` where brightness and contrast differ, ``"lncc"`` where
        they do so from place to place; ``"nmi"``, ``"mi"`` or ``"pluim"`` for two modalities; see
        `minimizer.registration.metrics`. If ``"ssd"`` leaves a doubt in the plane, ``"robust"`` is
        tried as well, and ``"lncc"`` after ``"ncc"``; if little is left, that is returned, and
        ``result.levels`` names its metric. For a custom metric see `RegistrationCost`.
    spacing, moving_spacing : float or sequence of float, optional
        Distances between pixels along each axis, in any unit, for example millimetres. By default
        1, and for the moving image the same as for the fixed one.
    fixed_mask, moving_mask : array_like of bool, optional
        False for pixels that are not compared.
    channel_axis : int, optional
        Axis of the colour channels of colour images; the mean of the channels is compared.
    initial : array_like or RegistrationResult, optional
        Start of the search: a matrix (ndim + 1, ndim + 1) from fixed to moving index, the
        transform's parameters (n_params,), or an earlier result. By default the identity.
    search : {"auto", "global", "local"}
        ``"auto"`` tries all rotations and shifts wherever the overlap is sufficient, and for
        ``"similarity"`` magnifications of 0.5 to 2; if `initial` is given, it is ``"local"``.
        ``"global"`` also starts from `initial`, and in volumes looks more finely and at larger
        shifts, which takes seconds. ``"local"`` starts from `initial` alone: for images known to
        be nearly aligned, and for volumes that look the same after a rotation, which are otherwise
        ambiguous. A volume that is turned far is not found by it, and that may go unnoticed.
    min_overlap : float
        Smallest part of the fixed image's data, above 0 and at most 1, that must meet data of the
        moving image.
    smoothing : float
        Standard deviation, in pixels of each level, of a Gaussian that smooths both images for the
        comparison, which makes the result more accurate; more where noise is strong.
        0 for none.
    sampling : float, optional
        Part of the pixels to compare at full resolution; by default all, but at most 300 000, or
        150 000 voxels of a volume. The cost in the result is that of all pixels.
    bins : int
        Bins per image, for metrics that use a joint histogram.
    backend : {"numba", "scipy"}, optional
        See `RegistrationCost`.
    random_seed : int
        Seed of the minimizer; the same call gives the same result.
    n_jobs : int, optional
        Workers for the minimizer's two runs at the coarsest level, see `minimizer.Minimizer`.
    progress : bool or "line"
        True shows a bar per level (needs tqdm, extra ``progress``), ``"line"`` a plain line.

    Returns
    -------
    RegistrationResult
        Matrix, angle, shift, costs, overlap, status, whether it is ambiguous, and a record per
        level.

    Raises
    ------
    TypeError, ValueError
        For unusable images or settings, with advice.

    References
    ----------
    P. Thévenaz, U. E. Ruttimann, M. Unser, A pyramid approach to subpixel registration based on
    intensity, IEEE Trans. Image Process. 7 (1998) 27-41, for the coarse-to-fine strategy.

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
    images = as_image_pair(fixed, moving, fixed_mask, moving_mask, channel_axis)
    spacings = spacings_of(images[0].ndim, spacing, moving_spacing)
    wanted = make_transform(transform, images[0].shape, *spacings)
    settings = CostSettings(metric, min_overlap, smoothing, sampling, SAMPLING_SEED, bins, backend)
    levels = pyramids(*images, *spacings)
    starts = initial_matrices(wanted, initial, images[1].shape)

    def searched(settings: CostSettings) -> RegistrationResult:
        pyramid_search = PyramidSearch(wanted, levels, settings, random_seed, n_jobs, progress)
        records = [pyramid_search.search_coarsest(starts, extent(search, initial))]
        records += map(pyramid_search.refine, reversed(range(pyramid_search.coarsest)))
        final = replace(settings, smoothing=0.0, sampling=None)
        cost = RegistrationCost.at_level(wanted, levels, 0, final)
        return make_result(cost, records, pyramid_search.doubt())

    return with_alternative(searched, settings, images[0].ndim)


def with_alternative(
    searched: Callable[[CostSettings], RegistrationResult], settings: CostSettings, ndim: int
) -> RegistrationResult:
    """Return the result, or one by the metric's alternative if that leaves hardly a doubt.

    In the plane only: in space the rotations are judged alike for both.
    """
    result = searched(settings)
    other = find_metric(settings.metric).alternative
    if other is None or ndim != 2 or is_certain(result):
        return result
    again = searched(replace(settings, metric=other))
    return again if is_certain(again) and again.doubt <= ALTERNATIVE_DOUBT else result


def is_certain(result: RegistrationResult) -> bool:
    """Return whether a result is a success and not ambiguous."""
    return result.status is Status.SUCCESS and not result.ambiguous


def extent(search: str, initial: object) -> str:
    """Return "auto", "global" or "local", the last by default if there is a start."""
    if search not in SEARCHES:
        known = ", ".join(map(repr, SEARCHES))
        raise ValueError(f"search is {search!r}; it must be one of {known}")
    return "local" if search == "auto" and initial is not None else search


def initial_matrices(
    transform: Transform,
    initial: ArrayLike | RegistrationResult | None,
    moving_shape: tuple[int, ...],
) -> list[Array]:
    """Return the matrices from which every search starts.

    If none is given, they are the identity and, unless it is the same, the shift that aligns the
    centres of the two images.
    """
    if isinstance(initial, RegistrationResult):
        return [initial.matrix]
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


def make_result(
    cost: RegistrationCost, records: list[LevelRecord], doubt: float
) -> RegistrationResult:
    """Return the result of the last level, with the cost of the images as given."""
    transform, params = cost.transform, records[-1].params
    failures = (record.status for record in records if record.status is not Status.SUCCESS)
    value = cost(params)
    return RegistrationResult(
        params=params,
        transform=transform,
        matrix=transform.matrix(params),
        angle=transform.angle(params),
        shift=params[-transform.ndim :],
        cost=value,
        cost_at_identity=cost(cost.identity),
        overlap=cost.overlap(params),
        status=next(failures, Status.SUCCESS),
        ambiguous=doubt > 1 or math.isnan(value),
        doubt=doubt,
        levels=tuple(records),
        cost_function=cost,
    )
