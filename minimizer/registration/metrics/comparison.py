"""A metric together with the images it compares, converted for the metric once.

A comparison is called with the matrix from fixed to moving index; it returns the number of pixels
where both images have data, and the cost there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from ...common.arrays import Array
from ..images.normalize import histogram_limits, normalized_gradient, residual_scale, standardized
from ..images.pixels import Pair
from .backend import Backend, find_backend
from .definitions import in_bins
from .least_squares import Squares, moments_of
from .scratch import PerThread


class Comparison(ABC):
    """Compares the two images of a pair.

    Parameters
    ----------
    pair : Pair
        The images.
    backend : str or None
        See `find_backend`.
    """

    def __init__(self, pair: Pair, backend: str | None) -> None:
        self.pair = pair
        self.n_pixels = pair.runs.count
        self._backend_name = backend
        self._backend: Backend = find_backend(backend, pair.fixed.ndim)
        runs = pair.runs
        self._walk = runs.start, runs.length, runs.first
        self._holes = pair.cells, pair.missing
        self._frame = pair.frame
        self.scale = 1.0  # usual size of the cost

    @abstractmethod
    def __call__(self, matrix: Array) -> tuple[int, float]:
        """Return the number of pixels where both have data, and the cost."""

    def squares(self, matrix: Array, slopes: Array) -> tuple[int, float, Squares]:
        """Return the same with the residuals' squares and their slopes, if there are residuals.

        Parameters
        ----------
        matrix : ndarray (ndim + 1, ndim + 1)
            From fixed to moving index.
        slopes : ndarray (n, ndim, ndim + 1)
            Its derivatives by the parameters.
        """
        raise NotImplementedError(f"{type(self).__name__} is not a metric of least squares")

    @property
    def backend(self) -> str:
        """Name of the code that computes the sums."""
        return self._backend.name

    def without_content(self) -> float:
        """Return the value to take for NaN among other channels, for the matrix of the last call.

        It is the value for unrelated images, as a constant channel carries no information.
        """
        return float("nan")

    @property
    def parts(self) -> list[Comparison]:
        """The comparisons of the channels: of an image with one channel this one."""
        return [self]

    def __getstate__(self) -> dict[str, object]:
        return {key: value for key, value in vars(self).items() if key != "_backend"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self._backend = find_backend(self._backend_name, self.pair.fixed.ndim)


class Moments(Comparison):
    """Metrics of the moments: count, sums and sums of products of the values.

    Parameters
    ----------
    finish : callable
        Returns the metric of the moments (7,).
    normalize : bool
        Whether the values of each image are brought to mean 0 and standard deviation 1 first.
    squares : callable, optional
        Returns the metric's `Squares` of the products of values and slopes.
    """

    def __init__(
        self,
        pair: Pair,
        backend: str | None,
        bins: int,
        spacing: Array,
        moving_spacing: Array,
        *,
        finish: Callable[[Array], float],
        normalize: bool = False,
        squares: Callable[[Array], Squares] | None = None,
    ) -> None:
        super().__init__(pair, backend)
        self._finish, self._normalize, self._squares = finish, normalize, squares
        self._fixed = pair.values_of(pair.fixed).astype(np.float64, copy=False)
        self._moving = pair.moving
        if normalize:  # sums of squares lose digits where the mean is far from 0
            self._fixed, self._moving = standardized(self._fixed), standardized(self._moving)
        else:
            self.scale = float(self._fixed.var())
        self._scratch = PerThread((7,))

    def __call__(self, matrix: Array) -> tuple[int, float]:
        """Return the number of pixels where both have data, and the cost."""
        (sums,) = self._scratch.arrays
        self._backend.moments(
            self._fixed, *self._walk, self._moving, *self._holes, matrix, self._frame, sums
        )
        return int(sums[0]), self._finish(sums)

    def without_content(self) -> float:
        """Return no correlation, or the mean squared difference."""
        (sums,) = self._scratch.arrays
        return 0.0 if self._normalize else float(sums[6] / max(1.0, sums[0]))

    def squares(self, matrix: Array, slopes: Array) -> tuple[int, float, Squares]:
        """Return the same with the residuals' squares and their slopes."""
        assert self._squares is not None
        n = len(slopes)
        gram, nothing = np.zeros((4 + n, 4 + n)), Squares(np.nan, np.zeros(n), np.zeros((n, n)))
        self._backend.gram(
            self._fixed, *self._walk, self._moving, *self._holes, matrix, self._frame, slopes, gram
        )
        value = self._finish(moments_of(gram))
        return int(gram[0, 0]), value, nothing if np.isnan(value) else self._squares(gram)


class Robust(Comparison):
    """A bounded loss of the differences, whose scale is a robust estimate of usual ones.

    Parameters
    ----------
    finish : callable
        Returns the metric of the sums (6,).
    """

    def __init__(
        self,
        pair: Pair,
        backend: str | None,
        bins: int,
        spacing: Array,
        moving_spacing: Array,
        *,
        finish: Callable[[Array], float],
    ) -> None:
        super().__init__(pair, backend)
        self._finish = finish
        self._loss_scale = max(residual_scale(pair.fixed), 1e-150)
        values = pair.values_of(pair.fixed)
        middle = float(values.mean()) if values.size else 0.0
        self._fixed, self._moving = values - middle, pair.moving - middle
        self._scratch = PerThread((6,))

    def __call__(self, matrix: Array) -> tuple[int, float]:
        """Return the number of pixels where both have data, and the cost."""
        (sums,) = self._scratch.arrays
        self._backend.robust(
            self._fixed,
            *self._walk,
            self._moving,
            *self._holes,
            matrix,
            self._frame,
            self._loss_scale,
            sums,
        )
        return int(sums[0]), self._finish(sums)


class Joint(Comparison):
    """Metrics of the joint histogram.

    Parameters
    ----------
    finish : callable
        Returns the metric of the joint histogram (bins, bins + 1).
    """

    def __init__(
        self,
        pair: Pair,
        backend: str | None,
        bins: int,
        spacing: Array,
        moving_spacing: Array,
        *,
        finish: Callable[[Array], float],
    ) -> None:
        super().__init__(pair, backend)
        self._finish = finish
        fixed = pair.values_of(pair.fixed)
        data = pair.moving[~pair.missing] if pair.missing.size else pair.moving
        self._fixed = np.rint(in_bins(fixed, histogram_limits(fixed), bins)).astype(np.int32)
        self._moving = in_bins(pair.moving, histogram_limits(data), bins).astype(
            np.float32, copy=False
        )
        self._scratch = PerThread((4, bins, bins + 1), (bins, bins + 1), (4,))

    def __call__(self, matrix: Array) -> tuple[int, float]:
        """Return the number of pixels where both have data, and the cost."""
        lanes, total, out = self._scratch.arrays
        lanes[:] = 0.0
        self._add_up(matrix, lanes, out)
        if out[2] - out[1] <= 1e-9:
            return int(out[0]), float("nan")
        np.sum(lanes, axis=0, out=total)
        return int(out[0]), self._finish(total)

    def without_content(self) -> float:
        """Return the value of independent images."""
        return self._finish(np.ones(self._scratch.arrays[1].shape))

    def _add_up(self, matrix: Array, lanes: Array, out: Array) -> None:
        """Fill the histogram."""
        self._backend.joint(
            self._fixed, *self._walk, self._moving, *self._holes, matrix, self._frame, lanes, out
        )


class Gradient(Joint):
    """Pluim's product of NMI and gradient similarity.

    Notes
    -----
    Departing from the paper, the gradients of each image are divided by the mean of their norms, as
    "the smaller of two norms" has no meaning between modalities; and the sum over the overlap is
    divided by the number of fixed pixels, which makes the value independent of the resolution. It
    still grows with the overlap, as in the paper: tiny overlaps are not favoured.
    """

    def __init__(
        self,
        pair: Pair,
        backend: str | None,
        bins: int,
        spacing: Array,
        moving_spacing: Array,
        *,
        finish: Callable[[Array], float],
    ) -> None:
        super().__init__(pair, backend, bins, spacing, moving_spacing, finish=finish)
        slope = normalized_gradient(np.where(np.isfinite(pair.fixed), pair.fixed, np.nan), spacing)
        self._slope = np.ascontiguousarray(pair.values_of(slope), dtype=np.float64)
        moving = pair.moving
        if pair.missing.size:
            moving = np.where(pair.missing, np.nan, moving)
        # The chain rule applies to the gradient per step of the moving index.
        per_index = normalized_gradient(moving, moving_spacing)
        per_index *= moving_spacing
        self._stack = np.concatenate([self._moving[..., None], per_index], -1, dtype=np.float32)
        self._inverse_spacing = 1 / spacing[:, None]

    def __call__(self, matrix: Array) -> tuple[int, float]:
        """Return the number of pixels where both have data, and the cost."""
        n, value = super().__call__(matrix)
        return n, value * float(self._scratch.arrays[2][3]) / self.n_pixels

    def without_content(self) -> float:
        """Return no similarity."""
        return 0.0

    def _add_up(self, matrix: Array, lanes: Array, out: Array) -> None:
        """Fill the histogram, and add up the similarity of the gradients."""
        chain = np.ascontiguousarray(matrix[:-1, :-1].T * self._inverse_spacing)
        self._backend.gradient(
            self._fixed,
            self._slope,
            *self._walk,
            self._stack,
            *self._holes,
            matrix,
            self._frame,
            chain,
            lanes,
            out,
        )
