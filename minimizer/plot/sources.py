"""The data of pictures, from a minimizer or an `OptimizeResult`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..common.arrays import Array
from ..common.records import Evaluation, RunRecord
from ..scipy_interface.result import OptimizeResult


def trace_of(m: Any) -> list[list[Evaluation]]:
    """Return the evaluations of each run.

    Raises
    ------
    ValueError
        If no trace was kept.
    """
    trace = getattr(m, "trace", None)
    if not isinstance(trace, list) or not trace:
        raise ValueError(
            "m has no trace; set trace=True, as in Minimizer(fun, trace=True), and minimize"
        )
    runs: dict[int, list[Evaluation]] = {}
    for evaluation in trace:
        runs.setdefault(evaluation.run, []).append(evaluation)
    return [runs[number] for number in sorted(runs)]


def runs_of(m: Any) -> list[RunRecord]:
    """Return the records of the runs.

    Raises
    ------
    ValueError
        If none has a finite value.
    """
    runs = list(getattr(m, "runs", []))
    if not runs:
        raise ValueError("m has no runs; minimize first")
    if not any(np.isfinite(run.function_value) for run in runs):
        raise ValueError(f"no run of m has a finite value to compare ({status_of(m)})")
    return runs


def best_of(m: Any) -> tuple[Array, float]:
    """Return the result: point (n,) and value."""
    if isinstance(m, OptimizeResult):
        return np.asarray(m.x, dtype=np.float64), float(m.fun)
    return m.params, float(m.function_value)


def status_of(m: Any) -> str:
    """Return the name of the status, or that there is none yet."""
    status = m.minimizer_status if isinstance(m, OptimizeResult) else m.status
    return "not finished" if status is None else str(status.name)
