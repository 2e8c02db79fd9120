"""Evaluations at the tolerances of legacy code: ``python -m benchmarks.legacy``.

17 fits and likelihoods as they are found in scripts, with xatol = fatol = 1e-4, which are SciPy's
defaults, by this package's `minimize` and by SciPy's Nelder-Mead. Needs scipy.
"""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

import numpy as np
import scipy.optimize

import minimizer

from .legacy_fits import FITS, Recipe
from .legacy_likelihoods import LIKELIHOODS
from .table import Table

OPTIONS = {"xatol": 1e-4, "fatol": 1e-4}
WORSE = 2.0 * OPTIONS["fatol"]  # above the better value, so much is told


class Line(NamedTuple):
    """What both need for a recipe, their values, and whether they claim success."""

    name: str
    ours: int
    scipys: int
    value: float
    scipys_value: float
    claimed: bool
    scipys_claimed: bool

    @property
    def ratio(self) -> float:
        """How many times SciPy's evaluations ours are."""
        return self.ours / self.scipys

    def notes(self) -> list[str]:
        """Return what is to be told."""
        best = min(self.value, self.scipys_value)
        results = (
            ("minimizer", self.value, self.claimed),
            ("SciPy", self.scipys_value, self.scipys_claimed),
        )
        worse = [
            f"{self.name}: {who} is {value - best:.2g} above the other"
            for who, value, _ in results
            if not value <= best + WORSE
        ]
        return worse + [f"{self.name}: {who} claims nothing" for who, _, c in results if not c]


def recipes() -> list[Recipe]:
    """Return all recipes."""
    return [make() for make in (*FITS, *LIKELIHOODS)]


def line(recipe: Recipe) -> Line:
    """Minimize with both."""
    start = np.array(recipe.start, dtype=np.float64)
    with np.errstate(all="ignore"):
        own = minimizer.minimize(recipe.fun, start, options=OPTIONS)
        other = scipy.optimize.minimize(recipe.fun, start, method="Nelder-Mead", options=OPTIONS)
    return Line(
        recipe.name,
        own.nfev,
        int(other.nfev),
        float(own.fun),
        float(other.fun),
        bool(own.success),
        bool(other.success),
    )


def table(of: list[Recipe]) -> Table:
    """Return the evaluations of both, and their ratio."""
    lines = [line(recipe) for recipe in of]
    header = ("recipe", "n", "minimizer", "SciPy", "ratio", "value", "SciPy's value")
    rows = [
        (a.name, len(r.start), a.ours, a.scipys, round(a.ratio, 2), a.value, a.scipys_value)
        for a, r in zip(lines, of, strict=True)
    ]
    notes = [f"median ratio {median(a.ratio for a in lines):.2f}"]
    notes += [note for a in lines for note in a.notes()]
    title = "Evaluations with xatol = fatol = 1e-4"
    return Table("legacy", title, "python -m benchmarks.legacy", header, [*rows], notes)


def main() -> None:
    """Print the table."""
    print(table(recipes()).markdown())


if __name__ == "__main__":
    main()
