"""A result with SciPy's fields."""

from __future__ import annotations

from typing import Any

import numpy as np

_HIDDEN = ("runs", "final_simplex", "allvecs", "trace")  # too long to print


class OptimizeResult(dict[str, Any]):
    """What `minimize` returns: a dictionary whose items are attributes too, as SciPy's.

    Attributes
    ----------
    x : ndarray (n,)
        Best point.
    fun : float
        Value there.
    nit, nfev : int
        Iterations (the initial simplex counts as one, as in SciPy) and evaluations, of all runs.
    status : int
        0 success, 1 `maxfev` and 2 `maxiter` exceeded, 99 stopped by the callback; 3 no valid
        initial simplex, 4 aborted, 5 no valid new simplex, 6 no two runs agreed, 7 out of time.
    success : bool
        Whether `status` is 0.
    message : str
        What happened and what to do.
    minimizer_status : Status
    final_simplex : tuple of ndarray (n + 1, n) and ndarray (n + 1,)
        Vertices and values at the end of the best run, lowest value first.
    runs : list of RunRecord
    allvecs : list of ndarray (n,)
        Best point after each iteration, if ``return_all`` was asked for.

    Examples
    --------
    >>> from minimizer import minimize
    >>> result = minimize(lambda x: (x[0] - 1) ** 2 + 5, 3)
    >>> result.success, result["status"], round(result.fun, 6)
    (True, 0, 5.0)
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        if not self:
            return f"{type(self).__name__}()"
        width = max(map(len, self)) + 1
        return "\n".join(
            f"{key:>{width}}: {_text(key, value, width + 2)}" for key, value in self.items()
        )


def _text(key: str, value: Any, indent: int) -> str:
    if key in _HIDDEN:
        return f"<{len(value)} {key}>" if key != "final_simplex" else "<vertices, values>"
    if isinstance(value, np.ndarray):
        return np.array2string(value, prefix=" " * indent)
    return str(value)
