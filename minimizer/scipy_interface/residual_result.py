"""The result of `least_squares`, with SciPy's fields and more."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..common.status import Status
from ..levenberg_marquardt.stationarity import Stop
from ..residuals.solution import Job, Solution
from .result import OptimizeResult

SUCCESS = {Stop.STILL: 3}  # all others are 1, as a small gradient
BY_SIMPLEX = 4
ABORTED = -2


class LeastSquaresResult(OptimizeResult):
    """Result of `least_squares`: a dictionary whose items are also attributes, as in SciPy.

    Attributes
    ----------
    x : ndarray (n,)
    cost : float
        Half the sum of squares, or of the loss.
    fun, jac, grad : ndarray (m,), ndarray (m, n), ndarray (n,)
        Residuals, their Jacobian, and the gradient of the cost. After last steps that add digits,
        `jac` is from the point before.
    optimality : float
        Largest absolute element of the gradient, except those that push against a bound.
    active_mask : ndarray (n,) of int
        -1 for a parameter at its lower bound, 1 at its upper one.
    nfev, njev : int
        Calls of `fun`, those for differences included; Jacobians.
    status : int
        SciPy's: 1 to 4 for a success (stationary; 4 if the simplex found it), 0 if a limit was
        reached, -2 if a callback stopped it; otherwise ``-minimizer_status.scipy_code``.
    success : bool
    message : str
    minimizer_status : Status
    covariance : ndarray (n, n)
        s² (JᵀJ)⁻¹ with s² = 2 cost / (m - n); NaN where data do not determine parameters, at
        bounds, and everywhere if m <= n.
    uncertainties : ndarray (n,)
        Standard deviations, the roots of its diagonal.
    model_cosine : float
        Cosine of the angle between the residuals and the tangent space.
    degenerate : list of list of str
        Names of the parameters of each direction that has no influence.
    termination : dict
        The test that ended the run (`stop`, `because`), the last changes of parameters and error,
        the expected ones, relative offset, rank.
    runs : list of RunRecord
    names : list of str
    """


def result_of(solution: Solution, job: Job, names: list[str]) -> LeastSquaresResult:
    """Return the result of a solution."""
    outcome, status = solution.outcome, solution.status
    pushed = ((outcome.active == -1) & (outcome.gradient > 0)) | (
        (outcome.active == 1) & (outcome.gradient < 0)
    )
    optimality = float(np.where(pushed, 0.0, abs(outcome.gradient)).max())
    code = code_of(solution)
    message = solution.message
    m, n = outcome.r.size, outcome.x.size
    if status is Status.SUCCESS and m < n:
        message += f" There are {m} residuals for {n} parameters: many results are equally good."
    return LeastSquaresResult(
        message=message,
        success=code > 0,
        status=code,
        x=outcome.x,
        cost=solution.outcome.cost,
        fun=outcome.r,
        jac=outcome.J,
        grad=outcome.gradient,
        optimality=optimality,
        active_mask=outcome.active,
        nfev=job.evaluations,
        njev=job.jacobians,
        nit=job.iterations,
        minimizer_status=status,
        covariance=outcome.covariance,
        uncertainties=np.sqrt(np.maximum(np.diag(outcome.covariance), 0.0)),
        model_cosine=outcome.model_cosine,
        degenerate=[[names[j] for j in group] for group in outcome.degenerate],
        termination=outcome.termination,
        runs=solution.runs,
        names=names,
    )


def code_of(solution: Solution) -> int:
    """Return SciPy's status of a solution."""
    status = solution.status
    if status is Status.SUCCESS:
        if solution.simplex:
            return BY_SIMPLEX
        name: Any = solution.outcome.termination["stop"]
        return SUCCESS.get(Stop[name.upper()], 1) if name else 1
    if status in (Status.MAX_EVALUATIONS_EXCEEDED, Status.MAX_SECONDS_EXCEEDED):
        return 0
    return ABORTED if status is Status.ABORTED else -status.scipy_code
