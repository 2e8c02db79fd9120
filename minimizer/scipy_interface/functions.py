"""`minimize`, `fmin` and `nelder_mead`: SciPy's signatures and meanings, only translated."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..common.records import RunRecord
from ..minimizer import Minimizer
from .constraints import given, unfulfilled, warn_of
from .options import (
    NOT_GIVEN,
    adapted,
    box_of,
    check_method,
    has_budget,
    moved_in,
    start_of,
    translate,
    warn_of_unused,
)
from .outcome import outcome_of
from .result import OptimizeResult, display, result_of, without_constraints

Callback = Callable[..., Any] | Sequence[Callable[..., Any]] | None


def minimize(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    method: Any = None,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callback = None,
    options: dict[str, Any] | None = None,
) -> OptimizeResult:
    """Minimize a function of a few parameters, as ``scipy.optimize.minimize(…, "Nelder-Mead")``.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args) -> float``; NaN means out of bounds.
    x0 : array (n,)
        Start. A scalar means n = 1. `fun` receives float32 if `x0` is float32.
    args : tuple
        Further arguments for `fun`; anything that is not a tuple is wrapped in one.
    method : {None, "Nelder-Mead"}
    jac, hess, hessp
        Unused, with a warning.
    bounds : sequence of (lower, upper) or scipy.optimize.Bounds, optional
        None and infinities mean no bound.
    constraints
        Ignored, with SciPy's warning; a result that does not fulfil them is no success. Let `fun`
        return NaN where they are violated.
    tol : float, optional
        Sets both `xatol` and `fatol`.
    callback : callable or list of callables, optional
        ``callback(xk)`` or ``callback(*, intermediate_result)``, distinguished by the name of the
        parameter, after every iteration. StopIteration ends the minimization.
    options : dict, optional
        SciPy's `maxiter`, `maxfev`, `xatol`, `fatol`, `adaptive`, `initial_simplex`,
        `return_all` and `disp`, every setting of `Minimizer` under its own name, and
        `initial_param_variations`. If `xatol` or `fatol` is given, both absolute tolerances
        (the other is 1e-4) decide, as in SciPy, and the values of two runs must agree within
        `fatol`; if neither is given the limits of `Minimizer` apply, which are tighter. A
        tolerance below the rounding, such as 0, means the rounding. `maxiter` and `maxfev` count
        all runs. Without any limit there are 400 n iterations, or 200 n if a tolerance is given,
        and unless `max_restarts` is given, no further round of two runs begins once there have been
        200 n evaluations, SciPy's default limit (`restart_within`).

    Returns
    -------
    OptimizeResult

    Raises
    ------
    ValueError, TypeError
        If an argument is wrong, or `fun` does not return a real number.
    Exception
        Any exception of `fun`, with the best point so far as `best_params` and `best_value`.

    Notes
    -----
    Unlike in SciPy, success means that two runs from different simplices agreed (`confirmed`).
    ``options={"max_restarts": 0}`` makes a single run. There is one exception, for code that was
    written for one search: if a limit of iterations or evaluations that was given ends after a
    single run that a quadratic surface ended (R16 of `Rules`), that is a success, with `confirmed`
    False. Such a run is in a local minimum, but perhaps not in the lowest one.

    Examples
    --------
    >>> from minimizer import minimize
    >>> def rosenbrock(x):
    ...     return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    >>> result = minimize(rosenbrock, [-1.2, 1.0])
    >>> result.success, result.x.round(6).tolist()
    (True, [1.0, 1.0])
    """
    check_method(method)
    warn_of_unused(jac, hess, hessp)
    return _minimize(fun, x0, args, jac, bounds, constraints, tol, callback, options or {})


def nelder_mead(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    *,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    callback: Callback = None,
    tol: float | None = None,
    **options: Any,
) -> OptimizeResult:
    """Serve as a method of SciPy: ``scipy.optimize.minimize(f, x0, method=nelder_mead)``.

    The arguments are those of `minimize`, with the options as keywords.

    Examples
    --------
    >>> from minimizer import nelder_mead
    >>> print(nelder_mead(lambda x: (x[0] - 1) ** 2 + 5, [3.0], maxfev=100).fun.round(6))
    5.0
    """
    warn_of_unused(jac, hess, hessp)
    return _minimize(fun, x0, args, jac, bounds, constraints, tol, callback, options)


def fmin(
    func: Callable[..., Any],
    x0: Any,
    args: Any = (),
    xtol: float = NOT_GIVEN,
    ftol: float = NOT_GIVEN,
    maxiter: float | None = None,
    maxfun: float | None = None,
    full_output: bool | int = 0,
    disp: bool | int = 1,
    retall: bool | int = 0,
    callback: Callback = None,
    initial_simplex: Any = None,
    *,
    n_jobs: int | None = None,
) -> Any:
    """Minimize a function of a few parameters, as ``scipy.optimize.fmin``.

    Parameters
    ----------
    func, x0, args, callback, initial_simplex
        As in `minimize`.
    xtol, ftol : float
        Absolute tolerances of parameters and value. If neither is given, the tighter limits of
        `Minimizer` apply; 1e-4 given explicitly means SciPy's tolerance.
    maxiter, maxfun : int, optional
        Limits over all runs; by default as in `minimize`.
    n_jobs : int, optional
        Number of workers, see `Minimizer`; by default `func` is called from one thread, one call
        after another.
    full_output, disp, retall : bool
        Return the tuple below; print the outcome; return the best points of all iterations.

    Returns
    -------
    xopt : ndarray (n,)
    fopt : float
    iter, funcalls : int
    warnflag : int
        0 success, 1 `maxfun`, 2 `maxiter`; for others see `OptimizeResult`.
    allvecs : list of ndarray (n,)
        Only with `retall`. Without `full_output` only `xopt` and `allvecs` are returned.

    Examples
    --------
    >>> from minimizer import fmin
    >>> fmin(lambda x: (x[0] - 1) ** 2 + 5, 3.0, disp=False).round(4)
    array([1.])
    """
    options: dict[str, Any] = {
        "maxiter": maxiter,
        "maxfev": maxfun,
        "disp": disp,
        "return_all": retall,
        "initial_simplex": initial_simplex,
        "n_jobs": n_jobs,
    }
    if not (xtol is NOT_GIVEN and ftol is NOT_GIVEN):
        options |= {"xatol": xtol, "fatol": ftol}
    if x0 is not None:
        x0 = np.ravel(x0)  # as SciPy's `fmin` does, but not its `minimize`
    result = _minimize(func, x0, args, None, None, (), None, callback, options)
    fields = ("x", "fun", "nit", "nfev", "status") if full_output else ("x",)
    output = tuple(result[name] for name in (*fields, *(("allvecs",) if retall else ())))
    return output if len(output) > 1 else result.x


def _minimize(
    fun: Callable[..., Any],
    x0: Any,
    args: Any,
    jac: Any,
    bounds: Any,
    constraints: Any,
    tol: float | None,
    callback: Callback,
    options: dict[str, Any],
) -> OptimizeResult:
    """Set up a `Minimizer`, run it, and return the result in SciPy's words."""
    wanted = given(constraints)
    warn_of(wanted)
    start = start_of(x0)
    box = box_of(bounds, start.size)
    if box is not None:
        start = moved_in(start, box)
    settings, begin = translate(options, start.size, tol)
    if box is not None and "initial_simplex" in begin:
        # As SciPy does, a vertex above the upper bounds is mirrored there.
        vertices = begin["initial_simplex"]
        mirrored = np.where(vertices > box.upper, 2.0 * box.upper - vertices, vertices)
        begin["initial_simplex"] = box.clip(mirrored)
    watch = Iterations(callback, start.dtype)
    return_all = bool(options.get("return_all"))
    if return_all or callback is not None:
        settings["callback"] = watch
    fun = adapted(fun, start.dtype, jac is True)
    m = Minimizer(fun, start.size, args=args, bounds=box, **settings)
    m.minimize(start, **begin)
    result = result_of(m, outcome_of(m, watch.stopped, has_budget(options)), start)
    without_constraints(result, unfulfilled(wanted, result.x))
    if return_all:
        result.allvecs = watch.allvecs(start, m.runs)
    if isinstance(m.trace, list):
        result.trace = m.trace
    if options.get("disp"):
        display(result)
    return result


class Iterations:
    """Callback for `Minimizer`: keeps best points and calls the user's callback as SciPy does."""

    def __init__(self, callback: Callback, dtype: Any) -> None:
        checks.optional(checks.callbacks)("callback", callback)
        given = [callback] if callable(callback) else callback or []
        self._callbacks: list[Callable[..., Any]] = list(given)
        self._dtype = dtype
        self._by_keyword = [takes_intermediate_result(each) for each in self._callbacks]
        self._vectors: dict[int, list[Array]] = {}
        self.stopped = False

    def __call__(self, record: RunRecord) -> None:
        """Take the record of a run after an iteration."""
        x = record.params.astype(self._dtype)
        self._vectors.setdefault(record.seed, []).append(x)
        for callback, by_keyword in zip(self._callbacks, self._by_keyword, strict=True):
            try:
                if by_keyword:
                    result = OptimizeResult(x=x.copy(), fun=record.function_value)
                    callback(intermediate_result=result)
                else:
                    callback(x.copy())
            except StopIteration:
                self.stopped = True
        if self.stopped:
            raise StopIteration

    def allvecs(self, x0: Array, runs: list[RunRecord]) -> list[Array]:
        """Return the start and the best points of all iterations, run after run."""
        return [x0, *(x for run in runs for x in self._vectors.get(run.seed, []))]


def takes_intermediate_result(callback: Callable[..., Any]) -> bool:
    """Return whether a callback's only parameter is `intermediate_result`."""
    try:
        return set(inspect.signature(callback).parameters) == {"intermediate_result"}
    except (TypeError, ValueError):
        return False
