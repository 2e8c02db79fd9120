"""SciPy's arguments of `least_squares`, checked and translated for the engine."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..levenberg_marquardt.options import Options, Tolerances

METHODS = ("auto", "trf", "dogbox", "lm")
SCHEMES = {"2-point": "forward", "3-point": "central", "richardson": "richardson"}
DEFAULT = 1e-8  # SciPy's tolerances
FINEST = 1e-13  # smallest relative error of parameters that can be requested


def start_of(x0: Any) -> Array:
    """Return the start (n,), finite and real."""
    if np.iscomplexobj(x0):
        raise ValueError("`x0` must be real: fit the two parts as two parameters")
    array = np.atleast_1d(np.asarray(x0))
    if array.ndim > 1:
        raise ValueError("`x0` must have at most 1 dimension: ravel it")
    start = checks.elements(lambda x: ~np.isfinite(x), "parameters must be finite")("x0", array)
    assert start is not None
    return start


def pairs_of(bounds: Any, start: Array) -> list[tuple[float, float]] | None:
    """Return SciPy's two arrays of bounds as pairs; the start must be within."""
    if bounds is None:
        return None
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        bounds = bounds.lb, bounds.ub
    bounds = tuple(bounds) if np.iterable(bounds) else ()
    if len(bounds) != 2:
        raise ValueError("`bounds` must contain 2 elements: the lower and the upper bounds")
    lower, upper = (checks.vector("bounds", side) for side in bounds)
    if any(np.ndim(side) > 0 and np.size(side) != start.size for side in bounds):
        raise ValueError("Inconsistent shapes between bounds and `x0`: one bound per parameter")
    lower, upper = (np.broadcast_to(side, start.shape) for side in (lower, upper))
    if not (lower <= upper).all():
        j = int(np.flatnonzero(~(lower <= upper))[0])
        raise ValueError(
            "Each lower bound must be strictly less than each upper bound (or equal, to hold a "
            f"parameter): bounds of x0[{j}] are ({lower[j]}, {upper[j]})"
        )
    if not ((start >= lower) & (start <= upper)).all():
        raise ValueError("Initial guess is outside of provided bounds: `x0` is infeasible")
    return list(zip(lower.tolist(), upper.tolist(), strict=True))


def options_of(
    given: Options | dict[str, Any] | None,
    jac: Any,
    x_scale: Any,
    ftol: float | None,
    xtol: float | None,
    n: int,
) -> Options:
    """Return the engine's options: those given, and those implied by SciPy's arguments."""
    options = given if isinstance(given, Options) else _from_words(given or {})
    if isinstance(jac, str) and jac in SCHEMES and jac != "2-point":
        options = replace(options, jacobian=SCHEMES[jac])
    if x_scale is not None and not (isinstance(x_scale, str) and x_scale == "jac"):
        options = replace(options, scaling=1.0 / scale_of(x_scale, n))
    coarse = Tolerances(parameters=_coarse("xtol", xtol), decrease=_coarse("ftol", ftol))
    if coarse != Tolerances():
        options = replace(options, tolerances=coarse)
    if xtol is not None and 0.0 <= xtol < DEFAULT:
        options = replace(options, precision=max(xtol, FINEST))
    return options


def _from_words(words: dict[str, Any]) -> Options:
    known = [field.name for field in fields(Options)]
    for name in words:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
            raise ValueError(f"options has {name!r}; {hint}")
    return Options(**words)


def _coarse(name: str, value: float | None) -> float:
    """Return a tolerance that is looser than SciPy's default, else 0."""
    if value is None:
        return 0.0
    tolerance = checks.limit(name, value)
    return tolerance if tolerance > DEFAULT else 0.0


def scale_of(x_scale: Any, n: int) -> Array:
    """Return positive scales (n,)."""
    try:
        scale = np.broadcast_to(np.asarray(x_scale, dtype=np.float64), (n,))
    except (TypeError, ValueError):
        raise ValueError(
            "Inconsistent shapes between `x_scale` and `x0`: `x_scale` must be 'jac' or array_like "
            "with positive numbers."
        ) from None
    if not (np.isfinite(scale) & (scale > 0.0)).all():
        raise ValueError("`x_scale` must be 'jac' or array_like with positive numbers.")
    return scale


def evaluations_of(max_nfev: Any) -> int | None:
    """Return the limit on evaluations."""
    if max_nfev is None:
        return None
    if not max_nfev > 0:
        raise ValueError("`max_nfev` must be None or positive integer.")
    return operator.index(int(max_nfev))


def workers_of(workers: Any) -> dict[str, Any]:
    """Return the settings `n_jobs` and `pool`."""
    if workers is None:
        return {}
    if callable(workers):
        return {"pool": Mapped(workers)}
    return {"n_jobs": checks.jobs("workers", workers)}


class Mapped:
    """A map-like callable as a pool."""

    def __init__(self, workers: Callable[..., Any]) -> None:
        self.map = workers


def check_words(method: Any, tr_solver: Any, verbose: Any) -> None:
    """Check the arguments that take one of several words."""
    if method not in METHODS:
        raise ValueError(f"`method` is {method!r}; it must be one of {METHODS}")
    if tr_solver not in (None, "exact", "lsmr"):
        raise ValueError("`tr_solver` must be None, 'exact' or 'lsmr' (all mean the same here)")
    if verbose not in (0, 1, 2):
        raise ValueError("`verbose` must be in [0, 1, 2].")


def jacobian_of(
    jac: Any, fun: Callable[..., Any], kwargs: dict[str, Any]
) -> Callable[..., Any] | None:
    """Return a function that gives the Jacobian, None for differences."""
    if isinstance(jac, str) and jac in SCHEMES:
        return None
    if isinstance(jac, str) and jac == "cs":
        return ComplexStep(fun, kwargs)
    if callable(jac):
        return Dense(jac, kwargs)
    raise ValueError(f"`jac` must be '2-point', '3-point', 'cs' or callable; it is {jac!r}")


class Dense:
    """The user's Jacobian, as an array if it is sparse."""

    def __init__(self, jac: Callable[..., Any], kwargs: dict[str, Any]) -> None:
        self._jac, self._kwargs = jac, kwargs

    def __call__(self, x: Array, *args: Any) -> Any:
        """Return the Jacobian (m, n)."""
        J = self._jac(x, *args, **self._kwargs)
        if hasattr(J, "toarray"):
            return J.toarray()
        if hasattr(J, "matvec"):
            raise ValueError("jac returned a linear operator; it must return an array (m, n)")
        return J


class ComplexStep:
    """Exact derivatives of an analytic function: the imaginary part beside the real axis."""

    step = 1e-100

    def __init__(self, fun: Callable[..., Any], kwargs: dict[str, Any]) -> None:
        self._fun, self._kwargs = fun, kwargs

    def __call__(self, x: Array, *args: Any) -> Array:
        """Return the Jacobian (m, n)."""
        columns = []
        for j in range(x.size):
            beside = x.astype(np.complex128)
            beside[j] += 1j * self.step
            r = np.atleast_1d(np.asarray(self._fun(beside, *args, **self._kwargs)))
            columns.append(r.imag / self.step)
        return np.column_stack(columns)
