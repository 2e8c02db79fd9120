"""SciPy's options for Nelder-Mead in the words of `Minimizer`."""

from __future__ import annotations

import difflib
import math
import sys
import warnings
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..common.tolerances import Tolerances
from ..settings import FIELDS
from ..simplex.rules import as_rules

SCIPY_TOLERANCE = 1e-4
UNLIMITED = sys.maxsize

NO_OPTIONS = {"args", "bounds", "callback"}  # but arguments
SETTINGS = {name for name, field in FIELDS.items() if field.kw_only} - NO_OPTIONS
SCIPY_OPTIONS = frozenset(
    ("maxiter", "maxfev", "xatol", "fatol", "adaptive", "initial_simplex", "return_all", "disp")
)
START = frozenset(("initial_param_variations",))


class Translated(NamedTuple):
    """Keyword arguments for `Minimizer`, and for its `minimize`."""

    settings: dict[str, Any]
    start: dict[str, Any]


def translate(options: dict[str, Any], n: int, tol: float | None) -> Translated:
    """Translate the options given; for unknown ones a warning suggests the nearest known name."""
    warn_of_unknown(options)
    settings = {name: options[name] for name in SETTINGS & options.keys()}
    start = {name: options[name] for name in START & options.keys()}

    limits = budgets(options.get("maxiter"), options.get("maxfev"), n)
    if limits:
        # A budget is meant to be used: rounds continue until two runs agree or nothing is left.
        settings = {"max_restarts": UNLIMITED} | limits | settings
    if (pair := tolerances(options.get("xatol"), options.get("fatol"), tol)) is not None:
        settings.setdefault("tolerances", pair)
    if options.get("adaptive"):
        rules = as_rules(settings.get("rules", "robust"))
        settings["rules"] = replace(rules, adaptive_coefficients=True)
    if options.get("initial_simplex") is not None:
        start["initial_simplex"] = simplex_for(options["initial_simplex"], n)
    return Translated(settings, start)


def tolerances(xatol: Any, fatol: Any, tol: Any) -> Tolerances | None:
    """Return both absolute tolerances, None if none is given; `tol` replaces any not given.

    As in SciPy, if only one is given the other is 1e-4.
    """
    given = (("xatol", xatol), ("fatol", fatol), ("tol", tol))
    params, fun, both = (value if value is None else checks.limit(n, value) for n, value in given)
    params, fun = (both if value is None else value for value in (params, fun))
    if params is None and fun is None:
        return None
    return Tolerances(*(SCIPY_TOLERANCE if value is None else value for value in (params, fun)))


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
    elif maxfev is None:
        maxfev = 200 * n if maxiter == math.inf else math.inf
    limits = {"max_iterations": UNLIMITED}
    if maxiter != math.inf:
        limits["max_iterations"] = max(0, math.ceil(maxiter) - 1)
    if maxfev is not None and maxfev != math.inf:
        limits["max_evaluations"] = math.ceil(maxfev)
    return limits


def simplex_for(initial_simplex: Any, n: int) -> Array | None:
    """Check an initial simplex, with SciPy's errors."""
    shape = np.shape(np.atleast_2d(np.asarray(initial_simplex)))
    if shape[:-1] != (shape[-1] + 1,):
        raise ValueError("`initial_simplex` should be an array of shape (N+1,N)")
    if shape[-1] != n:
        raise ValueError("Size of `initial_simplex` is not consistent with `x0`")
    return checks.simplex("`initial_simplex`", initial_simplex)


def warn_of_unknown(options: dict[str, Any]) -> None:
    """Warn of options that have no meaning here."""
    known = SETTINGS | SCIPY_OPTIONS | START
    for name in sorted(options.keys() - known):
        near = difflib.get_close_matches(name, sorted(known), n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        warnings.warn(f"Unknown solver options: {name}{hint}", optimize_warning(), stacklevel=5)


def optimize_warning() -> type[Warning]:
    """Return SciPy's OptimizeWarning if SciPy is loaded, so that its filters apply."""
    scipy_optimize = sys.modules.get("scipy.optimize")
    category: type[Warning] = getattr(scipy_optimize, "OptimizeWarning", RuntimeWarning)
    return category
