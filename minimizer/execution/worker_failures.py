"""Failures of workers: their cause, and whether to continue.

A worker that dies costs the evaluation under way. A new worker resumes its run after the last
answer that arrived. If that one dies as well, and no answer has come in between, the function
itself is the likely cause: then the call ends with an error, and the best point so far is attached
to it. The caller's own process never makes such an evaluation.
"""

from __future__ import annotations

import concurrent.futures
import pickle
import warnings
from typing import Any

import joblib

from .answer_stream import Stream
from .driver import Function

_DEATHS = ("KilledWorker", "CommClosedError", "FutureCancelledError", "FuturesCancelledError")


def judge(stream: Stream, fun: Function) -> None:
    """Warn if a lost run can be resumed, else raise."""
    error = stream.work.exception()
    assert error is not None
    if not is_death(error):
        raise explained(error, fun)
    name, run, known = type(error).__name__, stream.number, len(stream.answers)
    if stream.at_last_loss == known:
        raise RuntimeError(
            f"a worker process died twice at evaluation {known + 1} of run {run} ({name}): it was "
            f"killed, ran out of memory, or {name_of(fun)} crashes there. Give the workers more "
            "memory, let fun return NaN there, or try n_jobs=1"
        ) from error
    stream.at_last_loss = known
    warnings.warn(
        f"a worker process died in run {run} ({name}); a new one resumes the run after "
        f"evaluation {known}",
        RuntimeWarning,
        stacklevel=9,
    )


def is_death(error: BaseException) -> bool:
    """Return whether an exception of joblib means that a worker has died."""
    if isinstance(error, concurrent.futures.BrokenExecutor):
        return "un-serialize" not in str(error)
    cancelled = isinstance(error, concurrent.futures.CancelledError)
    return cancelled or type(error).__name__ in _DEATHS


def explained(error: BaseException, fun: Function) -> BaseException:
    """Return an error that names the function if it cannot be sent to a worker."""
    try:
        pickle.dumps(joblib.wrap_non_picklable_objects(fun))
    except Exception as cause:
        why = f"cannot be pickled for worker processes ({cause})"
    else:
        if not isinstance(error, concurrent.futures.BrokenExecutor):
            return error
        why = "cannot be un-pickled in a worker"
    refusal = TypeError(
        f"fun {name_of(fun)} {why}; use threads: joblib.parallel_config('threading')"
    )
    refusal.__cause__ = error
    return refusal


def name_of(fun: Any) -> str:
    """Return the name by which the user knows the function."""
    fun = getattr(fun, "user_function", fun)
    args = getattr(fun, "args", None)
    if hasattr(fun, "func") and args:  # a partial; its first argument is the user's function
        fun = args[0] if callable(args[0]) else fun.func
    return str(getattr(fun, "__qualname__", None) or repr(fun))
