"""`LevenbergMarquardt`: to residuals what `Minimizer` is to a function."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from ..common import checks
from ..common.arrays import Array
from ..common.progress import reporter
from ..common.records import Evaluation, RunRecord
from ..common.status import Status
from ..execution.call import Call
from ..execution.session import Session
from ..levenberg_marquardt.method import LevenbergMarquardtRuns
from ..levenberg_marquardt.options import Options
from ..levenberg_marquardt.state import State
from .engine_results import EngineResults
from .evaluator import Evaluator
from .problem_of import names_of, problem_of, start_of


class LevenbergMarquardt(EngineResults):
    """Minimize a sum of squared residuals by the Levenberg-Marquardt algorithm.

    Parameters
    ----------
    fun : callable or None
        ``fun(params, *args) -> residuals (m,)``; NaN means out of bounds. None if only `ask` and
        `tell` are used.
    jac : callable, optional
        ``jac(params, *args)`` returns the derivatives (m, n); by default they are differences.
    args : tuple
        Further arguments for `fun` and `jac`.
    bounds : sequence of (lower, upper) or scipy.optimize.Bounds, optional
        None and infinities mean no bound; equal ones hold a parameter.
    held : sequence of str or int, optional
        Parameters that keep their first values.
    names : sequence of str, optional
        Names of the parameters, used in messages.
    loss : str or callable, optional
        "soft_l1", "huber", "cauchy", "arctan", or a function as in SciPy.
    f_scale : float
        Size of a residual above which the loss differs from the square.
    options : Options, optional
        Rules of the algorithm.
    max_evaluations : int, optional
        Limit on calls of `fun`, those for derivatives included; 500 (n + 1) by default.
    max_seconds : float, optional
        Time limit; after it the minimization ends before the next evaluation.
    diff_step : float or array (n,), optional
        Relative steps of the differences; by default they follow from the type of the residuals.
    n_jobs : int, optional
        Number of workers, for points that may be evaluated side by side, as in `Minimizer`.
    pool : object, optional
        Whose workers to use in place of joblib's, as in `Minimizer`.
    callback : callable, optional
        ``callback(record)`` after every iteration; StopIteration ends the minimization.
    progress, trace
        As in `Minimizer`; the values of the trace are residuals.

    Attributes
    ----------
    params, residuals, cost
        Best point (n,), its residuals (m,), and half the sum of their squares.
    outcome : Outcome
        Jacobian, gradient, covariance, degenerate directions, `termination` …
    status : Status or None
    message : str
    evaluations, iterations : int
    runs : list of RunRecord

    Raises
    ------
    ValueError, TypeError
        If an argument is wrong, or `fun` does not return residuals.
    Exception
        Any exception of `fun`, with the best point so far as `best_params` and `best_value`.

    References
    ----------
    M. K. Transtrum, J. P. Sethna, Improvements to the Levenberg-Marquardt algorithm for nonlinear
    least-squares minimization, arXiv:1201.5885 (2012).

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer import LevenbergMarquardt
    >>> t = np.array([0.0, 1.0, 2.0, 3.0])
    >>> y = np.array([5.0, 3.1, 1.8, 1.2])
    >>> lm = LevenbergMarquardt(lambda p: p[0] * np.exp(-p[1] * t) - y)
    >>> lm.minimize([1.0, 1.0])
    <Status.SUCCESS: 0>
    >>> lm.params.round(3).tolist()
    [5.005, 0.491]
    """

    def __init__(
        self,
        fun: Callable[..., Any] | None,
        *,
        jac: Callable[..., Any] | None = None,
        args: Any = (),
        bounds: Any = None,
        held: Any = None,
        names: Sequence[str] | None = None,
        loss: Any = None,
        f_scale: float = 1.0,
        options: Options | None = None,
        max_evaluations: int | None = None,
        max_seconds: float | None = None,
        diff_step: Any = None,
        n_jobs: int | None = None,
        pool: Any = None,
        callback: Callable[[RunRecord], object] | None = None,
        progress: bool | str = False,
        trace: bool = False,
    ) -> None:
        self.fun = checks.optional_function("fun", fun)
        self.jac = checks.optional_function("jac", jac)
        self.args = checks.args("args", args)
        self.names = names
        self.max_seconds = checks.optional(checks.seconds)("max_seconds", max_seconds)
        self.n_jobs = checks.optional(checks.jobs)("n_jobs", n_jobs)
        self.pool = checks.optional(checks.pool)("pool", pool)
        self.callback = checks.optional_function("callback", callback)
        self.progress = checks.progress("progress", progress)
        self.trace: bool | list[Evaluation] = checks.trace("trace", trace)
        self._settings = {
            "bounds": bounds,
            "held": held,
            "loss": loss,
            "f_scale": f_scale,
            "options": options,
            "max_evaluations": max_evaluations,
            "diff_step": diff_step,
        }
        self._runs: LevenbergMarquardtRuns | None = None
        self._session, self._made = None, []
        self._next: Array | None = None
        self._kept: State | None = None
        self._aborted_early = False

    def minimize(self, initial_params: Any = None) -> Status:
        """Minimize from a start, or else from the result, with damping and scale kept."""
        if self.fun is None:
            raise TypeError("fun is None; give a function, or use ask() and tell()")
        session = self._begin(initial_params)
        try:
            session.perform(Evaluator(self.fun, self.jac, self.args), self.n_jobs, self.pool)
        except BaseException as error:
            _attach_best(error, self)
            raise
        finally:
            self._end()
        assert session.status is not None
        return session.status

    def ask(self, initial_params: Any = None) -> Array | None:
        """Return the next point to evaluate, None at the end; the first `ask` begins.

        With `jac` the point has one more element: 0 if residuals are wanted, 1 if the Jacobian is.
        """
        if self._session is None or self._session.is_closed:
            self._begin(initial_params)
        assert self._session is not None
        point = self._session.ask()
        if point is None:
            self._end()
        return point

    def tell(self, value: Any) -> None:
        """Report the residuals (or the Jacobian) at the point that `ask` returned last."""
        if self._session is None:
            raise RuntimeError("tell: no point is waiting for a value; ask() for one first")
        self._session.tell(value)

    def abort(self) -> None:
        """End the call under way, or else the next, with status ABORTED; the best point is kept."""
        if self._session is not None and self._session.status is None:
            self._session.call.abort_from(threading.get_ident())
        else:
            self._aborted_early = True

    def update_params(self, params: Any) -> None:
        """Set where the next `minimize` begins; damping and scale are kept."""
        self._next = start_of(params)

    def reset(self) -> None:
        """Forget the result, damping and scale; the next call needs a start."""
        self._runs = self._session = self._next = self._kept = None
        self._made = []

    def _begin(self, initial_params: Any) -> Session:
        if self._session is not None and not self._session.is_closed:
            raise RuntimeError("this minimization is under way; use another one inside fun")
        start = self._start(initial_params)
        problem = problem_of(
            start,
            names=names_of(self.names, start.size),
            has_jacobian=self.jac is not None,
            **self._settings,
        )
        call = Call(
            deadline=self.max_seconds and time.monotonic() + self.max_seconds,
            callback=self.callback,
            reporter=reporter(self.progress),
            tracing=self.trace is not False,
            aborted=self._aborted_early,
        )
        self._aborted_early = False
        self._runs = LevenbergMarquardtRuns(problem, self._kept)
        self._made = self._runs.made
        self._session = Session(self._runs, call)
        return self._session

    def _start(self, initial_params: Any) -> Array:
        if initial_params is not None:
            self._kept = self._next = None
            return start_of(initial_params)
        if not self._made and self._next is None:
            raise ValueError("initial_params is missing; give a start, or minimize once before")
        if self._made:
            self._kept = self._best.state
        start, self._next = (self.params if self._next is None else self._next), None
        return start

    def _end(self) -> None:
        assert self._session is not None
        self._session.close()
        if self.trace is not False:
            self.trace = self._session.trace


def _attach_best(error: BaseException, lm: LevenbergMarquardt) -> None:
    """Attach the best point so far to an exception."""
    try:
        error.best_params, error.best_value = lm.params, lm.cost  # type: ignore[attr-defined]
    except AttributeError:  # a class with slots
        return
    if hasattr(error, "add_note"):
        error.add_note(
            f"The best of {lm.evaluations} evaluations so far (best_params, best_value of this "
            f"exception): cost {lm.cost!r} at {lm.params.tolist()}"
        )
