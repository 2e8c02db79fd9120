"""The results of the runs beside each other, to show whether they agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..common.arrays import Array
from ..common.records import RunRecord
from ..simplex import closeness, rules
from ..simplex.agreement import EDGE, EPSILON
from . import style
from .sources import best_of, runs_of, status_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_SHARE = 1e-3  # of the greatest parameter, for those near 0
LEAST = 1e-6  # of the tolerance: smaller differences are drawn at 0


def plot_runs(m: Any, *, ax: Axes | None = None) -> Axes:
    """Plot the distance of the value and the parameters of each run from those of the best.

    Parameters
    ----------
    m : Minimizer or OptimizeResult
        No trace is needed. An `OptimizeResult` is taken to have the default error limits.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        One marker per run in the column of the value and in that of each parameter: the difference
        from the best run, in units of the tolerance. Two runs agree if the value is below the
        dashed line, or if all parameters are. The tolerance of the value is `max_rel_error` or
        `max_abs_error`, 100 times as much at the edge of a NaN region, or the rounding of the
        descent; that of a parameter is 1e-7 (but not less than for a thousandth of the greatest
        one), or its resolution. Runs without a value are in the legend only. The title shows the
        status.

    Raises
    ------
    ValueError
        If no run has a finite value.
    ImportError
        Without matplotlib.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> from minimizer import Minimizer
    >>> from minimizer.plot import plot_runs
    >>> m = Minimizer(lambda x: (x[0] - 1) ** 2 + 5)
    >>> status = m.minimize([3.0])
    >>> ax = plot_runs(m)
    >>> ax.get_title(), [text.get_text() for text in ax.get_xticklabels()]
    ('SUCCESS, 2 runs', ['value', 'parameter 0'])
    """
    runs = runs_of(m)
    best = min((run for run in runs if has_value(run)), key=lambda run: run.function_value)
    n = best_of(m)[0].size
    drawn = ax or style.new_axes(max(5.0, 2.4 + 0.8 * n), 4.4)
    drawn.set_yscale("symlog", linthresh=LEAST, linscale=0.6)
    shifts = np.linspace(-0.25, 0.25, len(runs)) if len(runs) > 1 else np.zeros(1)
    for i, run in enumerate(runs):
        off = (
            differences(run, best) / agreement_tolerances(m, run, best)
            if has_value(run)
            else np.empty(0)
        )
        mark = style.marker(i) | {"ms": 9 - 2 * (i % 2), "linestyle": "none", "clip_on": False}
        status = "cut short" if run.status is None else run.status.name
        text = f"run {i}: {run.function_value:.8g}, {status}"
        drawn.plot(np.arange(off.size) + shifts[i], off, label=text, **mark)
    drawn.axhline(1.0, color="0.3", ls="--", lw=1.2, label="below: within the tolerance")
    drawn.axvline(0.5, color="0.8", lw=1.0)
    many = "run" if len(runs) == 1 else "runs"
    drawn.set_title(f"{status_of(m)}, {len(runs)} {many}")
    drawn.set_ylabel("difference from the best run,\nin units of the tolerance")
    drawn.set_xticks(range(n + 1), ["value", *(f"parameter {i}" for i in range(n))])
    drawn.tick_params(axis="x", rotation=30 if n > 4 else 0)
    drawn.set_xlim(-0.5, n + 0.5)
    drawn.set_ylim(0.0, max(1e3, 10.0 * drawn.dataLim.y1))
    powers = np.arange(np.log10(LEAST) + 2.0, np.log10(drawn.get_ylim()[1]) + 0.1, 2)
    drawn.set_yticks([0.0, *10.0**powers])
    drawn.grid(axis="y", alpha=0.3)
    drawn.legend(fontsize=8, loc="best")
    return drawn


def has_value(run: RunRecord) -> bool:
    """Return whether a run found a finite value."""
    return bool(np.isfinite(run.function_value))


def differences(run: RunRecord, best: RunRecord) -> Array:
    """Return the distances of value and parameters from those of the best run, (n + 1,)."""
    value = abs(run.function_value - best.function_value)
    return np.concatenate([[value], abs(run.params - best.params)])


def agreement_tolerances(m: Any, run: RunRecord, best: RunRecord) -> Array:
    """Return the differences up to which runs agree, (n + 1,); see `simplex.agreement`."""
    tolerances = getattr(m, "tolerances", None)
    if tolerances is not None:
        return np.concatenate([[tolerances.value], np.full(run.params.size, tolerances.params)])
    active = rules.as_rules(getattr(m, "rules", "robust"))
    edge = EDGE if active.agree_at_edge and run.at_edge and best.at_edge else 1.0
    value = max(
        edge * getattr(m, "max_rel_error", 1e-10) * max(abs(run.function_value), 1e-100),
        edge * getattr(m, "max_abs_error", 1e-100),
        EPSILON * min(run.descent, best.descent) if active.agree_by_descent else 0.0,
    )
    sizes = np.maximum(abs(run.params), abs(best.params))
    params = closeness.SAME_PARAM * np.maximum(sizes, LEAST_SHARE * (sizes.max() or 1.0))
    resolutions = getattr(m, "param_resolutions", None)
    if resolutions is not None:
        params = np.maximum(params, resolutions)
    return np.concatenate([[value], params])
