"""Results of many problems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.arrays import Array
from ..common.status import Status


@dataclass(frozen=True, repr=False)
class ManyResults:
    """Results of `minimize_many`: arrays with one element per problem.

    Attributes
    ----------
    params : ndarray (P, n)
        Best point; NaN if there is none.
    function_value : ndarray (P,)
        Value there; NaN if there is none.
    status : ndarray (P,) of int8
        Codes of `Status`. ``Status.ABORTED`` without evaluations: interrupted before its turn.
    counts : ndarray (P, 2)
        Iterations and evaluations of all runs.

    Examples
    --------
    >>> import numpy as np
    >>> from minimizer import minimize_many
    >>> result = minimize_many(lambda x, a: (x[0] - a) ** 2, [0.5], (np.arange(3.0),))
    >>> result
    <ManyResults: 3 problems, SUCCESS 3>
    """

    params: Array
    function_value: Array
    status: NDArray[np.int8]
    counts: NDArray[np.int64]

    @classmethod
    def empty(cls, n_problems: int, n: int) -> ManyResults:
        """Return results of problems that have not begun."""
        return cls(
            np.full((n_problems, n), np.nan),
            np.full(n_problems, np.nan),
            np.full(n_problems, Status.ABORTED, np.int8),
            np.zeros((n_problems, 2), np.int64),
        )

    @property
    def iterations(self) -> NDArray[np.int64]:
        """Iterations of all runs (P,)."""
        return self.counts[:, 0]

    @property
    def evaluations(self) -> NDArray[np.int64]:
        """Calls of the function in all runs (P,)."""
        return self.counts[:, 1]

    @property
    def success(self) -> NDArray[np.bool_]:
        """Which problems succeeded (P,)."""
        succeeded: NDArray[np.bool_] = self.status == Status.SUCCESS
        return succeeded

    def __len__(self) -> int:
        return len(self.status)

    def __repr__(self) -> str:
        codes, counts = np.unique(self.status, return_counts=True)
        parts = [f"{Status(code).name} {k}" for code, k in zip(codes, counts, strict=True)]
        return f"<ManyResults: {', '.join([f'{len(self)} problems', *parts])}>"

    def put(self, part: slice, other: ManyResults) -> None:
        """Write the results of some problems in their places."""
        self.params[part], self.function_value[part] = other.params, other.function_value
        self.status[part], self.counts[part] = other.status, other.counts
