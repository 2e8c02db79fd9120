"""Check that a Jacobian belongs to a function, by one comparison with differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .arrays import Array
from .ridders import jacobian

CLOSE = 1e-5  # of a column: more is not the error of a Jacobian that is made of differences


def check_jacobian(
    fun: Callable[[Array], Any],
    jac: Callable[[Array], Any],
    x: Any,
    *,
    names: Sequence[str] | None = None,
) -> None:
    """Compare a Jacobian with differences at one point.

    Parameters
    ----------
    fun : callable
        ``fun(x)`` returns residuals (m,).
    jac : callable
        ``jac(x)`` returns their derivatives (m, n).
    x : array (n,)
        Point at which both are compared.
    names : sequence of str, optional
        Names of the parameters, for the error.

    Raises
    ------
    ValueError
        If the shape is wrong, if it is transposed, or if a column is wrong; the message names the
        column.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer.derivatives import check_jacobian
    >>> def fun(x):
    ...     return np.array([x[0] * x[1], x[0] ** 2])
    >>> check_jacobian(fun, lambda x: [[x[1], x[0]], [2 * x[0], 0.0]], [1.0, 3.0])
    >>> check_jacobian(fun, lambda x: [[x[1], x[0]], [x[0], 0.0]], [1.0, 3.0])
    Traceback (most recent call last):
    ...
    ValueError: jac is wrong in column 0 (x[0]) at [1.0, 3.0]: in row 1 it is 1, differences give 2
    """
    point = np.array(x, dtype=np.float64, ndmin=1)
    found = np.asarray(jac(point.copy()), dtype=np.float64)
    right, error = jacobian(fun, point)
    where = point.tolist()
    if found.shape != right.shape:
        hint = " (transpose it)" if found.shape == right.shape[::-1] else ""
        raise ValueError(
            f"jac returned an array of shape {found.shape} at {where}; it must be {right.shape}, "
            f"one row per residual and one column per parameter{hint}"
        )
    if not _differs(found, right, error).any():
        return
    if found.shape[0] == found.shape[1] and not _differs(found.T, right, error).any():
        raise ValueError(f"jac is transposed at {where}: its rows must be residuals")
    i, j = np.unravel_index(int(np.argmax(_excess(found, right, error))), found.shape)
    name = f"x[{j}]" if names is None else names[int(j)]
    raise ValueError(
        f"jac is wrong in column {j} ({name}) at {where}: in row {i} it is "
        f"{float(found[i, j]):.6g}, differences give {float(right[i, j]):.6g}"
    )


def _excess(found: Array, right: Array, error: Array) -> Array:
    """Return how far elements are off, in units of what is allowed."""
    sizes = np.sqrt(np.add.reduce(np.nan_to_num(right) ** 2, axis=0))
    allowed = CLOSE * np.maximum(sizes, abs(np.nan_to_num(right))) + 10.0 * np.nan_to_num(error)
    off = np.where(np.isnan(right), 0.0, abs(found - right))
    return np.asarray(off / np.where(allowed > 0.0, allowed, 1e-300))


def _differs(found: Array, right: Array, error: Array) -> Array:
    return np.asarray(_excess(found, right, error) > 1.0)
