"""Along the joint least-squares direction: both parameters at once, without oscillation.

Two equations want x = 1 and x + 20 y = 2, the second with three times the weight. Changing one
parameter after the other creeps; the step of Gauss and Newton changes both. Run
``python examples/joint_direction.py``. It prints::

    one after the other, turn 1: [1.9, 0.005], cost 0.4
    one after the other, turn 2: [1.81, 0.0095], cost 0.33
    one after the other, turn 3: [1.729, 0.0136], cost 0.27
    both: [1.0, 0.05], cost 0.00, 1 step
"""

from __future__ import annotations

import numpy as np

from minimizer import LevenbergMarquardt

TARGETS, WEIGHTS = np.array([1.0, 2.0]), np.array([1.0, 3.0])


def residuals(p: np.ndarray) -> np.ndarray:
    """Return two residuals that share a parameter."""
    return WEIGHTS * (np.array([p[0], p[0] + 20.0 * p[1]]) - TARGETS)


def main() -> None:
    """Move one parameter after the other, then both."""
    x = np.zeros(2)
    for turn in range(3):
        for j in (0, 1):
            lm = LevenbergMarquardt(residuals, held=[1 - j])
            lm.minimize(x)
            x = lm.params
        print(f"one after the other, turn {turn + 1}: {x.round(4).tolist()}, cost {lm.cost:.2g}")
    both = LevenbergMarquardt(residuals)
    both.minimize(np.zeros(2))
    print(f"both: {both.params.round(4).tolist()}, cost {both.cost:.2f}, {both.iterations} step")


if __name__ == "__main__":
    main()
