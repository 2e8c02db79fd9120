"""Register two images: from coarse to fine, with the minimizer at every level."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from numpy.typing import ArrayLike

from ..common.status import Status
from .affine_map import HasMap
from .cost import RegistrationCost
from .images.channels import as_channel_pair
from .initial import initial_matrices
from .level_record import LevelRecord
from .metrics.definitions import BINS, Metric
from .metrics.registry import find_metric
from .metrics.settings import CostSettings, pyramids, spacings_of
from .result import RegistrationResult
from .search.pyramid_search import PyramidSearch
from .transforms.limits import Bounds, with_limits
from .transforms.registry import make_transform

SAMPLING_SEED = 0

ALTERNATIVE_DOUBT = 0.9
"""Largest doubt accepted for a result by another metric than the requested one: this is a second
chance to match by accident, and must leave less doubt."""

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
    initial: ArrayLike | HasMap | None = None,
    search: str = "auto",
    held: Mapping[str, float] | None = None,
    bounds: Bounds | None = None,
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
        Images of at least 8 pixels along every axis; with several channels if `channel_axis` is
        given. Pixels that are not finite are missing data.
    transform : str
        ``"rigid"`` (rotation and shift) and ``"similarity"`` (and magnification) are for two and
        three dimensions, ``"translation"`` and ``"affine"`` for any number; see
        `minimizer.registration.transforms`.
    metric : str or callable
        ``"ssd"``, the mean squared difference, for images with the same contrast, ``"robust"``
        where parts are covered; ``"ncc"`` where brightness and contrast differ, ``"lncc"`` where
        they do so from place to place; ``"nmi"``, ``"mi"`` or ``"pluim"`` for two modalities; see
        `minimizer.registration.metrics`. If ``"ssd"`` leaves a doubt in the plane, ``"robust"`` is
        tried as well, and ``"lncc"`` after ``"ncc"``; a result with little doubt is returned, and
        ``result.levels`` names its metric. For a custom metric see `RegistrationCost`.
    spacing, moving_spacing : float or sequence of float, optional
        Distances between pixels along each axis, in any unit, for example millimetres. By default
        1, and for the moving image the same as for the fixed one.
    fixed_mask, moving_mask : array_like of bool, optional
        False for pixels that are not compared.
    channel_axis : int, optional
        Axis of the channels of both images, such as -1 for red, green and blue. All channels are
        compared, each with the same one of the other image, and the cost is the mean over them;
        the coarse searches compare their first principal component. Leave out an alpha channel.
        Without it, images that look like colour images are refused.
    initial : array_like, RegistrationResult or AffineMap, optional
        Start of the search: a matrix (ndim + 1, ndim + 1) from fixed to moving index, the
        transform's parameters (n_params,), or an earlier result. `from_landmarks` and
        `from_moments` return such a matrix. By default the identity.
    search : {"auto", "global", "local"}
        The search at the coarsest level, always within `held` and `bounds`. ``"auto"`` tries all
        rotations and shifts wherever the overlap is sufficient, and for ``"similarity"``
        magnifications of 0.5 to 2; for ``"affine"`` it does so with a rigid transform first. With
        `initial` it is the same as ``"local"``.
        ``"global"`` does this with or without `initial`, which is one start among the others; in
        volumes it tries finer steps and larger shifts, which takes seconds.
        ``"local"`` starts from `initial` alone: for images known to be nearly aligned, and for
        volumes that look the same after a rotation, which are otherwise ambiguous. It does not find
        large rotations, and the failure may go unnoticed.
    held : mapping of str to float, optional
        Parameters that are known, by name, for example ``{"angle": 0}`` or ``{"scale": 1.1,
        "shift_0": -3}``: degrees for rotations, a factor for ``scale``, pixels (or the unit of the
        spacing) for shifts. ``angle`` or ``rotation`` stands for all rotations of a volume (the
        components of a rotation vector, ``rotation_0`` …), ``shift`` for all shifts.
    bounds : mapping of str to (float or None, float or None), optional
        Parameters that are known to lie between two values, named in the same way, for example
        ``{"angle": (-5, 5), "shift": (-20, 20)}``; None for an open side. Nothing beyond the bounds
        is tried, at any level, and `initial` is moved to the nearest place within them. The message
        of a result at a bound says so.
    min_overlap : float
        Smallest part of the fixed image's data, above 0 and at most 1, that must meet data of the
        moving image.
    smoothing : float
        Standard deviation, in pixels of each level, of a Gaussian that smooths both images for the
        comparison, which makes the result more accurate; more where noise is strong.
        0 for none.
    sampling : float, optional
        Part of the pixels to compare at full resolution; by default all, but at most 300 000, or
        150 000 voxels of a volume, and twice as many for ``"ssd"`` and ``"ncc"``. The cost in the
        result is that of all pixels.
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
    images = as_channel_pair(fixed, moving, fixed_mask, moving_mask, channel_axis)
    shapes = images[0][0].shape, images[1][0].shape
    spacings = spacings_of(len(shapes[0]), spacing, moving_spacing)
    wanted = make_transform(transform, shapes[0], *spacings)
    wanted = with_limits(wanted, held, bounds)
    settings = CostSettings(metric, min_overlap, smoothing, sampling, SAMPLING_SEED, bins, backend)
    levels = pyramids(*images, *spacings)
    starts = initial_matrices(wanted, initial, shapes[1])

    def searched(settings: CostSettings) -> RegistrationResult:
        pyramid_search = PyramidSearch(wanted, levels, settings, random_seed, n_jobs, progress)
        records = [pyramid_search.search_coarsest(starts, extent(search, initial))]
        records += map(pyramid_search.refine, reversed(range(pyramid_search.coarsest)))
        final = replace(settings, smoothing=0.0, sampling=None)
        cost = RegistrationCost.at_level(wanted, levels, 0, final)
        return make_result(cost, records, pyramid_search.doubt(), shapes[1])

    return with_alternative(searched, settings, len(shapes[0]))


def with_alternative(
    searched: Callable[[CostSettings], RegistrationResult], settings: CostSettings, ndim: int
) -> RegistrationResult:
    """Return the result, or one by the metric's alternative if that leaves hardly any doubt.

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


def make_result(
    cost: RegistrationCost,
    records: list[LevelRecord],
    doubt: float,
    moving_shape: tuple[int, ...],
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
        moving_shape=moving_shape,
        cost_function=cost,
    )
