"""A result with SciPy's fields."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.html import table
from ..common.records import Evaluation, RunRecord, hessian_at, inverse_of
from ..common.status import Status
from ..minimizer import Minimizer

_HIDDEN = ("runs", "final_simplex", "allvecs", "trace")  # too long to print
_MATRICES = ("hess", "hess_inv")
_STOPPED_BY_CALLBACK = 99  # SciPy's code


class OptimizeResult(dict[str, Any]):
    """Result of `minimize`: a dictionary whose items are also attributes, as in SciPy.

    Attributes
    ----------
    x : ndarray (n,)
        Best point.
    fun : float
        Value there.
    nit, nfev : int
        Iterations (the initial simplex counts as one, as in SciPy) and evaluations, of all runs.
    status : int
        As in SciPy: 0 success, 1 `maxfev` or 2 `maxiter` exceeded, 99 stopped by the callback.
        Otherwise ``minimizer_status.scipy_code``, which is above 2.
    success : bool
        Whether `status` is 0.
    message : str
        What happened and what to do.
    hess, hess_inv : ndarray (n, n) or None
        Second derivatives at the best point and their inverse, approximate: of the quadratic
        surface that ended the best run, None if none did. For a parameter on a bound the one is
        NaN, the other 0. `minimizer.curvature` has accurate ones.
    minimizer_status : Status
    final_simplex : tuple of ndarray (n + 1, n) and ndarray (n + 1,)
        Vertices and values at the end of the best run, lowest value first.
    runs : list of RunRecord
    allvecs : list of ndarray (n,)
        Best point after each iteration, with ``return_all``.
    minimizer : Minimizer or None
        The `Minimizer` that was at work, with all that it knows. It is no item of the dictionary,
        and None in a result that was pickled or copied.

    Examples
    --------
    >>> from minimizer import minimize
    >>> result = minimize(lambda x: (x[0] - 1) ** 2 + 5, 3)
    >>> result.success, result["status"], round(result.fun, 6)
    (True, 0, 5.0)
    """

    x: Array
    fun: float
    nit: int
    nfev: int
    status: int
    success: bool
    message: str
    hess: Array | None
    hess_inv: Array | None
    minimizer_status: Status
    final_simplex: tuple[Array, Array] | None
    runs: list[RunRecord]
    allvecs: list[Array]
    trace: list[Evaluation]
    minimizer: Minimizer | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "minimizer":
            super().__setattr__(name, value)
        else:
            self[name] = value

    def __getstate__(self) -> None:
        """Take nothing but the items along."""

    __delattr__ = dict.__delitem__

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        if not self:
            return f"{type(self).__name__}()"
        width = max(map(len, self)) + 1
        return "\n".join(
            f"{key:>{width}}: {_text(key, value, width + 2)}" for key, value in self.items()
        )

    def _repr_html_(self) -> str:
        return table([(key, _text(key, value, 0)) for key, value in self.items()])


def _text(key: str, value: Any, indent: int) -> str:
    if key in _HIDDEN:
        return f"<{len(value)} {key}>" if key != "final_simplex" else "<vertices, values>"
    if key in _MATRICES and value is not None:
        return f"<{len(value)} x {len(value)}>"
    if isinstance(value, np.ndarray):
        return np.array2string(value, prefix=" " * indent)
    return str(value)


def result_of(m: Minimizer, stopped: bool, dtype: Any) -> OptimizeResult:
    """Return the result of a minimizer; `stopped` if the callback raised StopIteration."""
    status, runs = m.status, m.runs
    if status is None:
        status = Status.ABORTED
    best = min(runs, key=_rank, default=None)
    simplex = None
    if best is not None and best.simplex is not None:
        simplex = best.simplex[0].astype(dtype), best.simplex[1]
    code, message = status.scipy_code, status.scipy_message or m.message
    if status is Status.SUCCESS and len(runs) > 1:
        message += " Two runs agreed."
    if stopped:
        code, message = _STOPPED_BY_CALLBACK, "`callback` raised `StopIteration`."
    hess = hessian_at(best, runs)
    result = OptimizeResult(
        message=message,
        success=code == 0,
        status=code,
        fun=m.function_value,
        x=m.params.astype(dtype),
        nit=sum(run.iterations for run in runs) + 1,
        nfev=sum(run.evaluations for run in runs),
        hess=hess,
        hess_inv=inverse_of(hess),
        minimizer_status=status,
        final_simplex=simplex,
        runs=runs,
    )
    result.minimizer = m
    return result


def _rank(run: RunRecord) -> tuple[bool, float]:
    """Return a key that puts the lowest value first, and NaN last."""
    return math.isnan(run.function_value), run.function_value


def display(result: OptimizeResult) -> None:
    """Print the outcome, or warn of a failure, as SciPy does."""
    if not result.success:
        warnings.warn(result.message, RuntimeWarning, stacklevel=4)
        return
    print(
        f"{result.message}\n         Current function value: {result.fun:f}\n"
        f"         Iterations: {result.nit:d}\n         Function evaluations: {result.nfev:d}"
    )
