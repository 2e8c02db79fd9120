"""One call: loops, watched by a callback, a bar and a file, ended by convergence or a limit."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..common.progress import Reporter, reporter
from ..common.status import Status
from ..execution.checkpoint import Checkpoint
from . import saved_loops
from .loops import Fit, judge, one_loop, take_sum
from .result import BlocksResult, BlockStatistics, LoopRecord, chosen_names
from .uncertainty import Errors
from .wide_block import partial_sum, rows_that_fit
from .windows import chunks_of
from .workers import Crew, crew_of


@dataclass(frozen=True)
class Call:
    """The observers of a call, and its workers."""

    callback: Callable[[LoopRecord], object] | None = None
    checkpoint: str | None = None
    progress: bool | str = False
    n_jobs: int | None = None


def perform(fit: Fit, call: Call) -> BlocksResult:
    """Run the loops; any exception has the best parameters attached."""
    statistics: dict[str, BlockStatistics] = {}
    file = None if call.checkpoint is None else _taken_up(Path(call.checkpoint), fit, statistics)
    bar = reporter(call.progress, "fit_blocks")
    try:
        with crew_of(fit.measured, call.n_jobs) as crew:
            try:
                while fit.status is None:
                    _loop(fit, crew, call, statistics, bar)
                    if file is not None and fit.status is None:
                        file.save(stacklevel=5)
                _finish(fit, crew)
            finally:
                if bar is not None:
                    bar.close()
    except BaseException as error:
        _attach_best(error, fit)
        raise
    if file is not None:
        file.save(stacklevel=5)
        file.end(keep=fit.status is not Status.SUCCESS)
    result = _result(fit, statistics)
    if not result.success and fit.status is not Status.ABORTED:
        warnings.warn(result.message, RuntimeWarning, stacklevel=4)
    return result


def _taken_up(path: Path, fit: Fit, statistics: dict[str, BlockStatistics]) -> Checkpoint:
    """Return the file of a call, which resumes from the file if there is one."""
    mark = saved_loops.fingerprint(fit)
    path = path.absolute()
    if saved_loops.resume(path, fit, mark, statistics):
        stage = fit.current
        if stage.loops >= stage.most_loops:
            fit.status = Status.MAX_ITERATIONS_EXCEEDED
    return Checkpoint(path, np.inf, partial(saved_loops.data_of, fit, mark, statistics))


def _loop(
    fit: Fit,
    crew: Crew,
    call: Call,
    statistics: dict[str, BlockStatistics],
    bar: Reporter | None,
) -> None:
    """Run a loop, notify the observers, and decide how to go on."""
    f = one_loop(fit, crew, statistics)
    fit.costs.append(0.5 * f)
    ended = judge(fit, f)
    if bar is not None:
        bar.update(0.5 * f)
    if ended is not None:
        if fit.stage + 1 < len(fit.stages):
            fit.begin_next_stage()
        else:
            fit.status = ended
    if call.callback is not None:
        record = LoopRecord(
            fit.loops, fit.params.copy(), 0.5 * f, fit.measured.calls, 0.5 * fit.current.course.left
        )
        try:
            call.callback(record)
        except StopIteration:
            fit.status = Status.ABORTED


def _finish(fit: Fit, crew: Crew) -> None:
    """Compute the exact sum at the end; go back to better parameters if there are any."""
    like = fit.measured.window(0) if fit.measured.groups else None
    chunks = chunks_of(fit.measured.shape, like, rows_that_fit(1, fit.max_memory))
    exact = float(sum(crew.on_chunks(partial_sum, chunks, fit.params)))
    take_sum(fit, fit.params, exact)
    if fit.best_cost < fit.costs[-1]:
        fit.params, fit.costs[-1] = fit.best, fit.best_cost
    if fit.is_inconsistent and fit.status is Status.SUCCESS:
        fit.status = Status.STALLED


def _result(fit: Fit, statistics: dict[str, BlockStatistics]) -> BlocksResult:
    status = _verdict(fit)
    return BlocksResult(
        x=fit.params.copy(),
        cost=fit.costs[-1],
        status=status,
        message=_message(fit, status),
        loops=fit.loops,
        cost_per_loop=list(fit.costs),
        evaluations=fit.measured.calls,
        sweeps=fit.measured.count / fit.m,
        blocks=list(statistics.values()),
        names=fit.measured.names,
        residuals=fit.m,
        left=0.5 * fit.current.course.left,
        _errors=Errors(fit.measured, fit.params, fit.box, fit.held, fit.max_memory),
    )


def _verdict(fit: Fit) -> Status:
    """Return the status: no success if a parameter lost its influence on the way."""
    status = fit.status
    assert status is not None
    fresh = fit.lost & ~fit.first_lost if fit.first_lost is not None else fit.lost
    return Status.RUNAWAY if status is Status.SUCCESS and bool(np.any(fresh)) else status


def _message(fit: Fit, status: Status) -> str:
    names, lost = fit.measured.names, np.flatnonzero(fit.lost)
    if status is Status.RUNAWAY:
        return f"{chosen_names(names, lost)}: {status.message}"
    text = status.message
    if status is Status.SUCCESS:
        text = "Converged: further loops would not lower the sum of squares noticeably."
    elif status is Status.MAX_ITERATIONS_EXCEEDED:
        text = (
            f"Out of loops: not converged after {fit.loops}; further ones would lower the cost by "
            f"about {0.5 * fit.current.course.left:.3g}. Raise the number of loops."
        )
    elif fit.is_inconsistent:
        text = (
            "The sum of squares rose although all steps lowered it in their windows: a component "
            "changes residuals outside its window (check_model finds which), or residuals depend "
            "on earlier evaluations."
        )
    if lost.size:
        text += f" Without influence: {chosen_names(names, lost)}."
    return text


def _attach_best(error: BaseException, fit: Fit) -> None:
    """Leave the best parameters so far on an exception."""
    try:
        error.best_params = fit.params.copy()  # type: ignore[attr-defined]
        error.best_value = fit.costs[-1] if fit.costs else np.nan  # type: ignore[attr-defined]
    except AttributeError:  # a class with slots
        return
    if hasattr(error, "add_note"):
        error.add_note(
            f"The best parameters after {fit.loops} loops are best_params of this exception; their "
            "cost is best_value, or lower."
        )
