"""The settings of a minimizer: plain attributes, checked whenever they are set."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

import numpy as np

from .common import checks
from .common.arrays import Array
from .common.bounds import Box
from .common.records import Evaluation, RunRecord
from .simplex.problem import Coefficients, Problem, adaptive_coefficients, vertex_ranges
from .simplex.rules import Rules, as_rules

MANY = 8  # parameters: from here on the coefficients are adapted to their number (R10)

T = TypeVar("T")


class Setting(Generic[T]):
    """A plain attribute to read and to set, whose values are checked first.

    Parameters
    ----------
    check : callable
        ``check(name, value)`` returns the value to keep, or raises.
    """

    def __init__(self, check: Callable[[str, Any], T]) -> None:
        self._check = check

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Setting[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Setting[T] | T:
        if instance is None:
            return self
        value: T = instance.__dict__[self._name]
        return value

    def __set__(self, instance: object, value: Any) -> None:
        instance.__dict__[self._name] = self._check(self._name, value)


class Settings:
    """All settings of `Minimizer`, which documents them."""

    fun = Setting(checks.function)
    args = Setting(checks.args)
    rules: Setting[Rules] = Setting(lambda name, value: as_rules(value))
    bounds = Setting(checks.bounds)
    max_rel_error = Setting(checks.limit)
    max_abs_error = Setting(checks.limit)
    param_resolutions = Setting(checks.resolutions)
    max_restarts = Setting(checks.count)
    max_evaluations = Setting(checks.optional_count)
    max_seconds = Setting(checks.optional_seconds)
    random_seed = Setting(checks.seed)
    schedule = Setting(checks.schedule)
    n_jobs = Setting(checks.jobs)
    pool = Setting(checks.pool)
    extra_array_elements = Setting(checks.count)
    interrupt = Setting(checks.interrupt)
    callback: Setting[Callable[[RunRecord], object] | None] = Setting(checks.function)
    progress = Setting(checks.progress)
    tolerances = Setting(checks.tolerances)
    trace: Setting[bool | list[Evaluation]] = Setting(checks.trace)

    def __init__(
        self,
        fun: Callable[..., Any] | None,
        n_params: int | None = None,
        *,
        args: Any = (),
        rules: str | Rules = "robust",
        bounds: Any = None,
        max_rel_error: float = 1e-10,
        max_abs_error: float = 1e-100,
        param_resolutions: Any = None,
        max_iterations: int | None = None,
        max_restarts: int = 2,
        max_evaluations: int | None = None,
        max_seconds: float | None = None,
        random_seed: int = 0,
        schedule: str = "pairs",
        n_jobs: int | None = None,
        pool: Any = None,
        extra_array_elements: int = 0,
        callback: Callable[[RunRecord], object] | None = None,
        progress: bool | str = False,
        interrupt: str = "raise",
        tolerances: tuple[float, float] | None = None,
        trace: bool = False,
    ) -> None:
        self._n: int | None = None  # of the last call
        self.n_params = n_params
        self.fun, self.args, self.rules, self.bounds = fun, args, rules, bounds
        self.max_rel_error, self.max_abs_error = max_rel_error, max_abs_error
        self.param_resolutions = param_resolutions
        self.max_iterations, self.max_restarts = max_iterations, max_restarts
        self.max_evaluations, self.max_seconds = max_evaluations, max_seconds
        self.random_seed, self.schedule = random_seed, schedule
        self.n_jobs, self.pool = n_jobs, pool
        self.extra_array_elements = extra_array_elements
        self.callback, self.progress = callback, progress
        self.tolerances, self.trace, self.interrupt = tolerances, trace, interrupt
        if self.n_params is not None:
            self.box(self.n_params)
            self.resolutions(self.n_params)

    def __setattr__(self, name: str, value: Any) -> None:
        settable = isinstance(getattr(type(self), name, None), Setting | property)
        if not name.startswith("_") and not settable:
            near = difflib.get_close_matches(name, dir(type(self)), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise AttributeError(f"Minimizer has no setting {name!r}{hint}")
        super().__setattr__(name, value)

    @property
    def n_params(self) -> int | None:
        """Number of parameters, None while it is unknown."""
        return self._n if self._given_n_params is None else self._given_n_params

    @n_params.setter
    def n_params(self, value: Any) -> None:
        self._given_n_params = None if value is None else checks.integer("n_params", value, 1)

    @property
    def max_iterations(self) -> int | None:
        """Limit on the iterations of all runs; None, by default, until `n_params` is known."""
        if self._max_iterations is not None or self.n_params is None:
            return self._max_iterations
        return (1500 if self.max_restarts > 0 else 750) * self.n_params**2

    @max_iterations.setter
    def max_iterations(self, value: Any) -> None:
        self._max_iterations = None if value is None else checks.count("max_iterations", value)

    def box(self, n: int) -> Box | None:
        """Return the bounds of n parameters."""
        if self.bounds is None:
            return None
        lower = checks.of_length("bounds", self.bounds.lower, n)
        return Box(lower, checks.of_length("bounds", self.bounds.upper, n))

    def resolutions(self, n: int) -> Array | None:
        """Return the resolutions of n parameters."""
        if self.param_resolutions is None:
            return None
        return checks.of_length("param_resolutions", self.param_resolutions, n)


def problem_of(settings: Settings, params: Any, variations: Any, simplex: Any) -> Problem:
    """Check the start values and combine them with limits and rules."""
    given = checks.simplex("initial_simplex", simplex)
    if given is not None:
        params, variations = given[0], sizes_of(given)
    start = checks.initial_params("initial_params", params)
    sizes = checks.variations("initial_param_variations", variations)
    n = number_of_params(settings, start, sizes)
    if start is None and not settings.rules.start_at_zeros:
        raise ValueError("initial_params is missing; these rules need it (start_at_zeros is off)")
    box = settings.box(n)
    origin = inside(box, start, n).tolist()
    each = None if sizes is None else checks.of_length("initial_param_variations", sizes, n)
    scales = None if each is None else each.tolist()
    resolutions = settings.resolutions(n)
    many = settings.rules.adaptive_for_many and n >= MANY
    adaptive = settings.rules.adaptive_coefficients or many
    return Problem(
        n=n,
        extra=settings.extra_array_elements,
        start=origin,
        variations=scales,
        ranges=vertex_ranges(origin, scales),
        rules=settings.rules,
        max_rel_error=settings.max_rel_error,
        max_abs_error=settings.max_abs_error,
        resolutions=None if resolutions is None else resolutions.tolist(),
        tolerances=settings.tolerances,
        box=box,
        coefficients=adaptive_coefficients(n) if adaptive else Coefficients(),
        given_simplex=given,
    )


def plan_of(settings: Settings) -> dict[str, Any]:
    """Return seed, schedule and limits of the runs."""
    names = ("random_seed", "max_restarts", "max_iterations", "max_evaluations")
    plan = {name: getattr(settings, name) for name in names}
    return plan | {"pairs": settings.schedule == "pairs"}


def sizes_of(simplex: Array) -> Array:
    """Return the extent (n,) of a simplex from its first vertex; 0.01 where it is 0."""
    with np.errstate(over="ignore"):
        extents = np.minimum(abs(simplex - simplex[0]).max(axis=0), np.finfo(np.float64).max)
    return np.where(extents > 0.0, extents, 0.01)


def number_of_params(settings: Settings, start: Array | None, sizes: Array | None) -> int:
    """Return n as given, or else from the start values."""
    n = settings._given_n_params
    if n is None:
        for array in (start, sizes):
            if array is not None:
                return len(array)
        raise ValueError("n_params is unknown; give n_params or initial_params")
    if start is not None and len(start) != n:
        raise ValueError(
            f"initial_params has {len(start)} elements but n_params is {n}; they must agree"
        )
    return n


def inside(box: Box | None, start: Array | None, n: int) -> Array:
    """Return the start (zeros if none) moved into the box, with a warning if it was given."""
    origin = np.zeros(n) if start is None else start
    if box is None or box.contains(origin):
        return origin
    if start is not None:
        warnings.warn(
            f"initial_params {start.tolist()} is out of bounds and moved in",
            RuntimeWarning,
            stacklevel=5,
        )
    return box.clip(origin)
