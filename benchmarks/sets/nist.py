"""The 27 nonlinear regressions of NIST's Statistical Reference Datasets, from both starts.

A fit is good if its residual sum of squares has at least four right digits; for Lanczos1, whose
certified sum is 1.4e-25, if it is below 1e-15. The seed changes nothing.

References
----------
National Institute of Standards and Technology, Statistical Reference Datasets, Nonlinear
Regression, https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml
"""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Array, Case
from .morewild import DATA
from .nist_models import MODELS

NAME = "nist"
TITLE = "NIST's nonlinear regressions"

RIGHT = 1e-4  # relative: four digits
TINY = 1e-15  # below this the sum of Lanczos1 counts as found
MOST = 11.0  # digits that are certified


@functools.cache
def datasets() -> dict[str, dict[str, Any]]:
    """Return the data sets by name, in the order of the alphabet."""
    text = (DATA / "nist.json").read_text(encoding="utf-8")
    return {row["name"]: row for row in json.loads(text)}


@functools.cache
def observed(name: str) -> tuple[Array, Array]:
    """Return predictors, (m,) or (2, m), and responses (m,) of a data set."""
    row = datasets()[name]
    y = np.array(row["y"])
    return np.array(row["x"]).T, np.log(y) if row["response"] == "log(y)" else y


@dataclass(frozen=True)
class Regression:
    """Residual sum of squares of a data set."""

    name: str

    def residuals(self, b: Array) -> Array:
        """Return observations less predictions."""
        x, y = observed(self.name)
        with np.errstate(all="ignore"):
            r: Array = y - MODELS[self.name](np.asarray(b, dtype=np.float64), x)
        return r

    def __call__(self, b: Array) -> float:
        """Return the value."""
        r = self.residuals(b)
        with np.errstate(all="ignore"):
            return float(r @ r)


def cases(seed: int, quick: bool = False) -> list[Case]:
    """Return 54 cases, 14 if quick."""
    rows = list(datasets().values())[:: 4 if quick else 1]
    return [_case(row, start) for row in rows for start in (1, 2)]


def _case(row: dict[str, Any], start: int) -> Case:
    """Return the regression of a data set from its first or second start."""
    rss = float(row["refined_rss"])
    return Case(
        name=f"{row['name']} from start {start}",
        fun=Regression(row["name"]),
        start=np.array(row[f"start{start}"]),
        minimum=rss,
        others=tuple(row.get("others", ())),
        tolerance=max(RIGHT * rss, TINY),
        solution=np.array([float(b) for b in row["refined"]]),
    )


def rss_digits(name: str, rss: float) -> float:
    """Return how many digits of a residual sum of squares are right, 0 to 11."""
    return _digits(rss, float(datasets()[name]["refined_rss"]))


def parameter_digits(name: str, b: Array) -> float:
    """Return how many digits of the worst parameter are right, 0 to 11.

    Exponentials of a sum and the peaks of Gauss's curves may be exchanged: the best order counts.
    """
    refined = np.array([float(value) for value in datasets()[name]["refined"]])
    found = np.array(b, dtype=np.float64)
    if name.startswith("Gauss"):
        found[[4, 7]] = np.abs(found[[4, 7]])  # only their squares are in the model
    return max(
        min(_digits(value, right) for value, right in zip(found[order], refined, strict=True))
        for order in orders(name, len(refined))
    )


def orders(name: str, n: int) -> list[list[int]]:
    """Return the orders of the parameters between which the model does not distinguish."""
    same = list(range(n))
    if name.startswith("Lanczos"):
        pairs = [[0, 1], [2, 3], [4, 5]]
        ways = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
        return [[i for part in way for i in pairs[part]] for way in ways]
    other = {
        "MGH17": [0, 2, 1, 4, 3],
        "ENSO": [0, 1, 2, 6, 7, 8, 3, 4, 5],
    }
    if name.startswith("Gauss"):
        return [same, [0, 1, 5, 6, 7, 2, 3, 4]]
    return [same, other[name]] if name in other else [same]


def _digits(value: float, right: float) -> float:
    """Return the negative logarithm of the relative error, between 0 and 11."""
    error = abs(value - right) / abs(right)
    if error == 0.0:
        return MOST
    return min(MOST, max(0.0, -math.log10(error))) if math.isfinite(error) else 0.0
