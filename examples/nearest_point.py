"""The nearest point of a curve segment, globally: many starts, distinct minima, endpoints included.

Run ``python examples/nearest_point.py``. It prints::

    from [1.2, 0.9]:
      t = 1.7652, distance 0.5990, found 5 times
      t = 0.5948, distance 0.6404, found 7 times
    from [1.199, 0.9]:
      t = 1.7651, distance 0.6000, found 5 times
      t = 0.5947, distance 0.6394, found 7 times
    from [2.6, 1.4]:
      t = 2.0000, distance 0.7271, found 5 times (an end)
      t = 0.5921, distance 2.1269, found 7 times
"""

from __future__ import annotations

import numpy as np

from minimizer import minimize_from_many_starts


def curve(t: float) -> np.ndarray:
    """Return a point of the curve for t in [0, 2]."""
    return np.array([t, np.sin(4.0 * t)])


def offsets(params: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return the residuals: the way from a point to the curve."""
    return curve(params[0]) - point


def main() -> None:
    """List the local minima of the distance for some points; the first is the nearest."""
    for point in ([1.2, 0.9], [1.199, 0.9], [2.6, 1.4]):
        found = minimize_from_many_starts(
            offsets, [(0.0, 2.0)], args=(np.array(point),), residuals=True, n_starts=12
        )
        print(f"from {point}:")
        for one in found:
            distance, t = np.sqrt(2.0 * one.function_value), one.params[0]
            end = " (an end)" if t in (0.0, 2.0) else ""
            print(f"  t = {t:.4f}, distance {distance:.4f}, found {one.count} times{end}")


if __name__ == "__main__":
    main()
