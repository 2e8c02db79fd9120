"""The report of a fit, as text."""

from __future__ import annotations

import math

from .curve import Fit


def report(fit: Fit, absolute: bool, weighted: bool) -> str:
    """Return the lines that are printed.

    Parameters
    ----------
    fit : Fit
    absolute, weighted : bool
        Whether the errors of the data are known; whether there are any.
    """
    lines = [*parameters(fit), ""]
    if len(fit.names) > 1 and not fit.trouble:
        lines += [*correlated(fit), ""]
    if fit.held and not fit.trouble:
        them = " and ".join(fit.held)
        lines += [f"At a bound, and held there for the uncertainties of the others: {them}.", ""]
    if fit.trouble:
        lines += [f"No uncertainties: {fit.trouble}.", ""]
    name = "chi-square" if weighted else "residual sum of squares"
    lines.append(f"{name:<29}{fit.rss:.10g}")
    if fit.freedom > 0:
        text = f"{fit.deviation:.10g}  ({fit.freedom} degrees of freedom)"
        lines.append(f"{'residual standard deviation':<29}{text}")
    if not math.isnan(fit.r_squared):
        lines.append(f"{'R²':<29}{fit.r_squared:.8f}")
    source = "the errors given" if absolute else "the residuals"
    if not fit.trouble:
        lines.append(
            f"{'uncertainties':<29}one standard deviation, from the curvature and {source}"
        )
    lines += ["", f"{fit.status.name}, {fit.evaluations} evaluations. {fit.message}"]
    return "\n".join(lines)


def parameters(fit: Fit) -> list[str]:
    """Return a line a parameter."""
    width = max(9, *(len(name) for name in fit.names))
    lines = [f"{'parameter':<{width}}{'value':>19}{'uncertainty':>16}{'relative':>11}{'digits':>8}"]
    rows = zip(fit.names, fit.params, fit.uncertainties, fit.digits, strict=True)
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
        row = "".join(_correlation(fit.correlations[i, k]) for k in range(i))
        lines.append(f"{name:<{width}}{row}")
    return lines


def _correlation(value: float) -> str:
    return f"{value:>10.4f}" if math.isfinite(value) else f"{'-':>10}"
