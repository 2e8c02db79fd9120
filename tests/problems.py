"""Functions to minimize whose minimum is known analytically."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from vectors import rosenbrock, sphere, wood

__all__ = ["ball", "ball_minimum", "bowl", "mckinnon", "rosenbrock", "sphere", "wavy", "wood"]


def bowl(x: Any) -> float:
    """Return 7 at the minimum (1, 2, 3 …), a parabola of a different width per parameter."""
    return 7.0 + sum((i + 1) * (float(xi) - (i + 1)) ** 2 for i, xi in enumerate(x))


def ball(x: Any) -> float:
    """NaN outside a ball of radius 2 around 0, the minimum being on its edge."""
    if sphere(x) > 4:
        return math.nan
    return float(sum((xi - 3) ** 2 for xi in x))


def ball_minimum(n: int) -> float:
    """Minimum of `ball`: all parameters are 2 / sqrt(n)."""
    return n * (3 - 2 / math.sqrt(n)) ** 2


def mckinnon(tau: float, theta: float, phi: float) -> Callable[[Any], float]:
    """Return one of McKinnon's functions (1998): convex, minimum -0.25 at (0, -0.5)."""

    def fun(x: Any) -> float:
        a, b = float(x[0]), float(x[1])
        scale = theta * phi if a <= 0 else theta
        return float(scale * abs(a) ** tau + b + b * b)

    return fun


def wavy(x: Any) -> float:
    """Return a value with so many local minima that two runs hardly end in the same one."""
    return float(sum(2.0 + math.cos(50.0 * xi) + 0.01 * xi * xi for xi in x))
