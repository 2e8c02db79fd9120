"""The cost along each parameter: a funnel, a valley or a trap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..common import checks
from ..common.arrays import Array
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_profile(
    fun: Callable[[Array], Any],
    params: Any,
    widths: Any,
    *,
    names: Sequence[str] | None = None,
    points: int = 201,
    ax: Axes | None = None,
) -> Axes:
    """Plot the cost along each parameter through a point, with the others held.

    Parameters
    ----------
    fun : callable
        ``fun(params) -> float``.
    params : array (n,)
        The point, usually the result of a minimization.
    widths : array (n,) or float
        Largest distance from it, on both sides, per parameter.
    names : sequence of str, optional
        Names of the parameters; by default their numbers.
    points : int
        Evaluations per parameter.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        One line per parameter, with gaps where the function is NaN, each ended by a cross. A
        triangle marks a value lower than that of the point, which is then not the minimum.

    Raises
    ------
    ValueError, TypeError
        If the widths are not positive or do not fit the parameters.
    ImportError
        Without matplotlib.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from minimizer.plot import plot_profile
    >>> ax = plot_profile(lambda x: x[0] ** 2 + 9 * x[1] ** 2, [0.0, 0.0], 1.0)
    >>> [line.get_label() for line in ax.lines[:2]]
    ['parameter 0 ± 1', 'parameter 1 ± 1']
    """
    centre = checks.vector("params", params)
    if not np.isfinite(centre).all():
        raise ValueError(f"params is {centre.tolist()}; it must be finite, such as a result")
    given = np.broadcast_to(widths, centre.shape) if np.ndim(widths) == 0 else widths
    sizes = checks.variations("widths", given)
    assert sizes is not None
    checks.of_length("widths", sizes, centre.size)
    names = names or [f"parameter {i}" for i in range(centre.size)]
    checks.of_length("names", np.arange(len(names), dtype=float), centre.size)
    drawn = ax or style.new_axes()
    at_point = _value(fun, centre)
    steps = np.linspace(-1.0, 1.0, points)
    lines = [profile(fun, centre, i, steps * sizes[i]) for i in range(centre.size)]
    for i, values in enumerate(lines):
        text = f"{names[i]} ± {sizes[i]:.3g}"
        drawn.plot(steps, values, lw=1.8, label=text, **style.line(i))
    ends = np.vstack([edges(steps, values) for values in lines])
    if ends.size:
        drawn.plot(*ends.T, "x", color="black", ms=7, mew=1.6, zorder=5, label="beyond: NaN")
    mark: dict[str, Any]
    lower = [(steps[k], v[k]) for v in lines for k in [_lowest(v)] if v[k] < at_point]
    if lower:
        mark = {"mec": "black", "ms": 10, "label": "lower than the point"}
        drawn.plot(*np.array(lower).T, "v", color=style.ORANGE, **mark)
    mark = {"mec": "black", "ms": 8, "label": f"the point, {at_point:.6g}", "zorder": 4}
    drawn.plot(0.0, at_point, "o", color="white", **mark)
    drawn.set(xlabel="distance from the point, in widths", ylabel="value", xlim=(-1.04, 1.04))
    drawn.grid(alpha=0.3)
    drawn.legend(fontsize=9)
    return drawn


def profile(fun: Callable[[Array], Any], centre: Array, i: int, steps: Array) -> Array:
    """Return the values at `steps` from the centre in parameter `i`."""
    direction = np.eye(centre.size)[i]
    return np.array([_value(fun, centre + step * direction) for step in steps])


def edges(steps: Array, values: Array) -> Array:
    """Return the last points (k, 2) before NaN, on either side of each gap."""
    valid = np.isfinite(values)
    beside = np.zeros_like(valid)
    beside[:-1] |= ~valid[1:]
    beside[1:] |= ~valid[:-1]
    return np.column_stack([steps, values])[valid & beside]


def _value(fun: Callable[[Array], Any], params: Array) -> float:
    with np.errstate(all="ignore"):
        return float(fun(params.copy()))


def _lowest(values: Array) -> int:
    return int(np.where(np.isnan(values), np.inf, values).argmin())
