"""SciPy's arguments and options, checked as in SciPy, in the terms of `Minimizer`."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ..common import checks
from ..common.arrays import Array
from ..common.bounds import Box
from ..common.tolerances import Tolerances
from ..settings import FIELDS
from ..simplex.rules import as_rules

SCIPY_TOLERANCE = 1e-4
SCIPYS_EVALUATIONS = 200  # times n: SciPy's default limit


class _NotGiven(float):
    """A default that equals SciPy's number but is distinguishable from the number given."""


NOT_GIVEN = _NotGiven(SCIPY_TOLERANCE)
UNLIMITED = sys.maxsize

NO_OPTIONS = {"args", "bounds", "callback"}  # but arguments
SETTINGS = {name for name, field in FIELDS.items() if field.kw_only} - NO_OPTIONS
LIMITS = {"maxiter", "maxfev", "xatol", "fatol"}
BUDGETS = ("maxiter", "maxfev", "max_iterations", "max_evaluations")
KNOWN = SETTINGS | LIMITS | {"adaptive", "initial_simplex", "return_all", "disp"}
KNOWN |= {"initial_param_variations"}


def translate(
    options: dict[str, Any], n: int, tol: float | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return keyword arguments for `Minimizer`, and for its `minimize`.

    For unknown options a warning suggests the nearest known name.
    """
    for name in sorted(options.keys() - KNOWN):
        hint = checks.did_you_mean(name, KNOWN)
        warnings.warn(f"Unknown solver options: {name}{hint}", optimize_warning(), stacklevel=4)
    settings = {name: options[name] for name in SETTINGS & options.keys()}
    start = {name: options[name] for name in {"initial_param_variations"} & options.keys()}
    settings = budgets(options.get("maxiter"), options.get("maxfev"), n) | settings
    if (pair := tolerances(options.get("xatol"), options.get("fatol"), tol)) is not None:
        settings.setdefault("tolerances", pair)
    if not has_limit(options) and as_rules(settings.get("rules", "robust")).independent_runs:
        settings["max_iterations"] = default_iterations(n, settings.get("tolerances") is not None)
        if "max_restarts" not in settings:  # no further round where SciPy would have given up
            settings.setdefault("restart_within", SCIPYS_EVALUATIONS * n)
    if options.get("adaptive"):
        rules = as_rules(settings.get("rules", "robust"))
        settings["rules"] = replace(rules, adaptive_coefficients=True)
    if options.get("initial_simplex") is not None:
        start["initial_simplex"] = simplex_for(options["initial_simplex"], n)
    return settings, start


def tolerances(xatol: Any, fatol: Any, tol: Any) -> Tolerances | None:
    """Return both absolute tolerances, None if none is given; `tol` replaces any not given.

    As in SciPy, if only one is given the other is 1e-4.
    """
    if xatol is None and fatol is None and tol is None:
        return None
    given = (("xatol", xatol), ("fatol", fatol), ("tol", tol))
    params, fun, both = (checks.optional(checks.limit)(*each) for each in given)
    pair = (both if value is None else value for value in (params, fun))
    return Tolerances(*(SCIPY_TOLERANCE if value is None else value for value in pair))


def budgets(maxiter: float | None, maxfev: float | None, n: int) -> dict[str, int]:
    """Return the limits that SciPy would apply, none if neither is given.

    As in SciPy, an infinite limit alone leaves the other at 200 n, and the initial simplex
    counts as the first iteration.
    """
    if maxiter is not None:
        checks.real("maxiter", maxiter)
    if maxfev is not None and checks.real("maxfev", maxfev) <= 0:
        raise ValueError(f"maxfev is {maxfev}; it must be positive, or nothing is evaluated")
    if maxiter is None and maxfev is None:
        return {}
    if maxiter is None:
        maxiter = 200 * n if maxfev == math.inf else math.inf
    if maxfev is None:
        maxfev = 200 * n if maxiter == math.inf else math.inf
    iterations = UNLIMITED if maxiter == math.inf else max(0, math.ceil(maxiter) - 1)
    evaluations = {} if maxfev == math.inf else {"max_evaluations": math.ceil(maxfev)}
    return {"max_iterations": iterations} | evaluations


def has_budget(options: dict[str, Any]) -> bool:
    """Return whether the caller has given a limit of iterations or evaluations."""
    return any(options.get(name) is not None for name in BUDGETS)


def has_limit(options: dict[str, Any]) -> bool:
    """Return whether the caller has given any limit at all."""
    return has_budget(options) or options.get("max_seconds") is not None


def default_iterations(n: int, has_tolerances: bool) -> int:
    """Return the limit of iterations for a caller who gave none.

    On an endless ridge nothing else stops the search. An iteration takes two evaluations, so that
    at SciPy's tolerances this is about twice its limit of 200 n evaluations, for two runs, and at
    the tighter limits of `Minimizer` four times that.
    """
    return (200 if has_tolerances else 400) * n


def simplex_for(initial_simplex: Any, n: int) -> Array | None:
    """Check an initial simplex, with SciPy's errors."""
    shape = np.shape(np.atleast_2d(np.asarray(initial_simplex)))
    if shape[:-1] != (shape[-1] + 1,):
        raise ValueError("`initial_simplex` should be an array of shape (N+1,N)")
    if shape[-1] != n:
        raise ValueError("Size of `initial_simplex` is not consistent with `x0`")
    return checks.simplex("`initial_simplex`", initial_simplex)


def optimize_warning() -> type[Warning]:
    """Return SciPy's OptimizeWarning if SciPy is loaded, so that its filters apply."""
    scipy_optimize = sys.modules.get("scipy.optimize")
    category: type[Warning] = getattr(scipy_optimize, "OptimizeWarning", RuntimeWarning)
    return category


def start_of(x0: Any) -> Array:
    """Return the start (n,), in its own floating-point type if it has one, else as float64."""
    if x0 is None:
        raise TypeError("x0 is None; it must be numbers")
    checks.unmasked("x0", x0)
    array = np.asarray(x0)
    if array.dtype.kind in "US":
        array = numbers_in(array)
    if array.ndim > 1:
        raise ValueError("'x0' must only have one dimension.")
    start = checks.initial_params("x0", array)
    assert start is not None
    return start.astype(array.dtype) if array.dtype.kind == "f" else start


def numbers_in(words: Any) -> Any:
    """Return the numbers in strings, as SciPy does."""
    try:
        return words.astype(np.float64)
    except ValueError:
        raise TypeError(f"x0 is {words.tolist()!r}; it must be numbers") from None


def box_of(bounds: Any, n: int) -> Box | None:
    """Return the bounds of n parameters."""
    try:
        box = checks.bounds("bounds", bounds)
    except ValueError as error:
        if "exceed" not in str(error):
            raise
        why = "An upper bound is less than the corresponding lower bound."
        raise ValueError(f"{why} ({error})") from None
    if box is not None and len(box.lower) not in (1, n):
        raise ValueError(
            "The number of bounds is not compatible with the length of `x0`. "
            f"(There are {len(box.lower)} bounds and {n} parameters.)"
        )
    return box


def moved_in(start: Array, box: Box) -> Array:
    """Return the start moved into the box, with a warning if it lay outside."""
    if not box.contains(start.astype(np.float64)):
        text = "Initial guess is not within the specified bounds; it is moved in"
        warnings.warn(text, optimize_warning(), stacklevel=4)
    return box.clip(start).astype(start.dtype)


def adapted(fun: Callable[..., Any], dtype: DTypeLike, with_gradient: bool) -> Callable[..., Any]:
    """Pass the floating-point type of the start to `fun`, and drop the gradient it returns."""
    if not callable(fun) or (dtype == np.float64 and not with_gradient):
        return fun

    def adapted_fun(x: Any, *args: Any) -> Any:
        value = fun(x.astype(dtype), *args)
        return value[0] if with_gradient else value

    return adapted_fun


def check_method(method: Any) -> None:
    """Refuse any method except Nelder-Mead, however it is spelt."""
    name = "neldermead" if method is None else method
    if isinstance(name, str):
        name = "".join(filter(str.isalpha, name.lower()))
    if name != "neldermead":
        raise ValueError(
            f"method is {method!r}; this package has only 'Nelder-Mead', "
            "use scipy.optimize.minimize for other methods"
        )


def warn_of_unused(jac: Any, hess: Any, hessp: Any) -> None:
    """Warn of derivatives, which are unused."""
    unused = {
        "gradient information (jac)": bool(jac),
        "Hessian information (hess)": hess is not None,
        "Hessian-vector product information (hessp)": hessp is not None,
    }
    for name in filter(unused.get, unused):
        warnings.warn(f"Method Nelder-Mead does not use {name}.", RuntimeWarning, stacklevel=3)
