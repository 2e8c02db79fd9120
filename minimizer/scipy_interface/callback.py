"""Reports of each iteration in SciPy's form."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ..common.arrays import Array
from ..common.records import RunRecord
from .result import OptimizeResult


class Iterations:
    """Callback for `Minimizer`: keeps best points and calls the user's callback as SciPy does."""

    def __init__(self, callback: Callable[..., Any] | None, dtype: Any) -> None:
        self._callback, self._dtype = callback, dtype
        self._by_keyword = callback is not None and takes_intermediate_result(callback)
        self._vectors: dict[int, list[Array]] = {}
        self.stopped = False

    def __call__(self, record: RunRecord) -> None:
        """Take the record of a run after an iteration."""
        x = record.params.astype(self._dtype)
        self._vectors.setdefault(record.seed, []).append(x)
        try:
            if self._by_keyword:
                result = OptimizeResult(x=x.copy(), fun=record.function_value)
                self._callback(intermediate_result=result)  # type: ignore[misc]
            elif self._callback is not None:
                self._callback(x.copy())
        except StopIteration:
            self.stopped = True
            raise

    def allvecs(self, x0: Array, runs: list[RunRecord]) -> list[Array]:
        """Return the start and the best points of all iterations, run after run."""
        return [x0, *(x for run in runs for x in self._vectors.get(run.seed, []))]


def takes_intermediate_result(callback: Callable[..., Any]) -> bool:
    """Return whether a callback's only parameter is `intermediate_result`."""
    try:
        return set(inspect.signature(callback).parameters) == {"intermediate_result"}
    except (TypeError, ValueError):
        return False
