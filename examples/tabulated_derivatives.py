"""Derivatives of tabulated data blow up: error estimates, steps, and a polynomial instead.

Differences of neighbours divide the noise by a step that is too short. Extrapolated differences
of the table are exact, but of the straight lines between its rows. A polynomial of a low degree
averages the noise; one of a high degree follows it. Run
``python examples/tabulated_derivatives.py``. It prints::

    true: first 0.5403, second -0.8415
    differences of neighbours: 0.5431, 1.2146: noise / h and / h²
    extrapolated: 0.5431 ± 0, of the line between rows
    of sin itself: 0.5403 ± 0
    Chebyshev polynomial of degree 4: 0.5392, -0.8479
    Chebyshev polynomial of degree 8: 0.5403, -0.8416
    Chebyshev polynomial of degree 60: 0.5423, -0.8225
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Chebyshev

from minimizer.derivatives import gradient

X = np.linspace(0.0, 3.0, 301)
NOISE = 1e-4 * np.random.default_rng(2).standard_normal(X.size)
Y = np.sin(X) + NOISE


def table(x: np.ndarray) -> float:
    """Return the table's value at x, linear between its rows."""
    return float(np.interp(x[0], X, Y))


def shown(error: float) -> str:
    """Return an error as text; rounding is not shown."""
    return f"{error:.1g}" if error > 1e-9 else "0"


def main() -> None:
    """Differentiate at 1 in several ways."""
    right, second = np.cos(1.0), -np.sin(1.0)
    i = int(np.searchsorted(X, 1.0))
    h = X[1] - X[0]
    neighbours = (Y[i + 1] - Y[i - 1]) / (2 * h)
    bend = (Y[i + 1] - 2 * Y[i] + Y[i - 1]) / h**2
    print(f"true: first {right:.4f}, second {second:.4f}")
    print(f"differences of neighbours: {neighbours:.4f}, {bend:.4f}: noise / h and / h²")
    found = gradient(table, [1.0], step=0.5)
    print(f"extrapolated: {found.value[0]:.4f} ± {shown(found.error[0])}, of the line between rows")
    exact = gradient(lambda x: np.sin(x[0]), [1.0])
    print(f"of sin itself: {exact.value[0]:.4f} ± {shown(exact.error[0])}")
    for degree in (4, 8, 60):
        fit = Chebyshev.fit(X, Y, degree)
        one, two = fit.deriv()(1.0), fit.deriv(2)(1.0)
        print(f"Chebyshev polynomial of degree {degree}: {one:.4f}, {two:.4f}")


if __name__ == "__main__":
    main()
