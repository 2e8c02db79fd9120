"""What to do when workers fail: whose fault it is, and whether to go on.

A worker that dies costs the evaluation that it was at. Its run is taken up by a new worker after
the last answer that arrived. If that one dies as well, and no answer has come in between, the
function itself is the likely cause: then the call ends with an error, and the best point so far is
attached to it. The caller's own process never makes such an evaluation.
"""

from __future__ import annotations

import concurrent.futures
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import joblib

from .answer_stream import Stream

_DEATHS = ("KilledWorker", "CommClosedError", "FutureCancelledError", "FuturesCancelledError")
_REMEDY = "use threads: joblib.parallel_config('threading')"


def judge(stream: Stream, error: BaseException | None, fun: Callable[..., Any]) -> None:
    """Warn if a lost run can be taken up again, else raise."""
    if error is not None and not is_death(error):
        raise explained(error, fun)
    name = type(error).__name__
    if stream.at_last_loss == len(stream.answers):
        raise RuntimeError(
            f"a worker died twice at evaluation {len(stream.answers) + 1} of run {stream.number} "
            f"({name}): it was killed, ran out of memory, or {name_of(fun)} crashes there. Give "
            "the workers more memory, let fun return NaN there, or see what happens with n_jobs=1"
        ) from error
    stream.at_last_loss = len(stream.answers)
    warnings.warn(
        f"a worker died in run {stream.number} ({name}); a new one takes the run up after its "
        f"{len(stream.answers)} evaluations",
        RuntimeWarning,
        stacklevel=9,
    )


def is_death(error: BaseException) -> bool:
    """Tell whether an exception of joblib says that a worker is no more."""
    if isinstance(error, concurrent.futures.BrokenExecutor):
        return "un-serialize" not in str(error)
    cancelled = isinstance(error, concurrent.futures.CancelledError)
    return cancelled or type(error).__name__ in _DEATHS


def explained(error: BaseException, fun: Callable[..., Any]) -> BaseException:
    """Return an error that names the function if it is one that cannot be sent to a worker."""
    try:
        pickle.dumps(joblib.wrap_non_picklable_objects(fun))
    except Exception as cause:
        refusal = TypeError(
            f"fun {name_of(fun)} cannot be pickled for worker processes ({cause}); {_REMEDY}"
        )
        refusal.__cause__ = error
        return refusal
    if isinstance(error, concurrent.futures.BrokenExecutor):
        refusal = TypeError(f"fun {name_of(fun)} cannot be un-pickled in a worker; {_REMEDY}")
        refusal.__cause__ = error
        return refusal
    return error


def name_of(fun: Any) -> str:
    """Return the name that a user knows the function by."""
    fun = getattr(fun, "user_function", fun)
    args = getattr(fun, "args", None)
    if hasattr(fun, "func") and args:  # a partial; its first argument is the user's function
        fun = args[0] if callable(args[0]) else fun.func
    return str(getattr(fun, "__qualname__", None) or repr(fun))
