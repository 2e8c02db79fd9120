"""How a minimization ended, in SciPy's fields, codes and words."""

from __future__ import annotations

import math
import warnings
from typing import Any

from ..common.status import Status
from ..minimizer import Minimizer
from ..simplex.records import RunRecord
from .result import OptimizeResult

_SCIPY_STATUS = {
    Status.SUCCESS: 0,
    Status.MAX_EVALUATIONS_EXCEEDED: 1,
    Status.MAX_ITERATIONS_EXCEEDED: 2,
    Status.INITIALIZATION_FAILURE: 3,
    Status.ABORTED: 4,
    Status.REINITIALIZATION_FAILURE: 5,
    Status.MAX_RESTARTS_EXCEEDED: 6,
    Status.MAX_SECONDS_EXCEEDED: 7,
    Status.FUNCTION_FAILURE: 8,
}
_STOPPED_BY_CALLBACK = 99

_SCIPY_MESSAGE = {  # the beginnings that existing code may look for
    Status.SUCCESS: "Optimization terminated successfully.",
    Status.MAX_EVALUATIONS_EXCEEDED: (
        "Maximum number of function evaluations has been exceeded. Raise maxfev."
    ),
    Status.MAX_ITERATIONS_EXCEEDED: (
        "Maximum number of iterations has been exceeded. Raise maxiter."
    ),
}


def result_of(m: Minimizer, stopped: bool, dtype: Any) -> OptimizeResult:
    """Return the result of a minimizer; `stopped` tells that the callback raised StopIteration."""
    status = m.status if m.status is not None else Status.ABORTED
    best = min(m.runs, key=_value, default=None)
    message = _SCIPY_MESSAGE.get(status, m.message)
    if status is Status.SUCCESS and len(m.runs) > 1:
        message += " Two runs agreed."
    code = _SCIPY_STATUS[status]
    if stopped:
        code, message = _STOPPED_BY_CALLBACK, "`callback` raised `StopIteration`."
    return OptimizeResult(
        message=message,
        success=code == 0,
        status=code,
        fun=m.function_value,
        x=m.params.astype(dtype),
        nit=m.iterations + 1,
        nfev=m.evaluations,
        minimizer_status=status,
        final_simplex=_final_simplex(best, dtype),
        runs=m.runs,
    )


def _value(run: RunRecord) -> float:
    """Value of a run for comparing it with others: NaN, no result, is the worst."""
    return math.inf if math.isnan(run.function_value) else run.function_value


def _final_simplex(run: RunRecord | None, dtype: Any) -> tuple[Any, Any] | None:
    """Return vertices, in the floating type of the start, and values at the end of a run."""
    if run is None or run.simplex is None:
        return None
    vertices, values = run.simplex
    return vertices.astype(dtype), values


def display(result: OptimizeResult) -> None:
    """Print how it ended, or warn of a failure, as SciPy does."""
    if not result.success:
        warnings.warn(result.message, RuntimeWarning, stacklevel=4)
        return
    print(result.message)
    print(f"         Current function value: {result.fun:f}")
    print(f"         Iterations: {result.nit:d}")
    print(f"         Function evaluations: {result.nfev:d}")
