"""The cost of a transform: an ordinary user function for any minimizer."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .images import SMALLEST, as_image_pair
from .metrics import find_metric
from .pyramid import at_level, matrix_at_level, smooth
from .transforms import Floats, make_transform
from .warp import warp

Mask = NDArray[np.bool_]


class RegistrationCost:
    """How badly `moving`, moved by a transform, agrees with `fixed`; less is better.

    The cost is a function of the transform's parameters only and keeps no state, so it can be
    pickled and called from several threads at once.

    Parameters
    ----------
    fixed, moving : array_like, with the same number of dimensions
        Images in one channel. Pixels that are not finite are missing data. The arrays are read, not
        kept and not changed.
    transform : {"rigid", "translation"}
        ``"rigid"`` is for two dimensions, ``"translation"`` for any number.
    metric : {"ssd"}
        ``"ssd"`` is the mean squared difference.
    min_overlap : float
        The cost is NaN, "out of bounds", where both images have data on less than this part of
        the fixed image's data.
    smoothing : float
        Standard deviation, in pixels of the level, of a Gaussian that both images are smoothed
        with. About 0.7 takes away the bias of linear interpolation towards blurred positions.
    level : int
        Pyramid level to compare the images at: each one halves the number of pixels along an
        axis. The parameters mean the same at every level.

    Attributes
    ----------
    n_params : int
        Number of parameters.
    identity : ndarray, shape (n_params,)
        Parameters that move nothing.
    variations : ndarray, shape (n_params,)
        A tenth of the shortest side, a start for a search without further knowledge.
    transform : Transform
        Names, units and the matrix of the parameters.
    shape : tuple of int
        Shape of the fixed image at this level.

    Raises
    ------
    TypeError, ValueError
        For images or settings it cannot work with, saying what to do instead.

    Notes
    -----
    Compared are the pixels of the fixed image that have data and whose place in the moving image
    is inside its frame, with data all round; never padding. Interpolation is linear.

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
        metric: str = "ssd",
        *,
        min_overlap: float = 0.25,
        smoothing: float = 0.0,
        level: int = 0,
    ) -> None:
        images = as_image_pair(fixed, moving)
        check_settings(min_overlap, smoothing)
        check_level(level, images[0].shape, images[1].shape)
        self.transform = make_transform(transform, images[0].shape)
        self.metric = metric
        self.min_overlap = min_overlap
        self.level = level
        self._metric = find_metric(metric)
        self._fixed, self._moving = (smooth(at_level(image, level), smoothing) for image in images)
        self._fixed_data = np.isfinite(self._fixed)

    @property
    def n_params(self) -> int:
        """Number of parameters."""
        return self.transform.n_params

    @property
    def identity(self) -> Floats:
        """Parameters that move nothing, shape (n_params,)."""
        return self.transform.identity

    @property
    def variations(self) -> Floats:
        """Initial variations for a search without further knowledge, shape (n_params,)."""
        return np.full(self.n_params, min(self.transform.shape) / 10)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the fixed image at this level."""
        return self._fixed.shape

    def __call__(self, params: ArrayLike) -> float:
        """Return the cost, or NaN where the overlap is too small."""
        warped, both = self._warped(params)
        if self._part(both) < self.min_overlap:
            return float("nan")
        return self._metric(self._fixed[both], warped[both])

    def overlap(self, params: ArrayLike) -> float:
        """Return the part of the fixed image's data that meets data of the moving image."""
        return self._part(self._warped(params)[1])

    def _warped(self, params: ArrayLike) -> tuple[Floats, Mask]:
        """Return the moving image on the fixed one's grid, and where both have data."""
        matrix = matrix_at_level(self.transform.matrix(params), self.level)
        warped = warp(self._moving, matrix, self.shape)
        return warped, self._fixed_data & np.isfinite(warped)

    def _part(self, both: Mask) -> float:
        """Return the part of the fixed image's data that `both` holds; 0 if it has none."""
        return int(np.count_nonzero(both)) / max(1, int(np.count_nonzero(self._fixed_data)))


def check_settings(min_overlap: float, smoothing: float) -> None:
    """Refuse settings that are out of range."""
    if not 0 < min_overlap <= 1:
        raise ValueError(
            f"min_overlap is {min_overlap}; it is a part of the fixed image's data and must be "
            "above 0 and at most 1"
        )
    if not 0 <= smoothing < np.inf:
        raise ValueError(f"smoothing is {smoothing}; it is a width in pixels, 0 or positive")


def check_level(level: int, *shapes: tuple[int, ...]) -> None:
    """Refuse a pyramid level that does not exist or has too few pixels."""
    shortest = min(min(shape) for shape in shapes)
    if level < 0 or shortest // 2**level < SMALLEST:
        raise ValueError(
            f"level is {level}; it must be 0 or positive, and leave at least {SMALLEST} pixels "
            f"along every axis of both images, of which the shortest has {shortest}"
        )
