"""The settings of a minimizer: plain attributes, checked whenever they are set."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, asdict, dataclass, fields
from typing import Any, Generic, TypeVar, overload

import numpy as np

from .common import checks
from .common.arrays import Array
from .common.bounds import Box
from .common.records import Evaluation, RunRecord
from .common.tolerances import Tolerances
from .simplex.problem import Coefficients, Problem, adaptive_coefficients, vertex_ranges
from .simplex.rules import IMAGEJ, Rules, as_rules

MANY = 8  # parameters: from here on the coefficients are adapted to their number (R10)

Given = TypeVar("Given")
Kept = TypeVar("Kept")


class Setting(Generic[Given, Kept]):
    """A plain attribute, checked whenever it is set; None is accepted where it is the default.

    `shown` returns the value to read, from the settings and the value kept, where they differ.
    """

    def __init__(
        self,
        check: Callable[[str, Any], Any],
        default: Given,
        shown: Callable[[Any, Kept], Kept] | None = None,
    ) -> None:
        self._check, self._default, self._shown = check, default, shown

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        # A default is checked once; none can be changed, so that all settings may share it.
        self.kept = None if self._default is None else self._check(name, self._default)

    @overload
    def __get__(self, instance: None, owner: type) -> Given: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Kept: ...
    def __get__(self, instance: object | None, owner: type) -> Given | Kept:
        if instance is None:
            return self._default  # which is how `dataclass` learns it
        kept: Kept = instance.__dict__[self._name]
        return kept if self._shown is None else self._shown(instance, kept)

    def __set__(self, instance: object, value: Given) -> None:
        kept = self.kept if value is self._default else self._check(self._name, value)
        instance.__dict__[self._name] = kept


def _n_params(settings: Settings, given: int | None) -> int | None:
    return settings._n if given is None else given


def _max_iterations(settings: Settings, given: int | None) -> int | None:
    n = settings.n_params
    if given is not None or n is None:
        return given
    return (1500 if settings.max_restarts > 0 else 750) * n**2


Plain = Setting[Kept, Kept]
Callback = Callable[[RunRecord], object]


@dataclass(eq=False, repr=False)
class Settings:
    """All settings of `Minimizer`, which documents them."""

    fun: Callable[..., Any] | None
    n_params: Plain[int | None] = Setting(checks.size, None, _n_params)
    _: KW_ONLY
    args: Setting[Any, tuple[Any, ...]] = Setting(checks.args, ())
    rules: Setting[str | Rules, Rules] = Setting(lambda name, value: as_rules(value), "robust")
    bounds: Setting[Any, Box | None] = Setting(checks.bounds, None)
    max_rel_error: Plain[float] = Setting(checks.limit, 1e-10)
    max_abs_error: Plain[float] = Setting(checks.limit, 1e-100)
    param_resolutions: Setting[Any, Array | None] = Setting(checks.resolutions, None)
    max_iterations: Plain[int | None] = Setting(checks.count, None, _max_iterations)
    max_restarts: Plain[int] = Setting(checks.count, 2)
    restart_within: Plain[int | None] = Setting(checks.size, None)
    max_evaluations: Plain[int | None] = Setting(checks.size, None)
    max_seconds: Plain[float | None] = Setting(checks.seconds, None)
    random_seed: Plain[int] = Setting(checks.seed, 0)
    schedule: Plain[str] = Setting(checks.one_of("pairs", "sequential"), "pairs")
    n_jobs: Plain[int | None] = Setting(checks.jobs, None)
    pool: Plain[Any] = Setting(checks.pool, None)
    extra_array_elements: Plain[int] = Setting(checks.count, 0)
    callback: Plain[Callback | Sequence[Callback] | None] = Setting(checks.callbacks, None)
    progress: Plain[bool | str] = Setting(checks.progress, False)
    interrupt: Plain[str] = Setting(checks.one_of("raise", "abort"), "raise")
    tolerances: Setting[Any, Tolerances | None] = Setting(checks.tolerances, None)
    trace: Plain[bool | list[Evaluation]] = Setting(checks.trace, False)
    checkpoint: Setting[Any, str | None] = Setting(checks.path, None)
    checkpoint_interval: Plain[float] = Setting(checks.seconds, 60.0)
    engine: Plain[str] = Setting(checks.one_of("auto", "python", "compiled"), "auto")

    def __post_init__(self) -> None:
        self._n: int | None = None  # of the last call
        n = self.n_params
        if n is not None:
            self.box(n)
            self.resolutions(n)

    def __setattr__(self, name: str, value: Any) -> None:
        setting = SETTINGS.get(name)
        if setting is not None:
            setting.__set__(self, value)
            return
        if name == "fun":
            value = checks.optional_function(name, value)
        elif not (name.startswith("_") or self._is_property(name)):
            hint = checks.did_you_mean(name, FIELDS)
            raise AttributeError(f"Minimizer has no setting {name!r}{hint}")
        super().__setattr__(name, value)

    def _is_property(self, name: str) -> bool:
        return isinstance(getattr(type(self), name, None), property)

    def box(self, n: int) -> Box | None:
        """Return the bounds of n parameters."""
        if self.bounds is None:
            return None
        sides = self.bounds.lower, self.bounds.upper
        return Box(*(checks.of_length("bounds", side, n) for side in sides))

    def resolutions(self, n: int) -> list[float] | None:
        """Return the resolutions of n parameters."""
        return _list_of("param_resolutions", self.param_resolutions, n)


FIELDS = {field.name: field for field in fields(Settings)}
SETTINGS = {name: each for name, each in vars(Settings).items() if isinstance(each, Setting)}
NO_DATA = {"fun", "args", "callback", "pool"}  # what a file cannot have
_KEPT = {name: setting.kept for name, setting in SETTINGS.items()}


def _begin(self: Settings, fun: Any, n_params: Any = None, **given: Any) -> None:
    checks.keywords("Minimizer", given, SETTINGS)
    self.__dict__.update(_KEPT)
    self.fun = fun
    self.n_params = n_params
    for name, value in given.items():
        setattr(self, name, value)
    self.__post_init__()


# `dataclass` would set all defaults one after another, and report an unknown keyword in the name of
# this class. Its signature stays: `help` shows the defaults, and the docstring has the types.
Settings.__init__.__annotations__.clear()
_begin.__signature__ = inspect.signature(Settings.__init__)  # type: ignore[attr-defined]
Settings.__init__ = _begin  # type: ignore[method-assign]


def data_of(settings: Settings) -> dict[str, Any]:
    """Return all settings that are data, as JSON."""
    kept = {name: settings.__dict__[name] for name in SETTINGS.keys() - NO_DATA}
    rules, box, tolerances = (kept[name] for name in ("rules", "bounds", "tolerances"))
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in kept.items()
    } | {
        "rules": asdict(rules),
        "bounds": None if box is None else box.sides,
        "tolerances": None if tolerances is None else [tolerances.params, tolerances.value],
        "trace": kept["trace"] is not False,
    }


def from_data(data: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a file as keyword arguments, not yet checked."""
    if data.keys() != SETTINGS.keys() - NO_DATA:
        raise ValueError("settings are missing, or there are others")
    rules = data["rules"]
    known = rules.keys() == {rule.name for rule in fields(Rules)}
    if not (known and all(type(switch) is bool for switch in rules.values())):
        raise ValueError("a rule is missing, or neither on nor off")
    return data | {"rules": Rules(**rules)}


def problem_of(settings: Settings, params: Any, variations: Any, simplex: Any) -> Problem:
    """Check the start values and combine them with limits and rules."""
    rules, given = settings.rules, checks.simplex("initial_simplex", simplex)
    if given is not None:
        params, variations = given[0], sizes_of(given)
    start, sizes = _start_and_sizes(params, variations, rules)
    n = number_of_params(settings, start, sizes)
    if start is None and not rules.start_at_zeros:
        raise ValueError("initial_params is missing; these rules need it (start_at_zeros is off)")
    box = settings.box(n)
    origin = inside(box, start, n).tolist()
    scales = _list_of("initial_param_variations", sizes, n)
    adaptive = rules.adaptive_coefficients or (rules.adaptive_for_many and n >= MANY)
    return Problem(
        n=n,
        extra=settings.extra_array_elements,
        start=origin,
        variations=scales,
        ranges=vertex_ranges(origin, scales),
        rules=rules,
        max_rel_error=settings.max_rel_error,
        max_abs_error=settings.max_abs_error,
        resolutions=settings.resolutions(n),
        tolerances=settings.tolerances,
        box=box,
        coefficients=adaptive_coefficients(n) if adaptive else Coefficients(),
        given_simplex=given,
    )


def _start_and_sizes(
    params: Any, variations: Any, rules: Rules
) -> tuple[Array | None, Array | None]:
    """Check the start and the sizes; ImageJ accepts any numbers."""
    names = "initial_params", "initial_param_variations"
    if rules == IMAGEJ:
        return checks.any_numbers(names[0], params), checks.any_numbers(names[1], variations)
    return checks.initial_params(names[0], params), checks.variations(names[1], variations)


def plan_of(settings: Settings) -> dict[str, Any]:
    """Return seed, schedule and limits of the runs."""
    return {
        "random_seed": settings.random_seed,
        "max_restarts": settings.max_restarts,
        "restart_within": settings.restart_within,
        "max_iterations": settings.max_iterations,
        "max_evaluations": settings.max_evaluations,
        "pairs": settings.schedule == "pairs",
    }


def sizes_of(simplex: Array) -> Array:
    """Return the extent (n,) of a simplex from its first vertex; 0.01 where it is 0."""
    with np.errstate(over="ignore"):
        extents = np.minimum(abs(simplex - simplex[0]).max(axis=0), np.finfo(np.float64).max)
    return np.where(extents > 0.0, extents, 0.01)


def number_of_params(settings: Settings, start: Array | None, sizes: Array | None) -> int:
    """Return n as given, or else from the start values."""
    n: int | None = settings.__dict__["n_params"]  # as given, not as in the last call
    known = sizes if start is None else start
    if n is None and known is None:
        raise ValueError("n_params is unknown; give n_params or initial_params")
    if n is not None and start is not None and len(start) != n:
        raise ValueError(
            f"initial_params has {len(start)} elements but n_params is {n}; they must agree"
        )
    return n or len(known)  # type: ignore[arg-type]


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


def _list_of(name: str, array: Array | None, n: int) -> list[float] | None:
    return None if array is None else checks.of_length(name, array, n).tolist()
