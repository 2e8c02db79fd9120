"""Computes the reference values in ``benchmarks/data`` anew, from many starts; needs SciPy.

``python -m benchmarks.sets._references NAME`` with the name of a file: mgh, nist (its field
``others`` only), perm or piecewise. It takes minutes.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import scipy.optimize

from ..case import Array
from ..morewild import STARTS
from . import classics, mgh, morewild, nist, piecewise
from ._least_absolute import descend, least_absolute, total
from .morewild import DATA

SPREADS = (0.1, 0.3, 1.0, 3.0)  # of random starts around the standard one, relative
SAME = 1e-5  # relative: fits that end at the same value
FLAT = 1e-5  # cosine between the residuals and their derivatives that a minimum may show
RARE = {  # no two fits end there: an infimum on a way to infinity, a minimum known from CUTEst
    "Beale": [14.203125 - 13.875**2 / 14.0],
    "Biggs EXP6": [0.306366772625],
}


class Fit(NamedTuple):
    """Where a least-squares fit ended."""

    value: float
    ended: bool
    point: Array


def fit(residuals: Callable[[Array], Array], start: Array) -> Fit | None:
    """Fit from a start; None where the residuals are not defined."""

    def defined(x: Array) -> Array:
        with np.errstate(all="ignore"):
            r = np.asarray(residuals(x), dtype=np.float64)
        return np.where(np.isfinite(r), np.clip(r, -1e50, 1e50), 1e50)

    if np.abs(defined(start)).max() >= 1e50:
        return None
    limits = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 500}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            end = scipy.optimize.least_squares(defined, start, x_scale="jac", **limits)
        except (ValueError, np.linalg.LinAlgError):
            return None
        sizes = np.linalg.norm(end.jac, axis=0) * np.linalg.norm(end.fun)
        flat = bool((np.abs(end.jac.T @ end.fun) <= FLAT * sizes).all())
    return Fit(float(np.sum(end.fun**2)), end.status > 0 and flat, end.x)


def minima(
    residuals: Callable[[Array], Array], starts: Iterable[Array]
) -> tuple[float, list[float]]:
    """Return the least sum of squares and those of other minima in which two fits ended."""
    fits = sorted((f for s in starts if (f := fit(residuals, s))), key=lambda f: f.value)
    best = fits[0].value if fits[0].value > 1e-20 else 0.0
    groups: list[list[Fit]] = []
    for each in (f for f in fits if f.ended and f.value > best * (1.0 + 1e-4) + 1e-14):
        if groups and each.value <= groups[-1][0].value * (1.0 + SAME):
            groups[-1].append(each)
        else:
            groups.append([each])
    return best, [group[0].value for group in groups if len(group) > 1]


def starts_around(start: Array, other: Array, count: int) -> Iterator[Array]:
    """Yield two starts, then random points near them and on the way between."""
    yield from (start, other)
    rng = np.random.default_rng(0)
    for k in range(count):
        share, spread = rng.uniform(), SPREADS[k % len(SPREADS)]
        middle = share * start + (1.0 - share) * other
        size = np.abs(middle) + (0.5 if other is start else 0.0)
        yield middle + spread * rng.normal(size=len(start)) * size


def write(name: str, rows: list[dict[str, Any]]) -> None:
    """Write a file of references, a row a line."""
    text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
    (DATA / f"{name}.json").write_text(text, encoding="utf-8")


def write_mgh(count: int = 160) -> None:
    """Write best values and other minima of the problems of Moré, Garbow and Hillstrom."""
    rows = []
    for name, problem in mgh.PROBLEMS.items():
        for n in sorted(set(problem.sizes)):
            start = problem.start(n)
            best, others = minima(mgh.residuals(name, n), starts_around(start, start, count))
            others += RARE.get(name, [])
            rows.append({"name": name, "n": n, "best": best, "others": others})
            print(rows[-1], flush=True)
    write("mgh", rows)


def write_nist(count: int = 80) -> None:
    """Write the other minima of NIST's regressions into what is known of them."""
    rows = list(nist.datasets().values())
    for row in rows:
        starts = starts_around(np.array(row["start1"]), np.array(row["start2"]), count)
        best, row["others"] = minima(nist.Regression(row["name"]).residuals, starts)
        print(row["name"], best / float(row["refined_rss"]), row["others"], flush=True)
    write("nist", rows)


def write_perm(count: int = 400) -> None:
    """Write the other minima of the Perm functions; the starts fill the box."""
    rows = []
    for name, fun in classics.PERMS.items():
        for n in (2, 3, 4):
            starts = np.random.default_rng(0).uniform(-n, n, (count, n))
            best, others = minima(fun.residuals, starts)
            rows.append({"name": name, "n": n, "best": best, "others": others})
            print(rows[-1], flush=True)
    write("perm", rows)


def write_piecewise(count: int = 24) -> None:
    """Write best values and other minima of the sums of absolute residuals."""
    rows = morewild.rows()
    found: dict[str, tuple[float, list[float]]] = {}
    for row in rows:  # the far starts are after the standard ones
        key = f"{row['name']} {row['n']}"
        start = STARTS[row["name"]](row["n"])
        if key not in found:
            many = count * (3 if row["name"] == "Chebyquad" else 1)  # it has many minima
            found[key] = _least_absolutes(row, start, many)
            print(key, *found[key], flush=True)
        row["best"], row["others"] = found[key]
    write("piecewise", rows)


def _least_absolutes(row: dict[str, Any], start: Array, count: int) -> tuple[float, list[float]]:
    """Return the least sum of absolute residuals, and those in which two descents ended."""
    residuals = morewild.residuals(row["name"], row["n"], row["m"])
    if row["name"] == "Meyer":  # a factor and an exponent that grow together: better as logarithms
        residuals, start = _of_logarithms(residuals), np.log(start)
    lower = 0.0 if row["name"] in piecewise.POSITIVE else -np.inf
    starts = [*starts_around(start, start, count), 10.0 * start]
    near = fit(residuals, start)
    starts[1] = start if near is None else near.point  # instead of the first once more
    ends = [descend(residuals, np.maximum(s, lower), lower, most=60) for s in starts]
    ends.sort(key=lambda x: total(residuals, x))
    best = min(least_absolute(residuals, x, lower)[0] for x in ends[:2])
    if row["best"] < 1e-18:
        best = 0.0  # where all squares vanish
    groups: list[list[Array]] = []
    for x in ends:
        value = total(residuals, x)
        if groups and value <= total(residuals, groups[-1][0]) * (1.0 + SAME):
            groups[-1].append(x)
        elif best * 1.001 + 1e-9 < value < np.inf:
            groups.append([x])
    twice = [group[0] for group in groups if len(group) > 1]
    return best, [total(residuals, x) for x in twice if _is_lowest(residuals, x, lower)]


def _of_logarithms(residuals: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return residuals as a function of the logarithms of the parameters."""
    return lambda u: residuals(np.exp(u))


def _is_lowest(residuals: Callable[[Array], Array], x: Array, lower: float) -> bool:
    """Return whether a descent from where one ended does not get lower."""
    return least_absolute(residuals, x, lower)[0] > total(residuals, x) * (1.0 - SAME)


FILES = {"mgh": write_mgh, "nist": write_nist, "perm": write_perm, "piecewise": write_piecewise}

if __name__ == "__main__":
    FILES[sys.argv[1]]()
