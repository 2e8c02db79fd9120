"""Robust fits of all data sets recorded from ImageJ: never worse, and never a false success.

The oracle is ImageJ: a fit must not have a larger sum of squares than ImageJ's parameters have.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest
from curve_vectors import FUNCTIONS, Vector, make, numbers, of_kind, perform

from minimizer import Status
from minimizer.fitting import CurveFitter
from minimizer.fitting.functions.arithmetic import JAVA
from minimizer.fitting.functions.registry import BY_NUMBER
from minimizer.fitting.macro.equation import Equation

FITS = [
    vector
    for vector in of_kind("builtin", "equation", "plugin")
    if "params" in vector["sequential"]
]
ROUNDING = 1e-13  # of the sum of the squares of y
WORSE = 0.01  # relative: a success above a better minimum by this is wrong
GROUPS = sorted({vector.get("name", vector["kind"]) for vector in FITS})


def values(vector: Vector, params: Any, x: Any) -> Any:
    """Return the curve of a vector's function, evaluated as ImageJ does."""
    with np.errstate(all="ignore"):
        if vector["kind"] == "builtin":
            return BY_NUMBER[vector["type"]].value(JAVA, list(params), x)
        if vector["kind"] == "equation":
            return Equation(vector["equation"]).values(params, x)
        return np.array([FUNCTIONS[vector["function"]](params, each) for each in x.tolist()])


def data_of(vector: Vector) -> tuple[Any, Any, Any]:
    x, y = np.array(numbers(vector["x"])), np.array(numbers(vector["y"]))
    kept = ~np.isnan(x + y)
    weights = np.array(numbers(vector["weights"])) if "weights" in vector else np.ones_like(x)
    return x[kept], y[kept], weights[kept]


def sum_of(vector: Vector, params: Any) -> float:
    """Return the true sum of squares of parameters, in what the function is fitted to."""
    x, y, w = data_of(vector)
    p = np.array(params)
    with np.errstate(all="ignore"):
        if vector.get("type") == 10:  # the fit of x to y
            a, b, c, d = p
            return float((w * (x - (d + (a - d) / (1 + (y / c) ** b))) ** 2).sum())
        if vector.get("type") in (15, 16):
            kept = (x != 0) | (y != 0)
            t = np.log(x[kept]) if vector["type"] == 16 else x[kept]
            log_y = np.log(abs(y[kept]))
            return float((w[kept] * (log_y - np.log(abs(p[0])) - p[1] * t) ** 2).sum())
        return float((w * (y - values(vector, p, x)) ** 2).sum())


def scale_of(vector: Vector) -> float:
    x, y, w = data_of(vector)
    fitted = x if vector.get("type") == 10 else y
    return float((w * fitted**2).sum()) + (1.0 if vector.get("type") in (15, 16) else 0.0)


BY_NAME = {vector["id"]: vector for vector in of_kind("builtin", "equation", "plugin")}


@functools.cache
def fitted(name: str) -> CurveFitter:
    vector = BY_NAME[name]
    cf = make(vector)
    with warnings.catch_warnings():
        if vector["kind"] != "builtin":
            warnings.simplefilter("ignore", RuntimeWarning)  # of declarations that are wrong
        perform(cf, vector)
    return cf


def is_refused(cf: CurveFitter) -> bool:
    """Return whether the equation is one of those that ImageJ reads in another way than people."""
    return "refused" in cf.message


def theirs(vector: Vector) -> float:
    """Return the lowest sum of squares of ImageJ's, infinite if it has none."""
    recorded = [vector[which] for which in ("sequential", "pairs") if which in vector]
    sums = [sum_of(vector, numbers(each["params"])) for each in recorded if "params" in each]
    return min((each for each in sums if not math.isnan(each)), default=math.inf)


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_no_fit_is_worse_than_imagejs(group: str) -> None:
    """By no more than rounding; and where it is not the best, it is no success."""
    for vector in FITS:
        if vector.get("name", vector["kind"]) != group or vector.get("data") == "nan_all":
            continue
        cf, best = fitted(vector["id"]), theirs(vector)
        if is_refused(cf) or math.isinf(best):
            continue
        room = ROUNDING * scale_of(vector)
        assert cf.sum_residuals_sqr <= best * (1.0 + 1e-6) + room, vector["id"]
        if cf.status is Status.SUCCESS:
            assert cf.sum_residuals_sqr <= best * (1.0 + WORSE) + room, vector["id"]


@pytest.mark.slow
def test_the_wrong_successes_of_imagej_are_as_many_as_the_documentation_says() -> None:
    successes, wrong = Counter[str](), Counter[str]()
    for vector in FITS:
        if vector["sequential"]["status"] != 0 or vector.get("data") == "nan_all":
            continue
        cf, kind = fitted(vector["id"]), vector["kind"]
        if is_refused(cf) or not math.isfinite(cf.sum_residuals_sqr):
            continue
        found = sum_of(vector, numbers(vector["sequential"]["params"]))
        room = ROUNDING * scale_of(vector)
        successes[kind] += 1
        wrong[kind] += not found <= cf.sum_residuals_sqr * (1.0 + WORSE) + room
    assert successes == {"builtin": 750, "equation": 43, "plugin": 110}
    assert wrong == {"builtin": 47, "equation": 2, "plugin": 41}


@pytest.mark.parametrize("data", ["nan_all", "too_few", "single", "same_x", "zeros", "constant"])
def test_data_that_determine_nothing_are_no_traceback(data: str) -> None:
    """A status and a sentence; fewer points than parameters are no success."""
    for vector in of_kind("builtin"):
        if vector["data"] != data or vector["type"] in (8, 14, 23):
            continue
        cf = fitted(vector["id"])
        assert cf.message.endswith(".") or cf.status is not Status.SUCCESS
        if data in ("too_few", "nan_all", "same_x"):
            assert cf.status is not Status.SUCCESS
        if data == "nan_all":
            assert cf.n_left_out == len(vector["x"])
            assert math.isnan(cf.f(1.0))
