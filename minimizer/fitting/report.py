"""The report of a fit, as text."""

from __future__ import annotations

import math

from .curve import Fit
from .runs_test import Signs

TOO_FEW = """\

The residuals keep their sign for longer than chance explains (once in 1000 fits): the formula
lacks something, or this is a local minimum. Look at a plot, and start elsewhere."""


def report(fit: Fit, absolute: bool, weighted: bool, signs: Signs | None) -> str:
    """Return the report of a fit.

    Parameters
    ----------
    fit : Fit
    absolute, weighted : bool
        Whether the errors of the data are known; whether any are given.
    signs : Signs or None
        Signs of the residuals, if they can be judged.
    """
    trouble = fit.precision.trouble
    lines = [*parameters(fit), ""]
    if len(fit.names) > 1 and not trouble:
        lines += [*correlated(fit), ""]
    if fit.held and not trouble:
        them = " and ".join(fit.held)
        lines += [f"At a bound, and held there for the uncertainties of the others: {them}.", ""]
    if trouble:
        lines += [f"No uncertainties: {trouble}.", ""]
    name = "chi-square" if weighted else "residual sum of squares"
    lines.append(f"{name:<29}{fit.rss:.10g}")
    if fit.freedom > 0:
        text = f"{fit.deviation:.10g}  ({fit.freedom} degrees of freedom)"
        lines.append(f"{'residual standard deviation':<29}{text}")
    if not math.isnan(fit.r_squared):
        lines.append(f"{'R²':<29}{round(fit.r_squared, 8) + 0.0:.8f}")  # not -0
    if signs is not None:
        lines.append(f"{'signs of the residuals':<29}{signs}")
    source = "the errors given" if absolute else "the residuals"
    if not trouble:
        lines.append(f"{'uncertainties':<29}one standard deviation, from curvature and {source}")
    lines += ["", f"{fit.status.name}, {fit.evaluations} evaluations. {fit.message}"]
    if signs is not None and signs.few:
        lines.append(TOO_FEW)
    return "\n".join(lines)


def parameters(fit: Fit) -> list[str]:
    """Return one line per parameter, below a heading."""
    width = max(9, *(len(name) for name in fit.names))
    lines = [f"{'parameter':<{width}}{'value':>19}{'uncertainty':>16}{'relative':>11}{'digits':>8}"]
    known = fit.precision
    rows = zip(fit.names, fit.params, known.uncertainties, known.digits, strict=True)
    for name, value, error, digits in rows:
        share = f"{abs(error / value):.2%}" if value and math.isfinite(error) else "-"
        shown = f"{error:.5g}" if math.isfinite(error) else "-"
        right = f"{int(digits)}" if math.isfinite(digits) else "-"
        lines.append(f"{name:<{width}}{value:>19.10g}{shown:>16}{share:>11}{right:>8}")
    return lines


def correlated(fit: Fit) -> list[str]:
    """Return the lower triangle of the correlations."""
    width = max(12, *(len(name) + 2 for name in fit.names))
    lines = [f"{'correlations':<{width}}" + "".join(f"{name:>10}" for name in fit.names[:-1])]
    for i, name in enumerate(fit.names[1:], 1):
        row = "".join(_correlation(fit.precision.correlations[i, k]) for k in range(i))
        lines.append(f"{name:<{width}}{row}")
    return lines


def _correlation(value: float) -> str:
    return f"{value:>10.4f}" if math.isfinite(value) else f"{'-':>10}"
