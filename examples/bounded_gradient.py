"""The gradient at a bounded minimum, why it is not zero at an active bound, and what flat means.

A decay is fitted with a rate of at most 1.2, which the data exceed. Run
``python examples/bounded_gradient.py``. It prints::

    amplitude 1.9702, gradient 0.0000, free
    rate      1.2000, gradient -0.2317, at its upper bound
    offset    0.2102, gradient 0.0000, free
    a step of 1e-3 beyond the bound would lower the cost by 2.29e-04: -gradient * step
    curvature along the principal axes: 35.1, 2.12, 0.608: all positive, a minimum
    the flattest axis is the least certain: 0.019, beside 0.002 along the steepest
"""

from __future__ import annotations

import numpy as np

from minimizer import least_squares
from minimizer.derivatives import gradient, hessian

T = np.linspace(0.0, 3.0, 31)
Y = 2.0 * np.exp(-1.5 * T) + 0.3 + 0.02 * np.sin(25.0 * T)
NAMES = ["amplitude", "rate", "offset"]
WHERE = {-1: "at its lower bound", 0: "free", 1: "at its upper bound"}


def residuals(p: np.ndarray) -> np.ndarray:
    """Return model less data, (m,)."""
    return p[0] * np.exp(-p[1] * T) + p[2] - Y


def cost(p: np.ndarray) -> float:
    """Half the sum of squares, which `least_squares` minimizes."""
    return 0.5 * float((residuals(p) ** 2).sum())


def main() -> None:
    """Fit within bounds, and look at first and second derivatives there."""
    result = least_squares(residuals, [1, 1, 0], bounds=([0, 0, -1], [9, 1.2, 1]), names=NAMES)
    slope = gradient(cost, result.x).value
    for name, value, g, active in zip(NAMES, result.x, slope, result.active_mask, strict=True):
        print(f"{name:<9} {value:.4f}, gradient {round(g, 4) + 0.0:.4f}, {WHERE[int(active)]}")
    beyond = cost(result.x) - cost(result.x + np.array([0, 1e-3, 0]))
    print(f"a step of 1e-3 beyond the bound would lower the cost by {beyond:.2e}: -gradient * step")

    free = least_squares(residuals, [1, 1, 0])
    curvature = np.linalg.eigvalsh(hessian(cost, free.x).value)[::-1]
    shown = ", ".join(f"{c:.3g}" for c in curvature)
    print(f"curvature along the principal axes: {shown}: all positive, a minimum")
    scatter = np.sqrt(2.0 * free.cost / (T.size - 3)) / np.sqrt(curvature)
    print(
        f"the flattest axis is the least certain: {scatter[-1]:.3f}, beside {scatter[0]:.3f} along "
        "the steepest"
    )


if __name__ == "__main__":
    main()
