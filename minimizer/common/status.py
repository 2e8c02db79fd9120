"""How a minimization ended."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Status of a minimization; 0 to 5 are the codes of ImageJ's ``Minimizer``.

    Examples
    --------
    >>> from minimizer import Status
    >>> Status(5).name
    'MAX_RESTARTS_EXCEEDED'
    >>> Status.SUCCESS.message
    'Two runs agreed, or the only run asked for converged.'
    """

    SUCCESS = 0
    INITIALIZATION_FAILURE = 1
    ABORTED = 2
    REINITIALIZATION_FAILURE = 3
    MAX_ITERATIONS_EXCEEDED = 4
    MAX_RESTARTS_EXCEEDED = 5
    MAX_EVALUATIONS_EXCEEDED = 6
    MAX_SECONDS_EXCEEDED = 7
    FUNCTION_FAILURE = 8

    def __str__(self) -> str:
        return self.name

    @property
    def message(self) -> str:
        """What happened and what to do about it, one sentence or two."""
        return _MESSAGES[self]


_MESSAGES = {
    Status.SUCCESS: "Two runs agreed, or the only run asked for converged.",
    Status.INITIALIZATION_FAILURE: (
        "No simplex of valid points was found around the start: the function is NaN nearly "
        "everywhere there. Start elsewhere, or give smaller initial_param_variations."
    ),
    Status.ABORTED: "Aborted; the best point so far is kept.",
    Status.REINITIALIZATION_FAILURE: (
        "The search converged, but no valid points for a new simplex were found around its "
        "result, which lies in a narrow valid region. Check the result from another start."
    ),
    Status.MAX_ITERATIONS_EXCEEDED: (
        "The iteration limit was reached; the best point so far is kept. Raise max_iterations."
    ),
    Status.MAX_RESTARTS_EXCEEDED: (
        "No two runs agreed; the best result is kept. Raise max_restarts, or try another start."
    ),
    Status.MAX_EVALUATIONS_EXCEEDED: (
        "The evaluation limit was reached; the best point so far is kept. Raise max_evaluations."
    ),
    Status.MAX_SECONDS_EXCEEDED: (
        "The time limit was reached; the best point so far is kept. Raise max_seconds."
    ),
    Status.FUNCTION_FAILURE: (
        "The function raised an exception or did not return a real number (in minimize_many, "
        "where other problems go on). Call it with the parameters and arguments of this problem."
    ),
}
