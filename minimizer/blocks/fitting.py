"""`fit_blocks` and `alternate`: blocks in turn until nothing is left to gain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..common import checks
from .call import Call, perform
from .loops import Fit
from .model_check import probe
from .parameter_table import ParameterTable
from .plan import Entry, finishing, stage_of
from .result import BlocksResult, LoopRecord
from .structure import prepare
from .tiles import Tile, tiles_of

MAX_MEMORY = 32e6
TOLERANCE = 0.01
BLOCKS: tuple[Entry, ...] = ("shared", "groups")


def fit_blocks(
    model: Any,
    params: Any,
    *,
    bounds: Any = None,
    max_memory: float = MAX_MEMORY,
    max_loops: int = 30,
    n_jobs: int | None = None,
    callback: Callable[[LoopRecord], object] | None = None,
    checkpoint: str | None = None,
    progress: bool | str = False,
    table: ParameterTable | None = None,
    region_size: float | None = None,
    tol: float = TOLERANCE,
    check: bool = True,
) -> BlocksResult:
    """Fit a model of many components: shared parameters and components in turn.

    Parameters
    ----------
    model : Model
        Components, shared parameters and residuals.
    params : array (n,)
        The start.
    bounds : sequence of (lower, upper) or scipy.optimize.Bounds, optional
        None and infinities mean no bound. By default those of the table.
    max_memory : float
        Bytes for the derivatives of a block. The residuals and whatever the model stores come on
        top.
    max_loops : int
        Limit on loops, each of which runs all blocks once.
    n_jobs : int, optional
        Number of workers, as joblib counts them, on the active backend, otherwise in threads. Each
        has a copy of the model. By default the caller does all the work, with the model itself. The
        result is the same to the bit.
    callback : callable, optional
        ``callback(record)`` after each loop, see `LoopRecord`; StopIteration ends the fit.
    checkpoint : str, optional
        File that is written after each loop; a call with the same arguments resumes from it. It is
        removed after a success.
    progress : bool or "line"
        A progress bar (True), or a line.
    table : ParameterTable, optional
        Names, bounds and held parameters; by default ``model.table``, if there is one.
    region_size : float, optional
        Components within regions of this size make one block, as far as `max_memory` allows;
        worthwhile if neighbours depend on each other strongly. By default each is a block.
    tol : float
        The fit ends when parameters are off by this share of their standard errors (root mean
        square), as estimated from the course of the loops.
    check : bool
        Whether to test for some components that their windows contain all residuals that they
        change, at the cost of two evaluations. `check_model` tests all.

    Returns
    -------
    BlocksResult

    Raises
    ------
    ValueError, TypeError
        If an argument is wrong, or the model does not fit its description.
    Exception
        Any exception of the model, with the best parameters so far as `best_params`, and their
        cost as `best_value`.

    Warns
    -----
    RuntimeWarning
        If the loops did not converge.

    Notes
    -----
    Each block makes one Levenberg-Marquardt step per loop, in a trust region: a component from its
    window, the shared parameters from a normal matrix that is summed over chunks of residuals. The
    shared block also moves along the steps of the last three loops, which turns the slow
    convergence of alternating blocks into a fast one.

    A success means that further loops, if they go on like the last ones, lower the sum of squares
    by less than the square of `tol`, times the number of parameters and the variance of residuals;
    or that the residuals vanish.

    Examples
    --------
    See `Model`.
    """
    return alternate(
        model,
        params,
        loops=max_loops,
        bounds=bounds,
        max_memory=max_memory,
        n_jobs=n_jobs,
        callback=callback,
        checkpoint=checkpoint,
        progress=progress,
        table=table,
        region_size=region_size,
        tol=tol,
        check=check,
    )


def alternate(
    model: Any,
    params: Any,
    *,
    blocks: Sequence[Any] = BLOCKS,
    loops: int = 30,
    separate: Any = None,
    finish_loops: int | None = None,
    along_steps: bool = True,
    bounds: Any = None,
    max_memory: float = MAX_MEMORY,
    n_jobs: int | None = None,
    callback: Callable[[LoopRecord], object] | None = None,
    checkpoint: str | None = None,
    progress: bool | str = False,
    table: ParameterTable | None = None,
    region_size: float | None = None,
    tol: float = TOLERANCE,
    check: bool = True,
) -> BlocksResult:
    """Fit blocks of your choice in turn, then all of them in a finishing pass.

    Parameters
    ----------
    model, params, bounds, max_memory, n_jobs, callback, checkpoint, progress, table, region_size
        As in `fit_blocks`.
    blocks : sequence
        The blocks of a loop, in order. Each is "shared", "groups", or a list of any parameters by
        names or numbers; or a pair of one of these and the number of times that it is run per loop.
        Parameters in none of the blocks keep their values until the finishing pass.
    loops : int
        Limit on loops.
    separate : sequence of str or int, optional
        Shared parameters that the finishing pass fits in a separate block, such as those of a blur,
        on which residuals depend in a strongly nonlinear way.
    finish_loops : int, optional
        Limit on the loops of the finishing pass, which fits the shared parameters (without
        `separate`), `separate`, and all components. By default 10 with `separate`, else none.
    along_steps : bool
        Whether the first block also moves along the steps of the last three loops.
    tol, check
        As in `fit_blocks`.

    Returns
    -------
    BlocksResult
        With the status of the last pass.

    Raises
    ------
    ValueError, TypeError
        If an argument is wrong, or the model does not fit its description.
    Exception
        As in `fit_blocks`.

    Warns
    -----
    RuntimeWarning
        If the loops did not converge.
    """
    memory = checks.such_that(lambda value: value > 0, "be positive", of=checks.real)
    max_memory = memory("max_memory", max_memory)
    tol = memory("tol", tol)
    if region_size is not None:
        region_size = memory("region_size", region_size)
    call = Call(
        callback=checks.optional_function("callback", callback),
        checkpoint=checks.optional(checks.path)("checkpoint", checkpoint),
        progress=checks.progress("progress", progress),
        n_jobs=checks.optional(checks.jobs)("n_jobs", n_jobs),
    )
    limit = checks.size("loops", loops)
    found = prepare(model, params, table, bounds)
    measured, start = found.measured, found.start
    if check:
        probe(found, thorough=False)

    def tiles() -> list[Tile]:
        return tiles_of(measured, start, found.windows, region_size, max_memory)

    stages = [stage_of("loops", blocks, limit, found.table, measured, start, tiles, max_memory)]
    if finish_loops is None:
        finish_loops = 10 if separate is not None else 0
    count = checks.count("finish_loops", finish_loops)
    if count:
        order = finishing(measured, found.table, separate)
        stages.append(
            stage_of("finish", order, count, found.table, measured, start, tiles, max_memory)
        )
    fit = Fit(measured, found.box, found.held, max_memory, tol, start, stages, along_steps)
    return perform(fit, call)
