"""The loops: each runs the blocks of a stage in turn.

References
----------
M. Bierbaum, B. D. Leahy, A. A. Alemi, I. Cohen, J. P. Sethna, Light microscopy at maximal
precision, Phys. Rev. X 7 (2017) 041007 (alternating blocks of global and particle parameters).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from ..common.arrays import Array, Indices, Mask
from ..common.bounds import Box
from ..common.status import Status
from .block_step import Step
from .convergence import ROUNDING, STUCK, VANISHED, Course, allowed
from .measured import Measured
from .result import BlockStatistics
from .tiles import Tile, task_of
from .wide_block import Space, Wide, rows_that_fit, run_wide
from .windows import Window, chunks_of, colours_of, union
from .workers import Crew

DIRECTIONS = 3  # at least 1: steps of the last loops that a wide block also moves along


@dataclass
class Stage:
    """Blocks that are run in turn.

    Attributes
    ----------
    order : list of Wide or list of Tile
        The first is a `Wide`, perhaps without parameters: it knows the whole sum.
    most_loops : int
    """

    name: str
    order: list[Wide | list[Tile]]
    most_loops: int
    course: Course = field(default_factory=Course)
    loops: int = 0

    @property
    def which(self) -> Indices:
        """All parameters that are fitted, once each."""
        parts = [
            part.which
            for block in self.order
            for part in ([block] if isinstance(block, Wide) else block)
        ]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.intp)


@dataclass
class Fit:
    """A call: the model, the fixed settings, and the state so far."""

    measured: Measured
    box: Box
    held: Mask
    max_memory: float
    tol: float
    params: Array
    stages: list[Stage]
    along_steps: bool = True
    stage: int = 0
    costs: list[float] = field(default_factory=list)
    steps: list[Array] = field(default_factory=list)  # of the last loops, (n,) each
    status: Status | None = None
    best: Array = field(default_factory=lambda: np.zeros(0))  # with a sum that is exact
    best_cost: float = np.inf
    lost: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))
    first_lost: Mask | None = None  # in the first loop of the stage
    was_nan: bool = False
    is_inconsistent: bool = False

    @property
    def loops(self) -> int:
        """Number of loops that have ended."""
        return sum(stage.loops for stage in self.stages)

    @property
    def current(self) -> Stage:
        """The stage under way."""
        return self.stages[min(self.stage, len(self.stages) - 1)]

    @property
    def m(self) -> int:
        """Number of residuals."""
        return int(np.prod(self.measured.shape))

    def begin_next_stage(self) -> None:
        """Go on to other blocks, which have no use for earlier steps and influences."""
        self.stage += 1
        self.steps, self.first_lost = [], None

    def free(self, stage: Stage) -> int:
        """Return the number of parameters that a stage fits."""
        return int((~self.held[stage.which]).sum())

    def allowed(self, f: float) -> float:
        """Return the fall of the sum of squares that may be left at the end."""
        return allowed(f, self.m, self.free(self.current), self.tol)


class Done(NamedTuple):
    """A step of a block: its name, its parameters, the number of residuals that it touches."""

    name: str
    which: Indices
    residuals: int
    step: Step


@dataclass
class Tally:
    """The outcome of the blocks of a loop."""

    statistics: dict[str, BlockStatistics]
    lost: Mask
    expected: float = 0.0
    failed: float = 0.0
    was_nan: bool = False

    def add(self, done: list[Done]) -> float:
        """Take steps; return the fall of the sum."""
        for name, which, residuals, step in done:
            _count(self.statistics, name, which.size, residuals, step)
            self.expected += step.expected
            self.failed += step.expected if step.fall == 0.0 else 0.0
            self.was_nan |= step.was_nan
            self.lost[which] |= step.without_influence[: which.size]
        return sum(step.fall for *_, step in done)


def one_loop(fit: Fit, crew: Crew, statistics: dict[str, BlockStatistics]) -> float:
    """Run all blocks once; return the sum of squares after it."""
    stage, start = fit.current, fit.params
    crew.relocate(start)
    windows = [fit.measured.window(k) for k in range(len(fit.measured.groups))]
    tally = Tally(statistics, np.zeros(start.size, dtype=bool))
    f = before = np.inf
    for number, block in enumerate(stage.order):
        if isinstance(block, Wide):
            step, f = _wide(fit, crew, block, _directions(fit, block, number), windows)
            if number == 0:
                before = f
                take_sum(fit, start, f)
            f -= tally.add([Done(_name(fit.measured, block), block.which, fit.m, step)])
        else:
            f -= tally.add(_tiles(fit, crew, block, windows))
    fit.lost, fit.was_nan = tally.lost, tally.was_nan
    fit.first_lost = tally.lost if fit.first_lost is None else fit.first_lost
    stage.course.take(tally.expected, tally.failed, before - f, f)
    stage.loops += 1
    fit.steps = [*fit.steps, fit.params - start][-DIRECTIONS:]
    return f


def judge(fit: Fit, f: float) -> Status | None:
    """Return how the stage ends, None if it goes on."""
    course, first = fit.current.course, 2.0 * fit.costs[0]
    if (course.left <= fit.allowed(f) and not fit.was_nan) or f <= VANISHED * first:
        return Status.SUCCESS
    if fit.is_inconsistent or course.stuck >= STUCK:
        return Status.EDGE if fit.was_nan else Status.STALLED
    if fit.current.loops >= fit.current.most_loops:
        return Status.MAX_ITERATIONS_EXCEEDED
    return None


def _directions(fit: Fit, block: Wide, number: int) -> Array:
    """Return the last steps (q, n) of all other parameters, for the first block of a loop."""
    steps = fit.steps if fit.along_steps and number == 0 else []
    found = np.array(steps).reshape(-1, fit.params.size)
    found[:, block.which] = 0.0
    moving: Array = found[abs(found).max(axis=1, initial=0.0) > 0.0]
    return moving


def _wide(
    fit: Fit, crew: Crew, block: Wide, directions: Array, windows: list[Window]
) -> tuple[Step, float]:
    space = Space(block.which, directions, fit.box, fit.held)
    like = windows[0] if windows else None
    copies = block.which.size if fit.measured.has_jacobian else 0
    most = rows_that_fit(space.size + copies, fit.max_memory)
    chunks = chunks_of(fit.measured.shape, like, most)
    step, fit.params, f = run_wide(crew, fit.params, space, block.memory, chunks)
    return step, f


def _tiles(fit: Fit, crew: Crew, tiles: list[Tile], windows: list[Window]) -> list[Done]:
    """Make a step of each tile, one class of tiles that do not overlap after another."""
    wholes = [union([windows[k] for k in tile.groups]) for tile in tiles]
    done: list[Done] = []
    for numbers in colours_of(wholes, fit.measured.shape):
        tasks = [task_of(i, tiles[i], windows, fit.measured, fit.box, fit.held) for i in numbers]
        params = fit.params.copy()
        for i, (step, memory) in zip(numbers, crew.run_tiles(fit.params, tasks), strict=True):
            tile = tiles[i]
            tile.memory = memory
            params[tile.which] = step.end
            name = _name_of_tile(fit.measured, tile)
            done.append(Done(name, tile.which, wholes[i].size, step))
        fit.params = params
    return done


def take_sum(fit: Fit, params: Array, exact: float) -> None:
    """Compute the exact sum of squares at some parameters; keep these if it is the lowest."""
    if not exact < np.inf and not fit.loops:
        raise ValueError(
            "the residuals are not all finite at the start; begin where they are, or leave out "
            "those that never are"
        )
    if not fit.costs:
        fit.costs.append(0.5 * exact)
    risen = not exact <= 2.0 * fit.best_cost * (1.0 + ROUNDING) + fit.allowed(exact)
    fit.is_inconsistent |= risen
    fit.costs[-1] = 0.5 * exact
    if 0.5 * exact <= fit.best_cost:
        fit.best, fit.best_cost = params, 0.5 * exact


def _name(measured: Measured, block: Wide) -> str:
    if np.array_equal(block.which, measured.shared):
        return "shared"
    return measured.names_of(block.which) if block.which.size else "last steps"


def _name_of_tile(measured: Measured, tile: Tile) -> str:
    first = measured.name_of_group(tile.groups[0])
    others = len(tile.groups) - 1
    return f"{first} and {others} near it" if others else first


def _count(
    statistics: dict[str, BlockStatistics], name: str, parameters: int, residuals: int, step: Step
) -> None:
    """Add a step to the statistics of its block."""
    known = statistics.get(name) or BlockStatistics(name, parameters, residuals)
    statistics[name] = replace(
        known,
        residuals=residuals,
        steps=known.steps + (step.fall > 0.0),
        failed=known.failed + (step.tries > 0 and step.fall == 0.0),
        tries=known.tries + step.tries,
        fall=known.fall + 0.5 * step.fall,
        expected=0.5 * step.expected,
    )
