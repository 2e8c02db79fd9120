"""How a minimization ended, in SciPy's terms: success, code and message.

SciPy's budgets are meant for one search. Code that gives one, and raises an error unless `success`
is true, must not fail because the budget ended during the second run, as SciPy would have made a
single descent only. So `single_run_holds` makes one exception, for a budget that the caller gave,
which `confirmed` distinguishes from an agreement of two runs. `Minimizer` makes no exception.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ..common.status import Status
from ..minimizer import Minimizer

BUDGETS = (Status.MAX_EVALUATIONS_EXCEEDED, Status.MAX_ITERATIONS_EXCEEDED)
STOPPED_BY_CALLBACK = 99  # SciPy's code


class Outcome(NamedTuple):
    """The end of a minimization as in `OptimizeResult`; `confirmed` if two runs agreed."""

    code: int
    message: str
    confirmed: bool = False


def outcome_of(m: Minimizer, stopped: bool, budget_given: bool) -> Outcome:
    """Return how a minimization ended.

    `stopped` if the callback raised StopIteration, `budget_given` if the caller gave a limit of
    iterations or evaluations.
    """
    if stopped:
        return Outcome(STOPPED_BY_CALLBACK, "`callback` raised `StopIteration`.")
    status = Status.ABORTED if m.status is None else m.status
    code, message = status.scipy_code, status.scipy_message or m.message
    if status is Status.SUCCESS and len(m.runs) > 1:
        return Outcome(code, f"{message} Two runs agreed.", confirmed=True)
    if status in BUDGETS and m.completed_minimizations:
        if budget_given and single_run_holds(m):
            return Outcome(
                Status.SUCCESS.scipy_code,
                f"{Status.SUCCESS.scipy_message} It converged in one run; the budget ended before "
                "a second could confirm it.",
            )
        message += " A run had converged; the budget ended before another could confirm it."
    if status is Status.INITIALIZATION_FAILURE and math.isnan(m.function_value):
        message = (
            "No value was found: the function is NaN or infinite at the start and at all other "
            "points that were tried. x is the start; start elsewhere."
        )
    return Outcome(code, message)


def single_run_holds(m: Minimizer) -> bool:
    """Return whether only one run converged, by a surface, and its result is the best.

    That costs no evaluation: a run ends by a surface only if its lowest point has the predicted
    value and the vertices around it, in n independent directions, rise as predicted; on a bound,
    if the function rises into the box.
    """
    return m.completed_minimizations == 1 and m.hessian is not None
