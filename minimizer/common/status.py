"""How a minimization ended; all facts about a status are in its row."""

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
    >>> sorted((status.scipy_code, int(status)) for status in Status if status.scipy_code < 7)
    [(0, 0), (1, 6), (2, 4), (3, 1), (4, 2), (5, 3), (6, 5)]
    >>> all(status.scipy_code == status for status in Status if status >= 7)
    True
    """

    message: str  #: What happened and what to do about it, one sentence or two.
    scipy_code: int  #: The code in an `OptimizeResult`: SciPy's 0, 1 or 2; above 2 if it has none.
    scipy_message: str  #: The message in SciPy's words, for code that searches it; may be empty.

    def __new__(cls, code: int, message: str = "", scipy: int = 0, words: str = "") -> Status:
        """Make a member from its row: code, message, SciPy's code and (if any) words."""
        status = int.__new__(cls, code)
        status._value_, status.message = code, message
        status.scipy_code, status.scipy_message = scipy, words
        return status

    SUCCESS = (
        0,
        "Two runs agreed, or the only run asked for converged.",
        0,
        "Optimization terminated successfully.",
    )
    INITIALIZATION_FAILURE = (
        1,
        "No simplex of valid points was found around the start: the function is NaN nearly "
        "everywhere there. Start elsewhere, or give smaller initial_param_variations.",
        3,
    )
    ABORTED = 2, "Aborted; the best point so far is kept.", 4
    REINITIALIZATION_FAILURE = (
        3,
        "The search converged, but no valid points for a new simplex were found around its "
        "result, which lies in a narrow valid region. Check the result from another start.",
        5,
    )
    MAX_ITERATIONS_EXCEEDED = (
        4,
        "The iteration limit was reached; the best point so far is kept. Raise max_iterations.",
        2,
        "Maximum number of iterations has been exceeded.",
    )
    MAX_RESTARTS_EXCEEDED = (
        5,
        "No two runs agreed; the best result is kept. Raise max_restarts, or try another start.",
        6,
    )
    MAX_EVALUATIONS_EXCEEDED = (
        6,
        "The evaluation limit was reached; the best point so far is kept. Raise max_evaluations.",
        1,
        "Maximum number of function evaluations has been exceeded.",
    )
    MAX_SECONDS_EXCEEDED = (
        7,
        "The time limit was reached; the best point so far is kept. Raise max_seconds.",
        7,
    )
    FUNCTION_FAILURE = (
        8,
        "The function raised an exception or did not return a real number (in minimize_many, "
        "where other problems go on). Call it with the parameters and arguments of this problem.",
        8,
    )

    UNBOUNDED = (
        9,
        "The function falls without bound, or towards a pole: there is no minimum, and where that "
        "was seen is kept. Give bounds, or check the function.",
        9,
    )

    SINGULAR = (
        10,
        "Some parameters, or combinations of them, have no influence at the result, and the sum "
        "is not flat along them: this may be no minimum. Start elsewhere, or hold one of them.",
        10,
    )
    RUNAWAY = (
        11,
        "A parameter ran away, and lost its influence on the way. Start elsewhere, give bounds, or "
        "hold it.",
        11,
    )
    EDGE = (
        12,
        "The residuals are NaN or infinite beside the result, which is not stationary: a minimum "
        "may lie on the edge of the valid region. Give bounds, or use the simplex (minimize).",
        12,
    )
    STALLED = (
        13,
        "No step lowers the sum of squares, and the result is not stationary: the residuals may be "
        "noisy or not differentiable. Use the simplex (minimize), or longer steps (diff_step).",
        13,
    )
    TOLERANCE_REACHED = (
        14,
        "A given tolerance was reached, and the point is not shown to be stationary. "
        "Leave the tolerances at their defaults to continue.",
        14,
    )

    def __str__(self) -> str:
        return self.name
