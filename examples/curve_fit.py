"""A curve fit with uncertainties and correlations from the curvature at the minimum.

The data are NIST's Misra1a, the absorption of a dental material; beside the results stand the
values that NIST certifies. Run ``python examples/curve_fit.py``. It prints::

    SUCCESS, sum of squares 0.1245513889, 542 evaluations
    a = 238.9421 ± 2.707   NIST: 238.9421 ± 2.707
    b = 0.0005501564 ± 7.267e-06   NIST: 0.0005501564 ± 7.267e-06
    correlation of a and b: -0.998776
"""

from __future__ import annotations

import numpy as np

from minimizer import Minimizer
from minimizer.curvature import correlations, covariance

X = np.array([77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1])
X = np.append(X, [689.1, 760.0])
Y = np.array([10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40])
Y = np.append(Y, [75.47, 81.78])
CERTIFIED = [(238.94212918, 2.7070075241), (5.5015643181e-4, 7.2668688436e-6)]


def residuals(params: np.ndarray) -> np.ndarray:
    """Return data less model, (m,)."""
    a, b = params
    return Y - a * (1 - np.exp(-b * X))


def cost(params: np.ndarray) -> float:
    """Sum of squares."""
    r = residuals(params)
    return float(r @ r)


def main() -> None:
    """Fit, and print the parameters with their uncertainties."""
    m = Minimizer(cost, 2)
    m.max_rel_error = 1e-13  # the parameters are then right to half as many digits or more
    status = m.minimize([500.0, 1e-4])  # NIST's first start
    cov = covariance(residuals, m.params)
    deviations = np.sqrt(np.diag(cov))
    print(f"{status}, sum of squares {m.function_value:.10g}, {m.evaluations} evaluations")
    for name, value, error, certified in zip("ab", m.params, deviations, CERTIFIED, strict=True):
        nist = "{:.7g} ± {:.4g}".format(*certified)
        print(f"{name} = {value:.7g} ± {error:.4g}   NIST: {nist}")
    print(f"correlation of a and b: {correlations(cov)[0, 1]:.6f}")


if __name__ == "__main__":
    main()
