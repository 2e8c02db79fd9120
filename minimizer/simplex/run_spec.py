"""The specification of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..common.one_source import compilable
from .state import RoundsState, RunState

ONE_SEARCH = 200  # iterations or evaluations per parameter that SciPy allows a search by default


class RunSpec(NamedTuple):
    """A run to make: its seed and limits; a limit of -1 means none.

    Its first simplex is `width` times as large as the problem says. It ends early if it reaches the
    target, a point (n + extra,) with its value and descent. `has_second` if another run is to
    confirm its result. `max_tally` and the fields after it are ImageJ's counts over all runs.
    `beside` is the run that will be needed next and may be begun at the same time.
    """

    seed: int
    width: float = 1.0
    max_iterations: int = -1
    max_evaluations: int = -1
    has_target: bool = False
    target_value: float = 0.0
    target_descent: float = 0.0
    target_at_edge: bool = False
    has_second: bool = False
    max_tally: int = -1
    tally_status: int = 0
    tally_initialized: bool = False
    iterations: int = 0
    completed: int = 0
    abort_seen: bool = False
    target: Sequence[float] = ()
    beside: RunSpec | None = None


@compilable
def assign(s: RunState, spec: RunSpec | RoundsState) -> None:
    """Make a run that has not begun the specified one."""
    s.seed, s.width = spec.seed, spec.width
    s.max_iterations, s.max_evaluations = spec.max_iterations, spec.max_evaluations
    s.has_target, s.has_second = spec.has_target, spec.has_second
    if spec.has_target:
        s.target, s.target_value = spec.target, spec.target_value
        s.target_descent, s.target_at_edge = spec.target_descent, spec.target_at_edge
    s.max_tally, s.tally_status = spec.max_tally, spec.tally_status
    s.tally_initialized, s.abort_seen = spec.tally_initialized, spec.abort_seen
    s.iterations, s.completed = spec.iterations, spec.completed
