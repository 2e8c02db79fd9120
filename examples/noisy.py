"""A noisy function: resolutions say how finely the parameters can be told apart.

Every value has an error of 0.01. Without resolutions the search goes on into the noise, and two
runs hardly ever agree on a value to ten digits. With them it ends when the simplex is smaller than
what matters, and two results that are as near count as the same. The true minimum is at 3, -2. Run
``python examples/noisy.py``. It prints::

    without resolutions  MAX_RESTARTS_EXCEEDED  1702 evaluations  3.02 -1.97
    with resolutions     SUCCESS                 103 evaluations  3.04 -2.03
"""

from __future__ import annotations

import numpy as np

from minimizer import Minimizer


def instrument(noise: float, seed: int = 0):
    """Return a function as it is measured: a bowl and an error."""
    rng = np.random.default_rng(seed)

    def measure(params: np.ndarray) -> float:
        a, b = params
        return float((a - 3.0) ** 2 + 2.0 * (b + 2.0) ** 2 + rng.normal(0.0, noise))

    return measure


def report(name: str, m: Minimizer) -> None:
    """Print how it ended."""
    a, b = m.params
    print(f"{name:<20} {m.status!s:<21} {m.evaluations:>5} evaluations  {a:.2f} {b:.2f}")


def main() -> None:
    """Minimize without and with resolutions."""
    m = Minimizer(instrument(0.01), 2, max_evaluations=2000)
    m.minimize([1.0, 1.0], [0.5, 0.5])
    report("without resolutions", m)

    m = Minimizer(instrument(0.01), 2, max_evaluations=2000)
    m.param_resolutions = [0.2, 0.2]
    m.minimize([1.0, 1.0], [0.5, 0.5])
    report("with resolutions", m)


if __name__ == "__main__":
    main()
