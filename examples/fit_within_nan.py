"""A fit that NaN keeps within bounds: shares of three substances in a mixture.

No share may be negative, and together they are at most 1: the cost is NaN elsewhere, no more is
needed. Here the best shares lie on the edge of what is allowed. The answer that is known is that of
least squares along this edge. Run ``python examples/fit_within_nan.py``. It prints::

    SUCCESS, 355 of 946 evaluations were NaN
    found  [0.46347 0.37572 0.16082], together 1.000000, cost 0.047777
    known  [0.46347 0.37572 0.16082], together 1.000000, cost 0.047777
"""

from __future__ import annotations

import math

import numpy as np

from minimizer import Minimizer

WAVES = np.linspace(400.0, 700.0, 61)  # nanometres
SPECTRA = np.array([np.exp(-(((WAVES - peak) / 40.0) ** 2)) for peak in (470.0, 530.0, 600.0)])
MEASURED = np.array([0.5, 0.4, 0.2]) @ SPECTRA + 0.01 * np.sin(WAVES)  # together 1.1: too much


def cost(shares: np.ndarray) -> float:
    """Sum of squares; NaN where the shares are impossible."""
    if shares.min() < 0.0 or shares.sum() > 1.0:
        return math.nan
    r = MEASURED - shares @ SPECTRA
    return float(r @ r)


def on_the_edge() -> np.ndarray:
    """Least squares with the shares adding up to 1: the third is what the others leave."""
    first, second, third = SPECTRA
    design = np.column_stack([first - third, second - third])
    a, b = np.linalg.lstsq(design, MEASURED - third, rcond=None)[0]
    return np.array([a, b, 1.0 - a - b])


def main() -> None:
    """Fit, and print the shares beside those that are known."""
    m = Minimizer(cost, 3)
    status = m.minimize([0.3, 0.3, 0.3])
    known = on_the_edge()
    print(f"{status}, {m.nan_evaluations} of {m.evaluations} evaluations were NaN")
    for name, shares in (("found", m.params), ("known", known * (1 - 1e-15))):
        print(f"{name}  {shares.round(5)}, together {shares.sum():.6f}, cost {cost(shares):.6f}")


if __name__ == "__main__":
    main()
