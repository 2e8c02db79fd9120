"""`minimize_many`: many problems with one function."""

from __future__ import annotations

import functools
import math
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..common import checks
from ..common.arrays import Array
from ..common.bounds import Box
from ..common.extras import require
from ..common.status import Status
from ..minimizer import Minimizer
from ..settings import SETTINGS
from ..simplex.compiled.function import NotCompilableError, is_compiled
from .chunks import Problems, Solve, n_workers, solve_in_chunks
from .residuals import RESIDUAL_SETTINGS, ResidualProblems
from .results import ManyResults

_NOT_FOR_MANY = ("n_params", "callback", "trace", "checkpoint", "checkpoint_interval")


def minimize_many(
    fun: Callable[..., Any],
    x0: Any,
    args: Any = (),
    *,
    initial_param_variations: Any = None,
    n_jobs: int | None = None,
    pool: Any = None,
    progress: bool = False,
    n_residuals: int | None = None,
    **settings: Any,
) -> ManyResults:
    """Minimize a function for many sets of arguments, such as those of all pixels of an image.

    Parameters
    ----------
    fun : callable
        ``fun(params, *args_i) -> float``. If it is compiled (``@numba.njit``), whole chunks of
        problems are solved in compiled code.
    x0 : array (P, n) or (n,)
        One start per problem, or one for all.
    args : tuple of array (P, …)
        Further arguments; problem i receives element i of each.
    initial_param_variations : array (P, n) or (n,), optional
        Size of the initial simplex, as in `Minimizer.minimize`.
    n_jobs : int, optional
        Number of workers (joblib's convention: -1 = all cores). None: use the active
        ``joblib.parallel_config``; without one, a Python function is called from the
        caller's thread only, and a compiled one from threads on all cores.
    pool : object, optional
        Whose workers call a Python function in place of joblib's, as in `Minimizer`; the problems
        are divided among `n_jobs` of them. A compiled function always runs in threads.
    progress : bool
        Show a tqdm bar with the rate and the remaining time (extra ``progress``).
    n_residuals : int, optional
        Number of residuals m, for least squares: ``fun(params, *args_i, out)`` fills an array `out`
        (m,), and half the sum of squares is minimized by Levenberg-Marquardt. The settings are then
        `bounds`, `max_evaluations` and `max_seconds`.
    **settings
        Settings of `Minimizer` for each problem: `bounds`, `rules`, `max_evaluations` and so on;
        only `max_seconds` is for all together. When the time is up, problems under way are cut
        short and those not reached are NaN, all with the status ``Status.MAX_SECONDS_EXCEEDED``.

    Returns
    -------
    ManyResults
        Arrays `params` (P, n), `function_value`, `status`, `iterations`, `evaluations` (P,). The
        results of a problem depend on that problem only, not on the others or on the workers.

    Raises
    ------
    ValueError, TypeError
        If an argument or setting is wrong. Exceptions of `fun` are not raised: the status of that
        problem is ``Status.FUNCTION_FAILURE``, and the others continue.

    Warns
    -----
    RuntimeWarning
        If numba cannot compile `fun` for these arguments; if starts are out of bounds and are moved
        inside; if `fun` fails for all problems; if the call was interrupted (Ctrl-C): the results
        so far are returned, and the status of the other problems is ``Status.ABORTED``.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer import minimize_many
    >>> def distance(params, point):
    ...     return abs(params - point).sum() + 1
    >>> points = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> result = minimize_many(distance, np.zeros(2), (points,))
    >>> result.params.round(6).tolist(), result.success.all().item()
    ([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], True)
    """
    for name in _NOT_FOR_MANY:
        if name in settings:
            raise TypeError(f"{name} is not a setting for many problems; leave it out")
    checks.keywords("minimize_many", settings, SETTINGS)
    arrays = arguments(args)
    starts, sizes = starts_of(x0, initial_param_variations, arrays)
    if n_residuals is not None:
        check_for_residuals(initial_param_variations, settings)
    m = Minimizer(fun, starts.shape[1], n_jobs=n_jobs, pool=pool, **settings)
    starts = moved_in(starts, m.box(starts.shape[1]))
    if m.fun is None:
        raise TypeError("fun is None; give a function")
    bar = require("tqdm", "progress").tqdm(total=len(starts), unit=" fits") if progress else None
    results = ManyResults.empty(*starts.shape)
    deadline = math.inf if m.max_seconds is None else time.time() + m.max_seconds
    problems = Problems(m, arrays, starts, sizes, deadline)
    if n_residuals is not None:
        size = checks.size("n_residuals", n_residuals)
        problems = ResidualProblems(m, arrays, starts, None, deadline, size)
    if starts.size:
        solve = solver(problems)
        workers = n_workers(m, compiled=solve is not None)
        m.n_jobs, m.pool = 1, None  # of a single problem
        if is_compiled(m.fun):
            m.fun = functools.partial(m.fun)  # so that compiling is not tried per problem
        solve_in_chunks(problems, solve, workers, pool, results, bar)
    if bar is not None:
        bar.close()
    if len(results) and (results.status == Status.FUNCTION_FAILURE).all():
        warn_of_failure(problems)
    return results


def solver(problems: Problems) -> Solve | None:
    """Return the compiled solver of a chunk, None if there is none."""
    if not is_compiled(problems.m.fun):
        return None
    try:
        if isinstance(problems, ResidualProblems):
            from .compiled_residuals import residual_solver

            return residual_solver(problems)
        from .compiled_chunks import chunk_solver

        return chunk_solver(problems)
    except NotCompilableError as why:
        warnings.warn(
            f"numba cannot compile fun for these arguments ({why}); solving in Python instead, "
            "which is slower",
            RuntimeWarning,
            stacklevel=3,
        )
        return None


def check_for_residuals(variations: Any, settings: dict[str, Any]) -> None:
    """Refuse settings of the simplex."""
    if variations is not None:
        raise TypeError("initial_param_variations is for the simplex; leave it out for residuals")
    for name in settings:
        if name not in RESIDUAL_SETTINGS:
            raise TypeError(
                f"{name} is not a setting for residuals (n_residuals); there are "
                f"{', '.join(RESIDUAL_SETTINGS)}"
            )


def warn_of_failure(problems: Problems) -> None:
    """Warn, with the reason, that the function fails for all problems."""
    if isinstance(problems, ResidualProblems):
        warnings.warn("fun fails for all problems; call it with the first", RuntimeWarning, 3)
        return
    try:
        x = np.append(problems.x0[0], np.zeros(problems.m.extra_array_elements))
        returned = problems.m.fun(x, *(arg[0] for arg in problems.args))  # type: ignore[misc]
        why = f"for the first it returns {type(returned).__name__}, not a real number"
    except Exception as error:
        why = f"for the first it raises {type(error).__name__}: {error}"
    warnings.warn(f"fun fails for all problems; {why}", RuntimeWarning, stacklevel=3)


def arguments(args: Any) -> tuple[Array, ...]:
    """Return the arguments as arrays with problems along the first axis."""
    given = args if isinstance(args, tuple | list) else (args,)
    arrays = tuple(np.asarray(arg) for arg in given)
    for i, arg in enumerate(given):
        checks.unmasked(f"args[{i}]", arg)
        if np.ndim(arg) == 0:
            raise ValueError(
                f"args[{i}] is a single value; it must have one element per problem: np.full(P, …)"
            )
        if len(arrays[i]) != len(arrays[0]):
            raise ValueError(
                f"args[{i}] has {len(arrays[i])} elements, args[0] has {len(arrays[0])}; each must "
                f"have one per problem: if args[{i}] is the same for all, give np.broadcast_to(a, "
                f"({len(arrays[0])}, *np.shape(a)))"
            )
    return arrays


def starts_of(x0: Any, variations: Any, args: tuple[Array, ...]) -> tuple[Array, Array | None]:
    """Return starts (P, n), and sizes (P, n) if given; P is taken from any array that has it."""
    given = {"x0": matrix("x0", x0)}
    start = given["x0"]
    checks.initial_params("x0", start.ravel() if start.size else np.zeros(1))
    if variations is not None:
        size = given["initial_param_variations"] = matrix("initial_param_variations", variations)
        checks.variations("initial_param_variations", size.ravel())
        if size.shape[-1] != start.shape[-1]:
            raise ValueError(
                f"initial_param_variations has {size.shape[-1]} elements per problem, x0 has "
                f"{start.shape[-1]}; they must agree"
            )
    lengths = {"args": len(args[0])} if args else {}
    lengths |= {name: len(array) for name, array in given.items() if array.ndim == 2}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"numbers of problems differ: {lengths}; they must agree")
    shape = next(iter(lengths.values()), 1), start.shape[-1]
    starts, *sizes = (np.broadcast_to(array, shape) for array in given.values())
    return starts, sizes[0] if sizes else None


def matrix(name: str, value: Any) -> Array:
    """Return an array (n,) or (P, n) of floats."""
    checks.unmasked(name, value)
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or array.ndim not in (1, 2) or array.shape[-1] == 0:
        raise ValueError(
            f"{name} has shape {array.shape} and type {array.dtype}; it must be numbers (n,), or "
            "(P, n) for P problems"
        )
    return array.astype(np.float64)


def moved_in(starts: Array, box: Box | None) -> Array:
    """Return the starts, moved into the box; a warning counts those outside."""
    if box is None:
        return starts
    outside = np.any((starts < box.lower) | (starts > box.upper), axis=1)
    if not outside.any():
        return starts
    warnings.warn(
        f"x0: {int(outside.sum())} of {len(starts)} starts are out of bounds and are moved inside",
        RuntimeWarning,
        stacklevel=3,
    )
    return np.where(outside[:, np.newaxis], box.clip(starts), starts)
