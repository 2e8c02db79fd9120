"""The cost of a transform: an ordinary user function for any minimizer."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..common.arrays import Array
from .images.channels import as_channel_pair
from .images.checks import SMALLEST
from .images.pixels import make_pair
from .images.pyramid import Pyramid
from .images.smoothing import smooth
from .metrics.channels import mean_over_channels
from .metrics.definitions import BINS, Metric
from .metrics.least_squares import Squares
from .metrics.registry import compare
from .metrics.settings import CostSettings, pyramids, spacings_of
from .transforms.base import Transform
from .transforms.registry import make_transform

SLOPE_STEP = 1e-3
"""Step of the differences that give the slopes of a matrix by its parameters, in pixels."""


class RegistrationCost:
    """How much `moving`, moved by a transform, differs from `fixed`; less is better.

    The cost is a function of the transform's parameters only: it can be pickled and called from
    several threads at once.

    Parameters
    ----------
    fixed, moving : array_like, with the same number of dimensions
        Images; with several channels if `channel_axis` is given. Pixels that are not finite are
        missing data. The arrays are copied and never changed.
    transform : str
        ``"rigid"``, ``"translation"``, ``"similarity"``, ``"affine"``; all are described in
        `minimizer.registration.transforms`.
    metric : str or callable
        ``"ssd"``, ``"ncc"``, ``"nmi"``, ``"mi"``, ``"pluim"``; all are described in
        `minimizer.registration.metrics`. A custom metric is called with ``(fixed_values,
        warped_values, weights)``, three arrays (n,) for the pixels where both images have data,
        and returns a float, the lower the better they match. It is slower, as the warped values
        are stored first.
    spacing, moving_spacing : float or sequence of float, optional
        Distances between pixels along each axis, in any unit; the parameters are then in this
        unit. By default 1, and for the moving image the same as for the fixed one.
    fixed_mask, moving_mask : array_like of bool, optional
        False for pixels that are not compared.
    channel_axis : int, optional
        Axis of the channels of both images: the cost is the mean of the metric over the channels,
        each compared with the same one of the other image. Pixels without data in one channel have
        none in the others; a channel that is constant in one of the images is left out.
    min_overlap : float
        The cost is NaN, "out of bounds", where both images have data on less than this part of
        the fixed image's data.
    smoothing : float
        Standard deviation, in pixels of the level, of a Gaussian that smooths both images. About
        0.7 removes the bias of linear interpolation, which prefers positions that blur.
    level : int
        Pyramid level to compare the images at: each one halves the number of pixels along an
        axis. The parameters mean the same at every level.
    sampling : float, optional
        Part of the fixed pixels to compare, chosen at random once.
    sampling_seed : int
        Seed of that choice.
    bins : int
        Bins per image, for metrics that use a joint histogram, such as ``"nmi"``.
    backend : {"numba", "scipy"}, optional
        By default numba, where it is installed and the images have two or three dimensions.

    Attributes
    ----------
    n_params : int
        Number of parameters.
    identity : ndarray, shape (n_params,)
        Parameters that move nothing.
    variations : ndarray, shape (n_params,)
        A tenth of the shortest side: initial variations for a search without prior knowledge.
    transform : Transform
        Names, units and the matrix of the parameters.
    shape : tuple of int
        Shape of the fixed image at this level.

    Raises
    ------
    TypeError, ValueError
        For unusable images or settings, with advice.

    Notes
    -----
    The pixels compared are those of the fixed image that have data and whose position in the moving
    image is inside its frame and surrounded by data; padding is never compared. Interpolation is
    linear. The cost is also NaN where either image is constant on these pixels.

    Examples
    --------
    >>> import numpy as np
    >>> blob = np.exp(-((np.indices((32, 32)) - 16) ** 2).sum(axis=0) / 50)
    >>> cost = RegistrationCost(blob, np.roll(blob, 3, axis=1), transform="translation")
    >>> cost([0, 3])
    0.0
    >>> cost(cost.identity) > 0.01
    True
    >>> cost([0, 30])
    nan
    """

    def __init__(
        self,
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
        min_overlap: float = 0.25,
        smoothing: float = 0.0,
        level: int = 0,
        sampling: float | None = None,
        sampling_seed: int = 0,
        bins: int = BINS,
        backend: str | None = None,
    ) -> None:
        settings = CostSettings(
            metric, min_overlap, smoothing, sampling, sampling_seed, bins, backend
        )
        images = as_channel_pair(fixed, moving, fixed_mask, moving_mask, channel_axis)
        shape = images[0][0].shape
        spacings = spacings_of(len(shape), spacing, moving_spacing)
        self._set_up(
            make_transform(transform, shape, *spacings),
            pyramids(*images, *spacings),
            level,
            settings,
        )

    @classmethod
    def at_level(
        cls,
        transform: Transform,
        levels: tuple[Pyramid, Pyramid],
        level: int,
        settings: CostSettings,
    ) -> RegistrationCost:
        """Return the cost at a level of existing pyramids."""
        cost = cls.__new__(cls)
        cost._set_up(transform, levels, level, settings)
        return cost

    def _set_up(
        self,
        transform: Transform,
        levels: tuple[Pyramid, Pyramid],
        level: int,
        settings: CostSettings,
    ) -> None:
        """Compute everything that does not depend on the parameters."""
        check_level(level, *(pyramid.shape for pyramid in levels))
        self.transform = transform
        self.level = level
        self.settings = settings
        self._from_index = levels[0].to_physical(level)
        pairs = []
        for channel in zip(levels[0].channels, levels[1].channels, strict=True):
            fixed, moving = (
                smooth(pyramid.image(level), settings.smoothing) for pyramid in channel
            )
            pairs.append(make_pair(fixed, moving, settings.sampling, settings.sampling_seed))
        self.shape: tuple[int, ...] = pairs[0].fixed.shape
        self.spacing, self.moving_spacing = (
            np.array(pyramid.spacing) * 2.0 ** np.array(pyramid.halvings(level))
            for pyramid in levels
        )
        self._to_index = np.linalg.inv(levels[1].to_physical(level))
        self._to_index[:-1, -1] -= pairs[0].first  # missing pixels are the same in all channels
        self.comparison = mean_over_channels(
            [
                compare(
                    pair,
                    settings.metric,
                    self.spacing,
                    self.moving_spacing,
                    settings.backend,
                    settings.bins,
                )
                for pair in pairs
            ]
        )

    @property
    def metric(self) -> str | Metric:
        """Name of the metric, or the function."""
        return self.settings.metric

    @property
    def min_overlap(self) -> float:
        """Smallest part of the fixed image's data that must meet data of the moving image."""
        return self.settings.min_overlap

    @property
    def n_params(self) -> int:
        """Number of parameters."""
        return self.transform.n_params

    @property
    def identity(self) -> Array:
        """Parameters that move nothing, shape (n_params,)."""
        return self.transform.identity

    @property
    def variations(self) -> Array:
        """Initial variations for a search without prior knowledge, shape (n_params,)."""
        sides = np.array(self.transform.shape) * np.array(self.transform.fixed_spacing)
        return np.full(self.n_params, sides.min() / 10)

    @property
    def pixel(self) -> float:
        """Size of a pixel of this level, the smallest of its axes."""
        return float(self.spacing.min())

    def __call__(self, params: ArrayLike) -> float:
        """Return the cost, or NaN where the overlap is too small."""
        n, value = self.compare(params)
        return value if n >= self.min_overlap * self.comparison.n_pixels else math.nan

    def overlap(self, params: ArrayLike) -> float:
        """Return the part of the fixed image's data that meets data of the moving image."""
        return self.compare(params)[0] / max(1, self.comparison.n_pixels)

    def compare(self, params: ArrayLike) -> tuple[int, float]:
        """Return the number of pixels where both images have data, and the cost there."""
        values = np.asarray(params, dtype=np.float64)
        if values.shape != (self.n_params,):
            raise ValueError(
                f"params has shape {values.shape}; it must have {(self.n_params,)}, for the "
                f"parameters {', '.join(self.transform.names)}"
            )
        matrix = self._matrix(values)
        return (0, math.nan) if matrix is None else self.comparison(matrix)

    def squares(self, params: Array) -> tuple[float, Squares | None]:
        """Return the cost, and its squares and their slopes unless it is NaN.

        Only for metrics of least squares, see `metrics.registry`.
        """
        step = SLOPE_STEP * self.pixel * np.eye(self.n_params)
        ends = [self._matrix(params + move) for move in (0 * step[0], *step, *-step)]
        if any(end is None for end in ends):
            return math.nan, None
        matrix, *moved = np.stack(ends)  # type: ignore[arg-type]
        up, down = np.split(np.stack(moved), 2)
        slopes = np.ascontiguousarray((up - down)[:, :-1] / (2 * step[0, 0]))
        n, value, squares = self.comparison.squares(matrix, slopes)
        if n < self.min_overlap * self.comparison.n_pixels or math.isnan(value):
            return math.nan, None
        return value, squares

    def _matrix(self, params: Array) -> Array | None:
        """Return the matrix between indices of the level, None if it is beyond all numbers."""
        if not np.isfinite(params).all():
            return None
        try:
            with np.errstate(over="raise", invalid="raise"):
                physical = self.transform.physical_matrix(params)
                return np.asarray(self._to_index @ physical @ self._from_index)
        except ArithmeticError:  # a magnification or shift beyond all numbers
            return None


def check_level(level: int, *shapes: tuple[int, ...]) -> None:
    """Refuse a pyramid level that does not exist or has too few pixels."""
    longest = min(max(shape) for shape in shapes)
    if level < 0 or longest // 2**level < SMALLEST:
        raise ValueError(
            f"level is {level}; it must be 0 or positive, and leave at least {SMALLEST} pixels "
            f"along the longest axis of both images, which has {longest}"
        )
