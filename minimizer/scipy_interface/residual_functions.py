"""`least_squares`: SciPy's signature, only translated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..common import checks
from ..common.arrays import Array
from ..common.jacobian_check import check_jacobian
from ..common.records import RunRecord
from ..common.status import Status
from ..levenberg_marquardt.options import Options
from ..residuals.problem_of import names_of
from ..residuals.solution import Job
from ..residuals.solve import solve
from .functions import takes_intermediate_result
from .residual_arguments import (
    check_words,
    evaluations_of,
    jacobian_of,
    options_of,
    pairs_of,
    start_of,
    workers_of,
)
from .residual_result import LeastSquaresResult, result_of
from .result import OptimizeResult


def least_squares(
    fun: Callable[..., Any],
    x0: Any,
    jac: Any = "2-point",
    bounds: Any = None,
    method: str = "auto",
    ftol: float | None = 1e-8,
    xtol: float | None = 1e-8,
    gtol: float | None = 1e-8,
    x_scale: Any = None,
    loss: Any = "linear",
    f_scale: float = 1.0,
    diff_step: Any = None,
    tr_solver: str | None = None,
    tr_options: dict[str, Any] | None = None,
    jac_sparsity: Any = None,
    max_nfev: int | None = None,
    verbose: int = 0,
    args: Any = (),
    kwargs: dict[str, Any] | None = None,
    callback: Callable[..., Any] | None = None,
    workers: Any = None,
    *,
    names: Sequence[str] | None = None,
    held: Any = None,
    confirm: bool = False,
    random_seed: int = 0,
    max_seconds: float | None = None,
    options: Options | dict[str, Any] | None = None,
    check_jac: bool = False,
) -> LeastSquaresResult:
    """Minimize a sum of squared residuals, as ``scipy.optimize.least_squares``.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args, **kwargs) -> residuals (m,)``; NaN means out of bounds.
    x0 : array (n,)
        Start.
    jac : {"2-point", "3-point", "richardson", "cs"} or callable
        Differences (forward, central, of fourth order), complex steps, or ``jac(x, *args,
        **kwargs)`` that returns an array or a sparse matrix (m, n). It may itself be inaccurate:
        where the result depends on that, its accuracy is checked.
    bounds : (lower, upper) or scipy.optimize.Bounds, optional
        Numbers or arrays (n,). Equal bounds hold a parameter.
    method : {"auto", "trf", "dogbox", "lm"}
        All mean Levenberg-Marquardt. With "auto" the simplex takes over where that is stuck: at the
        edge of a region of NaN, or where residuals are not differentiable.
    ftol, xtol : float or None
        At SciPy's defaults (or None) only a stationary point ends the run. Looser ones end it
        earlier, not as a success; a smaller `xtol` is the precision of the last steps.
    gtol, tr_solver, tr_options, jac_sparsity
        Accepted without effect: the test of a stationary point has no unit, and Jacobians are
        dense.
    workers : int or map-like callable, optional
        Number of workers for the differences, as `n_jobs` of `Minimizer`, or the map to use.
    x_scale : "jac", float or array (n,), optional
        Scales of the parameters; by default (as "jac") the columns of the Jacobian give them.
    loss : {"linear", "soft_l1", "huber", "cauchy", "arctan"} or callable
        Function of the squared residuals that is summed; a callable is defined as in SciPy.
    f_scale : float
        Residual above which the loss differs from the square.
    diff_step : float or array (n,), optional
        Relative steps of differences.
    max_nfev : int, optional
        Limit on calls of `fun`, all counted; by default 500 (n + 1) per run.
    verbose : {0, 1, 2}
        Print the outcome.
    args, kwargs : tuple, dict
        Further arguments of `fun` and `jac`.
    callback : callable, optional
        ``callback(x)`` or ``callback(*, intermediate_result)`` after every iteration;
        StopIteration ends the minimization.
    names : sequence of str, optional
        Names of the parameters, for results and errors.
    held : sequence of str or int, optional
        Parameters that keep their start.
    confirm : bool
        Whether a success must be found from two starts, at two to four times the evaluations.
    random_seed : int
        Seed of the starts that confirm.
    max_seconds : float, optional
        Time limit.
    options : Options or dict, optional
        Rules of the algorithm, see `minimizer.levenberg_marquardt.options.Options`.
    check_jac : bool
        Whether to compare `jac` with differences at the start (`minimizer.derivatives` has it as
        `check_jacobian`); these calls do not count.

    Returns
    -------
    LeastSquaresResult

    Raises
    ------
    ValueError, TypeError
        If an argument is wrong, or `fun` does not return residuals.
    Exception
        Any exception of `fun`, with the best point so far as `best_params` and `best_value`.

    Notes
    -----
    Unlike in SciPy, a success is a stationary point: residuals orthogonal to the tangent space
    (Bates and Watts' relative offset), or vanishing ones. The test has no unit, so that scaling
    residuals or parameters changes nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer import least_squares
    >>> t = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    >>> y = np.array([5.02, 3.05, 1.83, 1.12, 0.66])
    >>> result = least_squares(lambda x: x[0] * np.exp(-x[1] * t) - y, [1, 1], names=["a", "b"])
    >>> result.success, result.x.round(3).tolist(), result.uncertainties.round(3).tolist()
    (True, [5.024, 0.503], [0.011, 0.002])
    """
    check_words(method, tr_solver, verbose)
    checks.function("fun", fun)
    start = start_of(x0)
    words = dict(kwargs or {})
    known = names_of(names, start.size)
    watch = _Watch(callback)
    further = checks.args("args", args)
    derivatives = jacobian_of(jac, fun, words)
    if check_jac and derivatives is not None:
        check_jacobian(
            lambda x: fun(x, *further, **words),
            lambda x: derivatives(x, *further),
            start,
            names=known,
        )
    job = Job(
        partial(fun, **words) if words else fun,
        start,
        jac=derivatives,
        args=further,
        settings={
            "names": known,
            "bounds": pairs_of(bounds, start),
            "held": held,
            "loss": loss,
            "f_scale": f_scale,
            "diff_step": diff_step,
            "options": options_of(options, jac, x_scale, ftol, xtol, start.size),
            "callback": None if callback is None else watch,
            **workers_of(workers),
        },
        max_evaluations=evaluations_of(max_nfev),
        max_seconds=max_seconds,
    )
    solution = solve(
        job,
        takes_over=method == "auto",
        confirm=int(bool(confirm)),
        seed=checks.seed("random_seed", random_seed),
    )
    result = result_of(solution, job, known)
    if watch.stopped and result.minimizer_status is Status.ABORTED:
        result.message = "`callback` raised `StopIteration`."
    if verbose:
        print(
            f"{result.message}\nFunction evaluations {result.nfev}, initial cost "
            f"{job.first_cost:.4e}, final cost {result.cost:.4e}, first-order optimality "
            f"{result.optimality:.2e}."
        )
    return result


class _Watch:
    """Calls the user's callback as SciPy does."""

    def __init__(self, callback: Callable[..., Any] | None) -> None:
        self._callback, self.stopped = callback, False
        self._by_keyword = callback is not None and takes_intermediate_result(callback)

    def __call__(self, record: RunRecord) -> None:
        """Take the record of a run after an iteration."""
        assert self._callback is not None
        x: Array = record.params.copy()
        try:
            if self._by_keyword:
                shown = OptimizeResult(x=x, cost=record.function_value, nit=record.iterations)
                shown.nfev = record.evaluations
                self._callback(intermediate_result=shown)
            else:
                self._callback(x)
        except StopIteration:
            self.stopped = True
            raise
