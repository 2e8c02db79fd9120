"""Residuals or their sum: how many evaluations the one and the other need.

A peak on a falling background, 199 points. Run ``python examples/residuals_or_their_sum.py``.
It prints::

    sum: 14.978 after 1055 evaluations, success True
    residuals, confirmed: 14.978 after 217 evaluations, success True
    a = 10.00 ± 0.07
    b = -12.02 ± 0.05
    height = 5.84 ± 0.12
    width = 1.24 ± 0.03
    centre = 9.97 ± 0.03
"""

from __future__ import annotations

import numpy as np

from minimizer import least_squares, minimize

F = 0.25 * np.arange(1, 200)
RANDOM = np.random.default_rng(1)
Y = 10 - 12 * np.log10(F) + 6 * np.exp(-((F - 10) ** 2) / 2.88)
Y += 0.3 * RANDOM.standard_normal(F.size)
NAMES = ["a", "b", "height", "width", "centre"]
START = [1.0, 1.0, 1.0, 1.0, 9.0]


def residuals(p: np.ndarray) -> np.ndarray:
    """Return model less data, (m,): one number per data point."""
    a, b, height, width, centre = p
    return a + b * np.log10(F) + height * np.exp(-((F - centre) ** 2) / (2 * width**2)) - Y


def total(p: np.ndarray) -> float:
    """Sum of squares: one number."""
    return float((residuals(p) ** 2).sum())


def main() -> None:
    """Minimize both ways."""
    by_sum = minimize(total, START)
    by_residuals = least_squares(residuals, START, names=NAMES, confirm=True)
    for name, result, value in (
        ("sum", by_sum, by_sum.fun),
        ("residuals, confirmed", by_residuals, 2 * by_residuals.cost),
    ):
        print(f"{name}: {value:.3f} after {result.nfev} evaluations, success {result.success}")
    rows = zip(NAMES, by_residuals.x, by_residuals.uncertainties, strict=True)
    for name, value, error in rows:
        print(f"{name} = {value:.2f} ± {error:.2f}")


if __name__ == "__main__":
    main()
