"""Definitions of the metrics.

Each is given twice: for values (the functions `ssd`, `ncc`, `nmi`, `mi`, which are examples of a
custom metric), and for the sums that the kernels make of them. A metric is NaN, "out of bounds",
where one of the images is constant.

References
----------
S. Geman, D. E. McClure, Statistical methods for tomographic image reconstruction, Bulletin of the
International Statistical Institute 52 (1987) 5-21, for the bounded loss.

C. Studholme, D. L. G. Hill, D. J. Hawkes, An overlap invariant entropy measure of 3D medical image
alignment, Pattern Recognition 32 (1999) 71-86.

J. P. W. Pluim, J. B. A. Maintz, M. A. Viergever, Image registration by maximization of combined
mutual information and gradient information, IEEE Trans. Med. Imaging 19 (2000) 809-814.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ...common.arrays import Array

Metric = Callable[[Array, Array, Array], float]

BINS = 32
"""Number of bins of the histograms, per image."""

FLAT = 1e-12
"""Values are constant if their variance is below this part of their mean square."""


def ssd(fixed: Array, warped: Array, weights: ArrayLike = 1.0) -> float:
    """Return the mean squared difference.

    Parameters
    ----------
    fixed, warped : ndarray (n,)
        Values of both images at the same points.
    weights : ndarray (n,)
        Weight of each point.

    Examples
    --------
    >>> import numpy as np
    >>> ssd(np.array([0.0, 1.0]), np.array([0.0, 3.0]))
    2.0
    """
    return ssd_of(moments(fixed, warped, weights))


def ncc(fixed: Array, warped: Array, weights: ArrayLike = 1.0) -> float:
    """Return minus the normalized cross-correlation, Pearson's r; parameters as in `ssd`.

    Examples
    --------
    >>> import numpy as np
    >>> round(ncc(np.array([0.0, 1.0, 2.0]), np.array([7.0, 5.0, 3.0])), 12)
    1.0
    """
    return ncc_of(moments(fixed - fixed.mean(), warped - warped.mean(), weights))


def robust(fixed: Array, warped: Array, weights: ArrayLike = 1.0, scale: float = 1.0) -> float:
    """Return the mean of d² / (d² + scale²), d the difference: Geman and McClure's bounded loss.

    Where d is small against the scale it is d² / scale², as in `ssd`; a pixel that differs by more,
    because something covers it in one image, counts at most 1 and no longer pulls at the alignment.

    Examples
    --------
    >>> import numpy as np
    >>> round(robust(np.array([0.0, 1.0]), np.array([0.1, 100.0])), 3)
    0.505
    """
    squared = (fixed - warped) ** 2
    w = np.broadcast_to(np.asarray(weights, dtype=np.float64), fixed.shape)
    if np.ptp(fixed) == 0 or np.ptp(warped) == 0:
        return math.nan
    return float(w @ (squared / (squared + scale**2)) / w.sum())


def nmi(fixed: Array, warped: Array, weights: ArrayLike = 1.0, bins: int = BINS) -> float:
    """Return minus the normalized mutual information, (H(F) + H(M)) / H(F, M).

    Parameters
    ----------
    fixed, warped, weights : ndarray (n,)
        As in `ssd`.
    bins : int
        Bins from the smallest to the largest value. A fixed value is counted in the nearest bin,
        a warped one in its two neighbouring bins (linear partial volume).

    Examples
    --------
    >>> import numpy as np
    >>> values = np.arange(64.0)
    >>> round(nmi(values, values[::-1] ** 2, bins=4), 3)
    -1.34
    """
    return nmi_of(histogram(fixed, warped, weights, bins))


def mi(fixed: Array, warped: Array, weights: ArrayLike = 1.0, bins: int = BINS) -> float:
    """Return minus the mutual information in nats; parameters as in `nmi`.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([0.0, 1.0, 0.0, 1.0])
    >>> round(float(mi(values, 1 - values, bins=2) / np.log(2)), 12)
    -1.0
    """
    return mi_of(histogram(fixed, warped, weights, bins))


def moments(fixed: Array, warped: Array, weights: ArrayLike = 1.0) -> Array:
    """Return the sums (7,) of w, f, m, ff, mm, fm and (f - m)²."""
    w = np.broadcast_to(np.asarray(weights, dtype=np.float64), fixed.shape)
    f, m, d = fixed, warped, fixed - warped
    return np.array([w.sum(), w @ f, w @ m, w @ f**2, w @ m**2, w @ (f * m), w @ d**2])


def histogram(fixed: Array, warped: Array, weights: ArrayLike, bins: int) -> Array:
    """Return the joint histogram (bins, bins + 1)."""
    w = np.broadcast_to(np.asarray(weights, dtype=np.float64), fixed.shape)
    f, m = (in_bins(values, (values.min(), values.max()), bins) for values in (fixed, warped))
    total = np.zeros((bins, bins + 1))
    whole = m.astype(np.intp)
    np.add.at(total, (np.rint(f).astype(np.intp), whole), w * (1 - (m - whole)))
    np.add.at(total, (np.rint(f).astype(np.intp), whole + 1), w * (m - whole))
    return total


def in_bins(values: Array, limits: tuple[float, float], bins: int) -> Array:
    """Return values in units of bins: 0 at the lower limit, bins - 1 at the upper."""
    low, high = limits
    scale = (bins - 1) / (high - low) if high > low else 0.0
    scaled: Array = values - low
    scaled *= scale
    return np.clip(scaled, 0.0, bins - 1.0, out=scaled)


def ssd_of(sums: Array) -> float:
    """Return the mean squared difference of the moments."""
    n, f, m, ff, mm, _, dd = sums.tolist()
    if _is_flat(n, f, ff) or _is_flat(n, m, mm):
        return math.nan
    return float(dd / n)


def ncc_of(sums: Array) -> float:
    """Return minus the correlation of the moments."""
    n, f, m, ff, mm, fm, _ = sums.tolist()
    if _is_flat(n, f, ff) or _is_flat(n, m, mm):
        return math.nan
    r = (fm - f * m / n) / math.sqrt((ff - f * f / n) * (mm - m * m / n))
    return float(-max(-1.0, min(1.0, r)))


def robust_of(sums: Array) -> float:
    """Return the mean bounded residual of the sums of n, f, m, ff, mm and of the residuals."""
    n, f, m, ff, mm, total = sums.tolist()
    if _is_flat(n, f, ff) or _is_flat(n, m, mm):
        return math.nan
    return float(total / n)


def nmi_of(total: Array) -> float:
    """Return minus the normalized mutual information of a joint histogram."""
    f, m, both = entropies(total)
    return -(f + m) / both if f > 0 else math.nan


def mi_of(total: Array) -> float:
    """Return minus the mutual information of a joint histogram."""
    f, m, both = entropies(total)
    return both - f - m if f > 0 else math.nan


def entropies(total: Array) -> tuple[float, float, float]:
    """Return the entropies in nats of the rows, of the columns, and of both together."""
    n = total.sum()
    return (
        _entropy(total.sum(axis=1), n),
        _entropy(total.sum(axis=0), n),
        _entropy(total.ravel(), n),
    )


def _entropy(counts: Array, n: float) -> float:
    """Return the entropy in nats of counts that add up to `n`."""
    some = counts[counts > 0]
    return float(np.log(n) - some @ np.log(some) / n)


def _is_flat(n: float, total: float, squares: float) -> bool:
    """Return whether values with this count, sum and sum of squares are all the same."""
    return n < 2 or squares - total * total / n <= FLAT * squares
