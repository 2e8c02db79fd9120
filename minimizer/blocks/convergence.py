"""Whether the loops have converged: the fall that the sum has left, against its scatter."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

SLOWEST = 3  # ratios of successive loops, of which the largest counts
LEAST_RATIO = 0.05
ROUNDING = 1e-12  # of the sum: a fall that is not one
STUCK = 3  # loops in succession in which blocks do not find a lower sum
VANISHED = 1e-22  # of the first sum: residuals that are zero but for rounding


@dataclass
class Course:
    """The course of the loops of a stage.

    Attributes
    ----------
    expected : list of float
        Per loop, the fall of the sum that undamped steps of its blocks promised.
    stuck : int
        Loops in succession that found no lower sum although there should be one.
    """

    expected: list[float] = field(default_factory=list)
    failed: float = 0.0  # the part of blocks that found no lower sum in the last loop
    stuck: int = 0

    def take(self, expected: float, failed: float, fall: float, f: float) -> None:
        """Record a loop: promised falls, those of blocks that failed, the fall, the sum."""
        least = ROUNDING * f  # what is less cannot be seen, nor whether it becomes less
        self.expected.append(expected if expected > least else 0.0)
        self.failed = failed if failed > least else 0.0
        self.stuck = self.stuck + 1 if fall <= ROUNDING * f else 0

    @property
    def left(self) -> float:
        """The fall of the sum that further loops may bring: a geometric series, if it goes on."""
        last = self.expected[-SLOWEST - 1 :]
        if not last or last[-1] == 0.0:
            return self.failed if last else np.inf
        if len(last) < 2:
            return np.inf
        pairs = pairwise(last)
        ratio = max(later / earlier if earlier > 0.0 else np.inf for earlier, later in pairs)
        ratio = max(ratio, LEAST_RATIO)
        return last[-1] * ratio / (1.0 - ratio) + self.failed if ratio < 1.0 else np.inf


def allowed(f: float, m: int, p: int, tol: float) -> float:
    """Return the fall that may be left: p parameters off by `tol` of their standard errors.

    It is no less than the smallest fall that can be seen.
    """
    return max(tol**2 * p * f / (m - p) if m > p else 0.0, ROUNDING * f)
