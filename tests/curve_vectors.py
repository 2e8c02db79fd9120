"""Fits recorded from ImageJ's CurveFitter (``data/curvefitter.jsonl.xz``), and how to replay one.

1,029 fits with built-in functions, equations and user functions, and 318 small vectors: equations
and functions evaluated, numbers as text. Where a vector is exact, every bit must be the same;
elsewhere numbers agree within a tolerance, which is the larger the less the data determine them.
"""

from __future__ import annotations

import functools
import json
import lzma
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from vectors import DIGEST_OF_NOTHING, digested

from minimizer.fitting import CurveFitter
from minimizer.fitting.imagej import fit
from minimizer.fitting.imagej.regression import SumOfSquares

Vector = dict[str, Any]
FIELDS = ("sum_residuals_sqr", "sd", "r_squared", "fit_goodness")
EXCEPTIONS = {"IllegalArgumentException": ValueError, "ArrayIndexOutOfBoundsException": ValueError}


@functools.cache
def load() -> list[Vector]:
    """Return all vectors."""
    path = Path(__file__).parent / "data" / "curvefitter.jsonl.xz"
    with lzma.open(path, "rt", encoding="ascii") as lines:
        return [json.loads(line) for line in lines]


def of_kind(*kinds: str) -> list[Vector]:
    """Return the vectors of some kinds."""
    return [vector for vector in load() if vector["kind"] in kinds]


def number(text: Any) -> float:
    """Parse a hexadecimal number, or a decimal one."""
    return float.fromhex(text) if isinstance(text, str) else float(text)


def numbers(texts: list[Any] | None) -> list[float] | None:
    """Parse a list of them, None if there is none."""
    return None if texts is None else [number(text) for text in texts]


def exactly(value: Any) -> str:
    """Write a number so that NaN equals NaN, and -0.0 does not equal 0.0."""
    return "nan" if math.isnan(value) else float(value).hex()


# In this order of operations; each takes the parameters and one x.
FUNCTIONS: dict[str, Callable[[Any, float], float]] = {
    "constant": lambda p, x: p[0],
    "line": lambda p, x: p[0] + p[1] * x,
    "quadratic": lambda p, x: p[0] + p[1] * x + p[2] * (x * x),
    "michaelis": lambda p, x: p[0] * x / (p[1] + x),
    "hyperbola": lambda p, x: p[0] + p[1] / (p[2] + x),
    "lorentz": lambda p, x: p[0] + p[1] / (1 + _square((x - p[2]) / p[3])),
    "slope_lorentz": lambda p, x: p[0] + p[1] * x + p[2] / (1 + _square((x - p[3]) / p[4])),
    "root": lambda p, x: p[0] + p[1] * _root(x + p[2]),
    "hinge": lambda p, x: p[0] + p[1] * max(0.0, x - p[2]),
    "slope_hinge": lambda p, x: p[0] + p[1] * x + p[2] * max(0.0, x - p[3]),
    "rational": lambda p, x: (p[0] + p[1] * x) / (1 + p[2] * x + p[3] * (x * x)),
    "decay": lambda p, x: p[0] + p[1] * _exp(-p[2] * x),
    "slope_decay": lambda p, x: p[0] + p[1] * x + p[2] * _exp(-p[3] * x),
    "two_decays": lambda p, x: p[0] * _exp(-p[1] * x) + p[2] * _exp(-p[3] * x),
    "sine": lambda p, x: p[0] + p[1] * math.sin(p[2] * x + p[3]),
    "gauss_slope": lambda p, x: p[0] + p[1] * x + p[2] * _exp(-0.5 * _square((x - p[3]) / p[4])),
    "not_a_number": lambda p, x: math.nan,
}


def _square(t: float) -> float:
    return t * t


def _root(t: float) -> float:
    return math.sqrt(t) if t >= 0 else math.nan


def _exp(t: float) -> float:
    try:
        return math.exp(t)
    except OverflowError:
        return math.inf


class Digest:
    """What identifies the whole course of a minimization: all numbers asked about, all values."""

    def __init__(self) -> None:
        self._state, self.calls = DIGEST_OF_NOTHING, 0

    def __str__(self) -> str:
        return f"{self._state:016x}"

    def add(self, params: list[float], value: float) -> None:
        self.calls += 1
        self._state = digested(self._state, (*params, value))


def recording(monkeypatch: pytest.MonkeyPatch) -> Digest:
    """Let all sums of squares be recorded."""
    digest = Digest()

    class Recorded(SumOfSquares):
        def __call__(self, point: Any) -> float:
            asked = point[: len(self.kept)].tolist()
            value = super().__call__(point)
            digest.add(asked, value)
            return value

    monkeypatch.setattr(fit, "SumOfSquares", Recorded)
    return digest


def make(vector: Vector, **more: Any) -> CurveFitter:
    """Return the fitter of a vector."""
    settings: dict[str, Any] = {
        "max_iterations": vector.get("max_iterations"),
        "max_restarts": vector.get("restarts", 2),
        "max_rel_error": number(vector["max_error"]) if "max_error" in vector else 1e-10,
        "random_seed": vector.get("seed", 0),
    }
    return CurveFitter(
        numbers(vector["x"]),
        numbers(vector["y"]),
        numbers(vector.get("weights")),
        **(settings | more),
    )


def perform(cf: CurveFitter, vector: Vector) -> None:
    """Make the fit of a vector; warnings of equations that are traps are not shown."""
    start = numbers(vector.get("initial_params"))
    if vector["kind"] == "builtin":
        cf.do_fit(vector["type"], start)
    elif vector["kind"] == "equation":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            cf.do_equation(vector["equation"], start)
    else:
        names = ("offset", "factor", "slope")
        linear = {
            name: index for name, index in zip(names, vector["linear"], strict=True) if index >= 0
        }
        cf.do_custom_fit(
            FUNCTIONS[vector["function"]],
            vector["n_params"],
            start,
            numbers(vector.get("initial_variations")),
            **linear,
        )


def result_of(cf: CurveFitter, vector: Vector) -> dict[str, Any]:
    """Return a fit in the words of a recording."""
    found = {
        "status": int(cf.status),
        "message": cf.message,
        "n_params": cf.n_params,
        "params": cf.params.tolist(),
        "sum_residuals_sqr": cf.sum_residuals_sqr,
        "sd": cf.sd,
        "r_squared": cf.r_squared,
        "fit_goodness": cf.fit_goodness,
        "f": [cf.f(x) for x in numbers(vector["at"]) or []],
        "iterations": cf.iterations,
        "evaluations": cf.evaluations,
        "completed": cf.completed_minimizations,
        "result_string": cf.result_string,
    }
    for name, array in (
        ("initial_params", cf.initial_params),
        ("initial_variations", cf.initial_param_variations),
    ):
        if array is not None:
            found[name] = array.tolist()
    return found
