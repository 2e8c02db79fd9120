"""The settings of a minimizer: plain attributes that are checked whenever they are set."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from .common import checks
from .common.arrays import Array
from .common.bounds import Box
from .setting import Setting
from .simplex.records import Evaluation, RunRecord
from .simplex.rules import Rules, as_rules


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
        self.random_seed, self.schedule, self.n_jobs = random_seed, schedule, n_jobs
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
        """Number of parameters, None as long as it is not known."""
        return self._n if self.given_n_params is None else self.given_n_params

    @n_params.setter
    def n_params(self, value: Any) -> None:
        self._given_n_params = None if value is None else checks.integer("n_params", value, 1)

    @property
    def given_n_params(self) -> int | None:
        """Number of parameters as set, None if it is left to the start values."""
        return self._given_n_params

    @property
    def max_iterations(self) -> int | None:
        """Limit on the iterations of all runs; its default is known once `n_params` is."""
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
