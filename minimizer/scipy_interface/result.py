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
from .outcome import Outcome
from .scipy_class import also_scipys, own_class

_HIDDEN = ("runs", "final_simplex", "allvecs", "trace")  # too long to print
_MATRICES = ("hess", "hess_inv")
CONSTRAINTS_UNFULFILLED = 98  # above all codes of `Status`, and beside SciPy's 99


class OptimizeResult(dict[str, Any]):
    """Result of `minimize`: a dictionary whose items are also attributes, as in SciPy.

    Where SciPy is imported it is an instance of ``scipy.optimize.OptimizeResult``, too.

    Attributes
    ----------
    x : ndarray (n,)
        Best point; the start if no value was found.
    fun : np.float64
        Value there; NaN if none was found.
    nit, nfev : int
        Iterations (the initial simplex counts as one, as in SciPy) and evaluations, of all runs.
    status : int
        As in SciPy: 0 success, 1 `maxfev` or 2 `maxiter` exceeded, 99 stopped by the callback.
        98 if the result does not fulfil the constraints, which are ignored. Otherwise
        ``minimizer_status.scipy_code``, which is above 2.
    success : bool
        Whether `status` is 0.
    confirmed : bool
        Whether two runs agreed. A success without that is a single run: the only one requested, or
        one that converged by a quadratic surface before the caller's budget ended.
    message : str
        What happened and what to do.
    hess, hess_inv : ndarray (n, n) or None
        Approximate second derivatives at the best point, and their inverse, from the quadratic
        surface that ended the best run; None if no surface did. For a parameter on a bound `hess`
        is NaN and `hess_inv` 0. `minimizer.curvature` has accurate ones.
    minimizer_status : Status
    final_simplex : tuple of ndarray (n + 1, n) and ndarray (n + 1,)
        Vertices and values at the end of the best run, lowest value first.
    runs : list of RunRecord
    allvecs : list of ndarray (n,)
        Best point after each iteration, with ``return_all``.
    minimizer : Minimizer or None
        The `Minimizer` behind the result, with all its fields. It is no item of the dictionary, and
        None in a result that was pickled or copied.

    Examples
    --------
    >>> from minimizer import minimize
    >>> result = minimize(lambda x: (x[0] - 1) ** 2 + 5, 3)
    >>> result.success, result["status"], f"{result.fun:.6f}"
    (True, 0, '5.000000')
    """

    x: Array
    fun: float
    nit: int
    nfev: int
    status: int
    success: bool
    confirmed: bool
    message: str
    hess: Array | None
    hess_inv: Array | None
    minimizer_status: Status
    final_simplex: tuple[Array, Array] | None
    runs: list[RunRecord]
    allvecs: list[Array]
    trace: list[Evaluation]
    minimizer: Minimizer | None = None

    def __new__(cls, *_args: Any, **_fields: Any) -> OptimizeResult:
        """Return an empty result, of SciPy's class, too, if SciPy is imported."""
        result: OptimizeResult = super().__new__(also_scipys(cls))
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        return own_class(self), (), None, None, iter(self.items())

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "minimizer":
            vars(self)[name] = value
        else:
            self[name] = value

    def __getstate__(self) -> None:
        """Pickle nothing but the items."""

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


def result_of(m: Minimizer, outcome: Outcome, start: Array) -> OptimizeResult:
    """Return the result of a minimizer that began at `start`, whose floating-point type it has."""
    runs, dtype = m.runs, start.dtype
    best = min(runs, key=_rank, default=None)
    simplex = None
    if best is not None and best.simplex is not None:
        simplex = best.simplex[0].astype(dtype), best.simplex[1]
    hess = hessian_at(best, runs)
    result = OptimizeResult(
        message=outcome.message,
        success=outcome.code == 0,
        status=outcome.code,
        fun=np.float64(m.function_value),
        x=start.copy() if np.isnan(m.function_value) else m.params.astype(dtype),
        nit=sum(run.iterations for run in runs) + 1,
        nfev=sum(run.evaluations for run in runs),
        hess=hess,
        hess_inv=inverse_of(hess),
        confirmed=outcome.confirmed,
        minimizer_status=Status.ABORTED if m.status is None else m.status,
        final_simplex=simplex,
        runs=runs,
    )
    result.minimizer = m
    return result


def without_constraints(result: OptimizeResult, unfulfilled: str) -> None:
    """Turn a success into a failure if the constraints, which were ignored, are violated."""
    if unfulfilled:
        result.success, result.confirmed = False, False
        result.message = f"Nelder-Mead ignores constraints, and {unfulfilled}. {result.message}"
        if result.status == 0:
            result.status = CONSTRAINTS_UNFULFILLED


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
