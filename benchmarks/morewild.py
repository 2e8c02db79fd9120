"""The 53 smooth benchmark instances of Moré and Wild: sums of squares, from given starts.

Written from the definitions in the references; those that were not in the collection of Moré,
Garbow and Hillstrom are known by their CUTEr names. The best known values and the other minima
in ``data/morewild.json`` come from many least-squares fits of every instance from random starts.

References
----------
J. J. Moré, S. M. Wild, Benchmarking derivative-free optimization algorithms, SIAM J. Optim. 20
(2009) 172-191.

J. J. Moré, B. S. Garbow, K. E. Hillstrom, Testing unconstrained optimization software, ACM
Trans. Math. Softw. 7 (1981) 17-41.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Residuals = Callable[[Array], Array]

_TO_BEST = 1e-6  # of the way from the start's value down to the best: what counts as right
_SAME = 1e-3  # relative: a value is that of a known minimum


@dataclass(frozen=True)
class Instance:
    """A sum of squares to be minimized.

    Attributes
    ----------
    name : str
    start : ndarray (n,)
    residuals : callable
        Residuals (m,) at a point (n,).
    best : float
        Least value known.
    others : tuple of float
        Values of other local minima.
    """

    name: str
    start: Array
    residuals: Residuals
    best: float
    others: tuple[float, ...]

    @property
    def n(self) -> int:
        """Number of parameters."""
        return len(self.start)

    def __call__(self, x: Array) -> float:
        """Sum of the squared residuals."""
        with np.errstate(all="ignore"):
            residuals = self.residuals(x)
            return float(residuals @ residuals)

    def is_right(self, value: float) -> bool:
        """Return whether a value is the best known, to 1e-6 of the start's distance from it."""
        return value - self.best <= _TO_BEST * (self(self.start) - self.best)

    def is_other_minimum(self, value: float) -> bool:
        """Return whether a value is that of another known minimum."""
        return any(abs(value - other) <= _SAME * other for other in self.others)


def instances() -> list[Instance]:
    """Return all instances, in the order of the paper."""
    text = (Path(__file__).parent / "data" / "morewild.json").read_text(encoding="utf-8")
    return [
        Instance(
            name=f"{row['name']}, n = {row['n']}" + (", far start" if row["scale"] > 1 else ""),
            start=row["scale"] * STARTS[row["name"]](row["n"]),
            residuals=FUNCTIONS[row["name"]](row["n"], row["m"]),
            best=row["best"],
            others=tuple(row["others"]),
        )
        for row in json.loads(text)
    ]


def linear_full_rank(n: int, m: int) -> Residuals:
    def residuals(x: Array) -> Array:
        r = np.full(m, -2.0 * x.sum() / m - 1.0)
        r[:n] += x
        return r

    return residuals


def linear_rank_1(n: int, m: int) -> Residuals:
    i, j = np.arange(1.0, m + 1), np.arange(1.0, n + 1)
    return lambda x: i * (j @ x) - 1.0


def linear_rank_1_with_zeros(n: int, m: int) -> Residuals:
    i, j = np.arange(m - 1.0), np.arange(2.0, n)
    return lambda x: np.append(i * (j @ x[1 : n - 1]) - 1.0, -1.0)


def rosenbrock(n: int, m: int) -> Residuals:
    return lambda x: np.array([10.0 * (x[1] - x[0] ** 2), 1.0 - x[0]])


def helical_valley(n: int, m: int) -> Residuals:
    def turns(a: float, b: float) -> float:
        if a == 0.0:
            return 0.25 * (b != 0.0)
        return math.atan(b / a) / (2.0 * math.pi) + 0.5 * (a < 0.0)

    def residuals(x: Array) -> Array:
        a, b, c = x.tolist()
        return np.array([10.0 * (c - 10.0 * turns(a, b)), 10.0 * (math.hypot(a, b) - 1.0), c])

    return residuals


def powell_singular(n: int, m: int) -> Residuals:
    def residuals(x: Array) -> Array:
        a, b, c, d = x
        return np.array(
            [a + 10 * b, 5**0.5 * (c - d), (b - 2 * c) ** 2, 10**0.5 * (a - d) ** 2]
        )  # fmt: skip

    return residuals


def freudenstein_roth(n: int, m: int) -> Residuals:
    def residuals(x: Array) -> Array:
        a, b = x
        return np.array([a - 13 + ((5 - b) * b - 2) * b, a - 29 + ((b + 1) * b - 14) * b])

    return residuals


def bard(n: int, m: int) -> Residuals:
    y = np.array(
        [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
    )
    u = np.arange(1.0, 16.0)
    v = 16.0 - u
    w = np.minimum(u, v)
    return lambda x: y - (x[0] + u / (v * x[1] + w * x[2]))


def kowalik_osborne(n: int, m: int) -> Residuals:
    y = np.array(
        [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
    )
    u = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
    return lambda x: y - x[0] * (u * u + u * x[1]) / (u * u + u * x[2] + x[3])


def meyer(n: int, m: int) -> Residuals:
    y = _numbers(
        "34780 28610 23650 19630 16370 13720 11540 9744 8261 7030 6005 5147 4427 3820 3307 2872"
    )
    t = 45.0 + 5.0 * np.arange(1.0, 17.0)
    return lambda x: x[0] * np.exp(x[1] / (t + x[2])) - y


def watson(n: int, m: int) -> Residuals:
    t = np.arange(1, 30) / 29.0
    powers = t[:, None] ** np.arange(n)
    slopes = np.zeros((29, n))
    slopes[:, 1:] = np.arange(1, n) * powers[:, : n - 1]
    return lambda x: np.concatenate(
        [slopes @ x - (powers @ x) ** 2 - 1.0, [x[0], x[1] - x[0] ** 2 - 1.0]]
    )


def box_3(n: int, m: int) -> Residuals:
    i = np.arange(1.0, m + 1)
    t = i / 10.0
    return lambda x: np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-i))


def jennrich_sampson(n: int, m: int) -> Residuals:
    i = np.arange(1.0, m + 1)
    return lambda x: 2.0 + 2.0 * i - (np.exp(i * x[0]) + np.exp(i * x[1]))


def brown_dennis(n: int, m: int) -> Residuals:
    t = np.arange(1.0, m + 1) / 5.0

    def residuals(x: Array) -> Array:
        first: Array = x[0] + t * x[1] - np.exp(t)
        second: Array = x[2] + x[3] * np.sin(t) - np.cos(t)
        return first**2 + second**2

    return residuals


def chebyquad(n: int, m: int) -> Residuals:
    i = np.arange(1, m + 1)
    integrals = np.array([0.0 if k % 2 else -1.0 / (k * k - 1.0) for k in i])

    def residuals(x: Array) -> Array:
        y = 2.0 * x - 1.0
        before, now = np.ones(n), y
        means: list[float] = []
        for _ in range(m):
            means.append(now.mean())
            before, now = now, 2.0 * y * now - before
        r: Array = np.array(means) - integrals
        return r

    return residuals


def brown_almost_linear(n: int, m: int) -> Residuals:
    return lambda x: np.append(x[:-1] + x.sum() - (n + 1.0), np.prod(x) - 1.0)


def osborne_1(n: int, m: int) -> Residuals:
    y = 1e-3 * _numbers(
        "844 908 932 936 925 908 881 850 818 784 751 718 685 658 628 603 580 558 538 522 "
        "506 490 478 467 457 448 438 431 424 420 414 411 406"
    )
    t = 10.0 * np.arange(33)
    return lambda x: y - (x[0] + x[1] * np.exp(-t * x[3]) + x[2] * np.exp(-t * x[4]))


def osborne_2(n: int, m: int) -> Residuals:
    y = 1e-3 * _numbers(
        "1366 1191 1112 1013 991 885 831 847 786 725 746 679 608 655 616 606 602 626 651 "
        "724 649 649 694 644 624 661 612 558 533 495 500 423 395 375 372 391 396 405 428 "
        "429 523 562 607 653 672 708 633 668 645 632 591 559 597 625 739 710 729 720 636 "
        "581 428 292 162 98 54"
    )
    t = np.arange(65) / 10.0

    def residuals(x: Array) -> Array:
        peaks = x[1:4] * np.exp(-((t[:, None] - x[8:11]) ** 2) * x[5:8])
        r: Array = y - x[0] * np.exp(-t * x[4]) - peaks.sum(axis=1)
        return r

    return residuals


def bdqrtic(n: int, m: int) -> Residuals:
    def residuals(x: Array) -> Array:
        s = x * x
        quartic = s[:-4] + 2 * s[1:-3] + 3 * s[2:-2] + 4 * s[3:-1] + 5 * s[-1]
        return np.concatenate([3.0 - 4.0 * x[:-4], quartic])

    return residuals


def cube(n: int, m: int) -> Residuals:
    return lambda x: np.append(x[0] - 1.0, 10.0 * (x[1:] - x[:-1] ** 3))


def mancino(n: int, m: int) -> Residuals:
    i = np.arange(1.0, n + 1)

    def residuals(x: Array) -> Array:
        v = np.sqrt(x[:, None] ** 2 + i[:, None] / i)
        logs = np.log(v)
        sums = (v * (np.sin(logs) ** 5 + np.cos(logs) ** 5)).sum(axis=1)
        r: Array = 1400.0 * x + (i - 50.0) ** 3 + sums
        return r

    return residuals


def heart_8(n: int, m: int) -> Residuals:
    sums = np.array([-0.69, -0.044, -1.57, -1.31, -2.65, 2.0, -12.6, 9.48])

    def residuals(x: Array) -> Array:
        # With complex amplitudes and frequencies the eight equations are four moments.
        amplitudes = np.array([x[0] + 1j * x[2], x[1] + 1j * x[3]])
        frequencies = np.array([x[4] + 1j * x[6], x[5] + 1j * x[7]])
        moments = [(amplitudes * frequencies**k).sum() for k in range(4)]
        r: Array = np.array([part for z in moments for part in (z.real, z.imag)]) - sums
        return r

    return residuals


def _numbers(text: str) -> Array:
    """Parse a table of measurements."""
    return np.array(text.split(), dtype=np.float64)


def _mancino_start(n: int) -> Array:
    """Return the start of `mancino`: its residuals at 0, scaled."""
    start: Array = -8.710996e-4 * mancino(n, n)(np.zeros(n))
    return start


FUNCTIONS: dict[str, Callable[[int, int], Residuals]] = {
    "Linear, full rank": linear_full_rank,
    "Linear, rank 1": linear_rank_1,
    "Linear, rank 1 with zeros": linear_rank_1_with_zeros,
    "Rosenbrock": rosenbrock,
    "Helical valley": helical_valley,
    "Powell singular": powell_singular,
    "Freudenstein-Roth": freudenstein_roth,
    "Bard": bard,
    "Kowalik-Osborne": kowalik_osborne,
    "Meyer": meyer,
    "Watson": watson,
    "Box 3-dimensional": box_3,
    "Jennrich-Sampson": jennrich_sampson,
    "Brown-Dennis": brown_dennis,
    "Chebyquad": chebyquad,
    "Brown almost-linear": brown_almost_linear,
    "Osborne 1": osborne_1,
    "Osborne 2": osborne_2,
    "BDQRTIC": bdqrtic,
    "CUBE": cube,
    "MANCINO": mancino,
    "HEART8LS": heart_8,
}

STARTS: dict[str, Callable[[int], Array]] = {
    "Linear, full rank": np.ones,
    "Linear, rank 1": np.ones,
    "Linear, rank 1 with zeros": np.ones,
    "Rosenbrock": lambda n: np.array([-1.2, 1.0]),
    "Helical valley": lambda n: np.array([-1.0, 0.0, 0.0]),
    "Powell singular": lambda n: np.array([3.0, -1.0, 0.0, 1.0]),
    "Freudenstein-Roth": lambda n: np.array([0.5, -2.0]),
    "Bard": np.ones,
    "Kowalik-Osborne": lambda n: np.array([0.25, 0.39, 0.415, 0.39]),
    "Meyer": lambda n: np.array([0.02, 4000.0, 250.0]),
    "Watson": lambda n: np.full(n, 0.5),
    "Box 3-dimensional": lambda n: np.array([0.0, 10.0, 20.0]),
    "Jennrich-Sampson": lambda n: np.array([0.3, 0.4]),
    "Brown-Dennis": lambda n: np.array([25.0, 5.0, -5.0, -1.0]),
    "Chebyquad": lambda n: np.arange(1, n + 1) / (n + 1.0),
    "Brown almost-linear": lambda n: np.full(n, 0.5),
    "Osborne 1": lambda n: np.array([0.5, 1.5, 1.0, 0.01, 0.02]),
    "Osborne 2": lambda n: np.array([1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5]),
    "BDQRTIC": np.ones,
    "CUBE": lambda n: np.full(n, 0.5),
    "MANCINO": _mancino_start,
    "HEART8LS": lambda n: np.array([-0.3, -0.39, 0.3, -0.344, -1.2, 2.69, 1.59, -1.5]),
}
