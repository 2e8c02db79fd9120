"""`Minimizer`: settings in, results out."""

from __future__ import annotations

import functools
import os
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np

from .common import checks
from .common.arrays import Array
from .common.html import table
from .common.progress import reporter
from .common.records import RunRecord, hessian_at
from .common.status import Status
from .execution import checkpoint_file
from .execution.answer_stream import here
from .execution.call import Call
from .execution.checkpoint import Checkpoint, refuse_existing
from .execution.checkpoint_data import WRONG, Begun, Saved, data_of_call, read_call
from .execution.session import Session
from .settings import Callback, Settings, data_of, from_data, plan_of, problem_of
from .simplex.compiled.function import compiled_function
from .simplex.method import NelderMead


class Results:
    """The results of a `Minimizer`; during a call, the best so far."""

    n_params: int | None
    extra_array_elements: int
    _session: Session | None
    _yardstick: tuple[list[float], list[float]]  # start and size of the first simplex

    @property
    def params(self) -> Array:
        """Best point (n,), NaN if there is none."""
        best = self._best
        return np.full(self.n_params or 0, np.nan) if best is None else best.params.copy()

    @property
    def function_value(self) -> float:
        """Value at the best point, NaN if there is none."""
        best = self._best
        return np.nan if best is None else best.function_value

    @property
    def extra(self) -> Array:
        """Extra array elements of the best point, NaN if there is none."""
        best = self._best
        return np.full(self.extra_array_elements, np.nan) if best is None else best.extra.copy()

    @property
    def status(self) -> Status | None:
        """Status of the last call, None before and during it."""
        return None if self._session is None else self._session.status

    @property
    def message(self) -> str:
        """What happened and what to do, in words."""
        if self.status is None:
            return "No minimization has ended yet."
        values = sorted(run.function_value for run in self.runs if run.has_result)
        if self.status is Status.MAX_RESTARTS_EXCEEDED and len(values) > 1:
            return (
                f"No two runs agreed: best {values[0]:.6g} and {values[1]:.6g}. "
                "Raise max_restarts, or try another start."
            )
        if self.status is Status.UNBOUNDED:
            return f"{self.function_value:.6g} at {self.params.tolist()}: {self.status.message}"
        if self.status is Status.RUNAWAY:
            start, sizes = map(np.array, self._yardstick)
            i = int(np.argmax(np.abs(self.params - start) / sizes))
            return f"params[{i}] is {self.params[i]:.6g}: {self.status.message}"
        return self.status.message

    @property
    def runs(self) -> list[RunRecord]:
        """One record per run, in the order of the schedule."""
        return [] if self._session is None else self._session.all_records

    @property
    def iterations(self) -> int:
        """Iterations of all runs."""
        return sum(run.iterations for run in self.runs)

    @property
    def evaluations(self) -> int:
        """Calls of the function in all runs."""
        return sum(run.evaluations for run in self.runs)

    @property
    def speculative_evaluations(self) -> int:
        """Calls of the function in workers that were not needed; known when the call has ended."""
        return 0 if self._session is None else self._session.speculative_evaluations

    @property
    def nan_evaluations(self) -> int:
        """Calls of the function that gave NaN."""
        return sum(run.nan_evaluations for run in self.runs)

    @property
    def completed_minimizations(self) -> int:
        """Number of runs that converged."""
        return sum(run.completed for run in self.runs)

    @property
    def hessian(self) -> Array | None:
        """Second derivatives (n, n) at the best point, None if no surface ended a run there."""
        return hessian_at(self._best, self.runs)

    @property
    def _best(self) -> RunRecord | None:
        return None if self._session is None else self._session.best


class Minimizer(Settings, Results):
    """Minimize a function of a few parameters without derivatives, with ImageJ's simplex algorithm.

    A run searches with the simplex of Nelder and Mead, makes a new simplex around the result, and
    searches again until the result is stable. Runs from different random simplices are made in
    rounds of two until two results agree: only then is the minimization a success.

    Parameters
    ----------
    fun : callable or None
        ``fun(params, *args) -> float``; `params` is a new ndarray (n,) of float64, which `fun` may
        keep or change. NaN means out of bounds, as does inf or another penalty (R21 of `Rules`).
        None if only `ask` and `tell` are used.
    n_params : int, optional
        Number of parameters n; not needed if initial parameters or variations are given.
    args : tuple
        Further arguments for `fun`; anything that is not a tuple is wrapped in one.
    rules : {"robust", "imagej"} or Rules
        "imagej" gives the numbers of ImageJ bit for bit; `Rules` lists the repairs of "robust".
    bounds : sequence of (lower, upper) or scipy.optimize.Bounds, optional
        None and infinities mean no bound. `fun` is never called outside.
    max_rel_error, max_abs_error : float
        Error limits on the function value: a search has converged when the values at the best and
        the worst vertex differ by less than a quarter of either limit, or when a quadratic surface
        shows that no more can be gained; two runs agree within either. The relative limit refers to
        the descent where that is less than the value (R18).
    param_resolutions : array (n,), optional
        A search has also converged when every vertex is nearer to the best than this, in every
        parameter. Set it if the function is noisy or has steps.
    max_iterations : int, optional
        Limit over all runs; by default 1500 n², and 750 n² if ``max_restarts=0``.
    max_restarts : int
        Number of further rounds while no two results agree. 0: a single run, unconfirmed
        (two under "sequential", as in ImageJ).
    restart_within : int, optional
        No further round begins once all runs together have taken this many evaluations.
    max_evaluations : int, optional
        Limit over all runs, exact; the initial simplex counts.
    max_seconds : float, optional
        Time limit; after it the minimization ends before the next evaluation.
    random_seed : int
        32-bit seed of the initial simplices.
    schedule : {"pairs", "sequential"}
        Two runs per round, or one (ImageJ's ``setMaximumThreads(1)``). The result depends on the
        schedule and the seed, never on `n_jobs`.
    n_jobs : int, optional
        Number of workers (joblib's convention: -1 = all cores), on the backend of an active
        ``joblib.parallel_config``, else in threads. None: use that configuration; without one,
        `fun` is called from the caller's thread only, one call after another. With workers `fun` is
        called several times at once, so it must not keep state between calls. Workers beyond two
        start later rounds early. Runs that depend on each other (ImageJ's rules,
        ``schedule="sequential"``, a budget too small for two) are made one after another; the
        workers then evaluate points that are known in advance side by side, if a call of `fun`
        takes 20 ms or more.
    pool : object, optional
        Whose workers to use in place of joblib's: anything with a method ``map``, such as the pools
        of ``multiprocessing``, ``concurrent.futures`` or MPI. Two of its workers are used, or
        `n_jobs`. `fun` and `args` must be picklable if these workers are processes.
    extra_array_elements : int
        `fun` then gets an array (n + extra,); values that it writes to the last elements stay
        with the point and are found in `extra`.
    callback : callable or list of callables, optional
        ``callback(record)`` after every iteration, with the `RunRecord` of the run so far. If it
        raises StopIteration, the minimization is aborted.
    progress : bool or "line"
        True shows a tqdm bar (extra ``progress``), "line" a status line on standard error.
    interrupt : {"raise", "abort"}
        Effect of Ctrl-C: raise KeyboardInterrupt with the best point so far attached, or end the
        call with status ABORTED, as Escape does in ImageJ.
    tolerances : (float, float), optional
        Absolute tolerances of the parameters and of the value. If given they replace all other
        limits: both decide whether a search has converged and a run is stable, the second whether
        two runs agree.
    trace : bool
        Keep every evaluation. After a call, `trace` is their list: each is an `Evaluation`
        ``(run, move, point, value)``.
    checkpoint : path, optional
        File to which a call is written, so that it survives a kill: `load` and `resume` continue
        it. It exists during the call and is removed at its end, unless an exception ends the call.
        An existing file is refused. If it cannot be written, there is a warning and the call
        continues. A function that numba has compiled is then called from Python.
    checkpoint_interval : float
        Seconds between two writings: a kill costs at most as many.

    engine : {"auto", "python", "compiled"}
        Which form of the algorithm runs between two calls of a Python function, if it is called
        from one thread and without callback, progress, trace and checkpoint: "compiled" by numba,
        which takes a fraction of the time, or "python", the interpreted one. The bits are the same.
        ``python -m minimizer compile`` compiles it once; reading it afterwards takes most of a
        second. "auto" uses the compiled form if this process has already read it.

    Attributes
    ----------
    params : ndarray (n,)
        Best point, NaN if there is none. During a call, and after one that ended with an
        exception, the best so far.
    function_value : float
        Value there, NaN if there is none.
    extra : ndarray (extra,)
        Extra array elements of the best point.
    status : Status or None
        None before and during a call.
    message : str
        What happened and what to do.
    iterations, evaluations, nan_evaluations, completed_minimizations : int
        Counts over all runs; the last counts the runs that converged.
    hessian : ndarray (n, n) or None
        Approximate second derivatives at the best point, from the quadratic surface that ended the
        run. None if no surface did; NaN for a parameter on a bound.
    speculative_evaluations : int
        Evaluations that workers made ahead and that were not needed. They are not
        part of the other counts, which do not depend on `n_jobs`, the backend or timing.
    runs : list of RunRecord
        One record per run.

    Notes
    -----
    All settings are attributes that can be read and set. Unlike in ImageJ, a second call starts
    afresh, and there are `max_evaluations`, `max_seconds`, `bounds`, `ask` and `tell`.

    References
    ----------
    M. Schmid, ``ij.measure.Minimizer``, ImageJ 1.54, https://imagej.net/ij.

    J. A. Nelder, R. Mead, A simplex method for function minimization, Comput. J. 7 (1965) 308-313.

    Examples
    --------
    >>> from minimizer import Minimizer
    >>> def rosenbrock(x):
    ...     return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    >>> m = Minimizer(rosenbrock, 2)
    >>> m.minimize([-1.2, 1.0])
    <Status.SUCCESS: 0>
    >>> m.params.round(6)
    array([1., 1.])
    """

    _session: Session | None = None
    _call_id: str | None = None
    _aborted_early = False
    _at_work = False
    _is_paused = False  # a call that was loaded
    _begun: Begun

    def __getstate__(self) -> dict[str, Any]:
        """Omit a call under way: a function that refers to its minimizer carries it to a worker."""
        state = self.__dict__.copy()
        if self._session is not None and not self._session.is_closed:
            state |= {"_session": None, "_at_work": False, "callback": None, "pool": None}
        return state

    def __repr__(self) -> str:
        state = "not run" if self.status is None else self.status.name
        return (
            f"<Minimizer: {state}, function_value={self.function_value:.10g}, "
            f"params={self.params.tolist()}, {self.evaluations} evaluations, {len(self.runs)} runs>"
        )

    def _repr_html_(self) -> str:
        state = "not run" if self.status is None else self.status.name
        rows = [
            ("status", state),
            ("message", self.message),
            ("function_value", f"{self.function_value:.10g}"),
            ("params", str(self.params)),
            ("evaluations", str(self.evaluations)),
            ("runs", "\n".join(f"{run.status}: {run.function_value:.10g}" for run in self.runs)),
        ]
        return table(rows)

    def minimize(
        self,
        initial_params: Any = None,
        initial_param_variations: Any = None,
        *,
        initial_simplex: Any = None,
    ) -> Status:
        """Minimize in rounds of runs, until two results agree.

        Parameters
        ----------
        initial_params : array (n,), optional
            Start; zeros if not given. NaN marks an unknown parameter. If the function is NaN at
            the start, a valid point is searched for around it.
        initial_param_variations : array (n,), optional
            Size of the initial simplex, positive; by default a tenth of the parameter, or 0.01 if
            that is 0, and less where probes of the function require it (R19 of `Rules`). ImageJ's
            rules take any numbers, and 0.01 for those that are not positive.
        initial_simplex : array (n + 1, n), optional
            Simplex of the first run, in place of the two above. The other runs start from random
            simplices of the same size around its first vertex.

        Returns
        -------
        Status

        Raises
        ------
        ValueError, TypeError
            If an argument or setting is wrong, or `fun` does not return a real number.
        Exception
            Any exception of `fun` or the callback, KeyboardInterrupt included, with the best point
            so far attached as `best_params` and `best_value`. An exception in a worker is raised
            at its place in the order of the runs, as on one core.
        RuntimeError
            If a worker process dies twice at the same evaluation.

        Warns
        -----
        RuntimeWarning
            If the start is out of bounds and is moved inside; if a worker process died and a new
            one resumes its run.

        Examples
        --------
        >>> from minimizer import Minimizer
        >>> m = Minimizer(lambda x: float("nan") if x[0] < 2 else x[0] ** 2)
        >>> m.minimize([3.0]), m.params.round(6).tolist()
        (<Status.SUCCESS: 0>, [2.0])
        """
        start = initial_params, initial_param_variations, initial_simplex
        return self._perform(self._function(), self._begin(*start))

    def minimize_once(
        self,
        initial_params: Any = None,
        initial_param_variations: Any = None,
        *,
        initial_simplex: Any = None,
    ) -> Status:
        """Make a single run: cheaper, but unconfirmed; arguments as `minimize`.

        Examples
        --------
        >>> from minimizer import Minimizer
        >>> m = Minimizer(lambda x: (x[0] - 1) ** 2 + 5)
        >>> m.minimize_once([3.0]), len(m.runs)
        (<Status.SUCCESS: 0>, 1)
        """
        start = initial_params, initial_param_variations, initial_simplex
        return self._perform(self._function(), self._begin(*start, once=True))

    def abort(self) -> None:
        """End the call under way with status ABORTED, keeping the best point so far.

        It may be called from the function, a callback or another thread; a function in a worker
        process calls it on its copy of the minimizer. From the function or a callback it takes
        effect at its place in the order of the runs, from another thread at once. If no call is
        under way, the next one ends before its first evaluation, with NaN as its result.

        Examples
        --------
        >>> from minimizer import Minimizer
        >>> m = Minimizer(lambda x: x[0] ** 2)
        >>> m.abort()
        >>> m.minimize([1.0]), m.function_value
        (<Status.ABORTED: 2>, nan)
        """
        if here.call_id is not None and here.call_id == self._call_id:
            here.aborted = True  # in a worker: it takes effect with the answer
        elif self._session is not None and self._session.status is None:
            self._session.call.abort_from(threading.get_ident())
        else:
            self._aborted_early = True

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the call under way to a file, from which `load` continues it.

        It may be called from a callback, or between `ask` and `tell`. The file has the settings but
        not `fun`, `args`, `callback` and `pool`, and all values so far. The setting `checkpoint`
        saves by itself.

        Raises
        ------
        RuntimeError
            If no call is under way, or one that does not keep its values.
        OSError
            If the file cannot be written; an older one is left as it was.

        Examples
        --------
        See `load`.
        """
        session = self._session
        if session is None or session.is_closed or not session.call.logs:
            raise RuntimeError(
                "save: there is no call under way that keeps its values; save from a callback, or "
                "between ask() and tell(), or set checkpoint"
            )
        target = Path(checks.path("path", path)).absolute()
        checkpoint_file.write(target, data_of_call(self._begun, session))

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], fun: Callable[..., Any] | None, args: Any = ()
    ) -> Minimizer:
        """Return a minimizer with the call that was written to a file, by `save` or `checkpoint`.

        `resume`, or `ask` and `tell`, continue it; the results then have the bits and counts of a
        call that was never interrupted, whatever `n_jobs` is. Until then they are the results so
        far. `callback`, `pool`, `n_jobs` and the like can be set before.

        Parameters
        ----------
        path : str or path
            Reading it executes nothing, whoever wrote it.
        fun, args
            The function of the call, with the same values; None if `ask` and `tell` are used.

        Raises
        ------
        ValueError
            If the file is damaged, of another version, or no checkpoint.
        RuntimeError
            If this machine computes other points than the machine that wrote it.
        OSError
            If it cannot be read.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from minimizer import Minimizer
        >>> def fun(x):
        ...     return (x[0] - 1) ** 2 + 5
        >>> path = Path(tempfile.mkdtemp()) / "call"
        >>> m = Minimizer(fun, callback=lambda record: m.save(path))
        >>> m.minimize([3.0])
        <Status.SUCCESS: 0>
        >>> again = Minimizer.load(path, fun)
        >>> again.resume(), again.evaluations == m.evaluations
        (<Status.SUCCESS: 0>, True)
        """
        checks.optional_function("fun", fun)
        source = Path(checks.path("path", path))
        saved = read_call(source)
        try:
            m = cls(fun, args=args, **from_data(saved.begun.settings))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it was warned of the start already
                params, variations, simplex = saved.begun.start
                m._begin(params, variations, simplex, saved.begun.once, saved=saved)
        except WRONG as error:
            raise checkpoint_file.damaged(source) from error
        m.checkpoint = m.checkpoint and str(source)
        return m

    def resume(self) -> Status:
        """Complete a call that was loaded, or begun with `ask`.

        Raises and warns as `minimize`.

        Examples
        --------
        See `load`.
        """
        if self._session is None or self._session.is_closed:
            raise RuntimeError("resume: there is no call to continue; load one, or minimize")
        self._go_on(self._session)
        return self._perform(self._function(), self._session)

    @property
    def is_over(self) -> bool:
        """Whether the minimization is over: `ask` has no further point."""
        session = self._session
        if session is None or self._at_work:
            return False
        if not session.is_closed and session.has_ended:
            self._end(session)
        return session.is_closed

    @overload
    def ask(
        self,
        initial_params: Any = None,
        initial_param_variations: Any = None,
        *,
        max_points: None = None,
    ) -> Array | None: ...
    @overload
    def ask(
        self,
        initial_params: Any = None,
        initial_param_variations: Any = None,
        *,
        max_points: int,
    ) -> Array: ...
    def ask(
        self,
        initial_params: Any = None,
        initial_param_variations: Any = None,
        *,
        max_points: int | None = None,
    ) -> Array | None:
        """Return the next point to evaluate, None when the minimization is over.

        Use this if values come from elsewhere. The first `ask` begins a minimization, with its
        arguments; the runs are made one after another, and the result is that of `minimize`.

        With `max_points` it returns several points, as many as there are, up to that number, whose
        values do not depend on each other: those of both runs of a round, and of each the
        vertices of a simplex, probes of its size, and points of a surface. All bits and counts are
        those of one point at a time. Should a point turn out not to be needed, because the value
        at one before it is NaN, it is counted in `speculative_evaluations` and nowhere else, not
        against `max_evaluations` either.

        Returns
        -------
        ndarray (n + extra,) or None; with `max_points` ndarray (m, n + extra)
            A new array to keep or to change. Values written to its extra elements before `tell`
            stay with the point. m is 0 when the minimization is over.

        Examples
        --------
        >>> from minimizer import Minimizer
        >>> m = Minimizer(None, 1)
        >>> point = m.ask([3.0])
        >>> while point is not None:
        ...     m.tell((point[0] - 1) ** 2 + 5)
        ...     point = m.ask()
        >>> m.status, m.params.round(4).tolist()
        (<Status.SUCCESS: 0>, [1.0])

        Several points at once:

        >>> m = Minimizer(None)
        >>> while not m.is_over:
        ...     points = m.ask([3.0], max_points=8)
        ...     m.tell([(x[0] - 1) ** 2 + 5 for x in points])
        >>> m.status, m.params.round(4).tolist()
        (<Status.SUCCESS: 0>, [1.0])
        """
        if max_points is not None:
            checks.size("max_points", max_points)
        if self._session is None or self._session.is_closed:
            self._begin(initial_params, initial_param_variations, logs=True)
        session = self._session
        assert session is not None
        self._go_on(session)
        point = session.ask() if max_points is None else session.ask_several(max_points)
        if point is None or not point.size:
            self._end(session)
        return point

    def tell(self, value: Any) -> None:
        """Report the value at the point that `ask` returned last, or the values of several.

        Parameters
        ----------
        value : float, or sequence of m floats
            The latter after ``ask(max_points=…)``, in the order of the points.

        Raises
        ------
        RuntimeError
            If no point was asked for.
        TypeError, ValueError
            If `value` is not a real number, or there are not m of them; nothing is taken then, and
            another `tell` may follow.
        """
        if self._session is None:
            raise RuntimeError("tell: no point is waiting for a value; ask() for one first")
        self._session.tell(value)

    def _function(self) -> Callable[[Array], Any]:
        """Return the user's function with its further arguments."""
        if self.fun is None:
            raise TypeError("fun is None; give a function, or use ask() and tell()")
        compiled = compiled_function(self.fun, self.args, stacklevel=4)
        if compiled is not None:
            return compiled
        return functools.partial(_call, self.fun, self.args) if self.args else self.fun

    def _perform(self, fun: Callable[[Array], Any], session: Session) -> Status:
        """Make a call with the user's function."""
        self._at_work, is_unfinished = True, False
        try:
            session.perform(fun, self.n_jobs, self.pool, self.engine)
        except BaseException as error:
            if self.interrupt == "raise" or not isinstance(error, KeyboardInterrupt):
                is_unfinished = True
                _attach_best(error, self)
                raise
        finally:
            self._at_work = False
            self._end(session, keep_checkpoint=is_unfinished)
        assert session.status is not None
        return session.status

    def _begin(
        self,
        start: Any,
        variations: Any,
        simplex: Any = None,
        once: bool = False,
        logs: bool = False,
        saved: Saved | None = None,
    ) -> Session:
        """Check everything and prepare a call, continued from its last answers if `saved`."""
        if self._at_work:
            raise RuntimeError(
                "this Minimizer is at work; use another one inside fun or a callback"
            )
        problem = problem_of(self, start, variations, simplex)
        if self.checkpoint is not None and saved is None:
            refuse_existing(Path(self.checkpoint))
        self._n = problem.n
        self._yardstick = problem.start, problem.ranges
        call = Call(
            in_order=not problem.rules.independent_runs,
            tracing=self.trace is not False,
            aborted=self._aborted_early,
            logs=logs or not (self.callback is None and self.checkpoint is None),
        )
        method = NelderMead(problem, once=once, **plan_of(self))
        if saved is None:
            session = Session(method, call)
        else:
            call.logs, call.seconds_before = True, saved.seconds
            session = Session(method, call, saved.known, saved.waiting)
        if call.logs:
            given = (start, variations, simplex)
            lists = [x if x is None else np.array(x, np.float64, ndmin=1).tolist() for x in given]
            self._begun = Begun(data_of(self), lists, once)
        if saved is None:
            self._start(session)
        self._aborted_early = False
        self._call_id = call.id
        self._session, self._is_paused = session, saved is not None
        return session

    def _go_on(self, session: Session) -> None:
        """Start a call that was loaded."""
        if self._is_paused:
            self._is_paused = False
            self._start(session)

    def _start(self, session: Session) -> None:
        """Start the clock, the callbacks and the checkpoint of a call."""
        call = session.call
        call.begin(_all_of(self.callback), reporter(self.progress), self.max_seconds)
        if self.checkpoint is not None and session.status is None:
            data = functools.partial(data_of_call, self._begun, session)
            path = Path(self.checkpoint).absolute()
            session.checkpoint = Checkpoint(path, self.checkpoint_interval, data)
            session.checkpoint.begin()

    def _end(self, session: Session, keep_checkpoint: bool = False) -> None:
        """Close the progress display and the checkpoint of a call."""
        session.close(keep_checkpoint)
        if self.trace is not False:
            self.trace = session.trace


def _call(fun: Callable[..., Any], args: tuple[Any, ...], params: Array) -> Any:
    return fun(params, *args)


def _all_of(callback: Callback | Sequence[Callback] | None) -> Callback | None:
    """Return one callback that calls all; StopIteration is raised after the others were called."""
    if callback is None or callable(callback):
        return callback

    def call_all(record: RunRecord) -> None:
        stops = False
        for each in callback:
            try:
                each(record)
            except StopIteration:
                stops = True
        if stops:
            raise StopIteration

    return call_all


def _attach_best(error: BaseException, m: Minimizer) -> None:
    """Attach the best point so far to an exception."""
    try:
        error.best_params, error.best_value = m.params, m.function_value  # type: ignore[attr-defined]
    except AttributeError:  # a class with slots
        return
    if hasattr(error, "add_note"):
        error.add_note(
            f"The best of {m.evaluations} evaluations so far (best_params, best_value of this "
            f"exception): {m.function_value!r} at {m.params.tolist()}"
        )
        if m.checkpoint is not None:
            error.add_note(f"Minimizer.load({m.checkpoint!r}, fun).resume() continues the call.")
