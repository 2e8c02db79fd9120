"""A run as data: what it knows between two points, and which value it waits for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import MutableSequence, Sequence
from typing import Any

from .rules import Rules

# Which value a run waits for, besides the moves of the search; ENDED when there is none.
ENDED, GIVEN, FIRST, VERTEX, DRAWN_VERTEX = 0, 1, 2, 3, 4
REFLECTED, EXPANDED, OUTSIDE, INSIDE, DRAWN, SHRUNK, CENTRE = 5, 6, 7, 8, 9, 10, 11

RUNNING, FRESH = -1, -2  # in place of a status: the run goes on, or has not begun

Params = MutableSequence[float]


class RunState(ABC):
    """One run: numbers and vectors, and a few kernels on the vectors.

    Everything is set by the functions of `search`, `initial_simplex`, `run` and `counting`, which
    run as plain Python or compiled by numba. A kernel is what has more than one form: in lists of
    floats for few parameters (`ListState`), in arrays for many (`ArrayState`), in loops for numba
    (`compiled.kernels`). All give the same bits. Points are (n + extra,) and never changed in
    place; vectors of type `Params` are (n,).
    """

    # The problem, and what this run may use; a limit of -1 is none
    n: int
    extra: int
    seed: int
    max_iterations: int
    max_evaluations: int
    max_tally: int  # ImageJ's limit on the iterations of all runs
    width: float  # of the first simplex, in units of its size
    reflection: float
    expansion: float
    outside: float
    inside: float
    shrink: float
    max_rel_error: float
    max_abs_error: float
    param_tolerance: float
    value_tolerance: float
    target_value: float
    target_descent: float
    has_box: bool
    clips: bool
    has_variations: bool
    has_resolutions: bool
    has_tolerances: bool
    has_given: bool
    has_target: bool
    target_at_edge: bool
    shared: bool  # whether the next four are those of all runs, as in ImageJ
    # Its course
    tally_status: int
    tally_initialized: bool
    iterations: int
    completed: int
    abort_seen: bool
    waiting: int
    status: int
    rng: int
    best: int
    next_worst: int
    worst: int
    nan_reflections: int
    nan: bool  # whether the last reflection was
    f_r: float
    share_index: int
    vertex_index: int
    attempt: int
    tries: int
    halvings: int
    before_search: int  # iterations
    before_value: float
    reach: float
    fixed_only: bool
    remaking: bool
    any_valid: bool
    ended: bool  # by itself, not cut short
    confirms: bool
    has_result: bool
    result_value: float
    # What was counted and kept
    before_run: int  # iterations
    before_completed: int
    evaluations: int
    nan_evaluations: int
    has_best: bool
    first_value: float
    best_value: float
    # The rules
    nan_ranks_worst: bool
    nan_contracts_outside: bool
    inside_after_outside: bool
    tiny_simplex_converges: bool
    independent_runs: bool
    agree_in_params: bool
    start_at_zeros: bool
    clip_to_bounds: bool
    regrow_after_nan: bool
    adaptive_for_many: bool
    agree_by_descent: bool
    draw_inwards: bool
    agree_at_edge: bool
    stop_when_confirmed: bool
    wider_second_run: bool
    adaptive_coefficients: bool
    # Points
    trial: Any  # the next one to evaluate
    best_point: Any  # of all that were evaluated
    result: Any  # of the run, when it has ended by itself
    before: Any  # the best vertex before a new simplex was made
    reflected: Any
    origin: Any  # where the last search began
    middle: Any  # of the simplex then
    target: Any  # the result at which the run may stop
    # Vectors of parameters
    start: Params
    variations: Params
    lower: Params
    upper: Params
    resolutions: Params
    ranges: Params  # size of the initial simplex, the yardstick for a parameter near 0
    run_ranges: Params  # the same if the simplex is far from the start
    sizes: Params  # of the simplex being made
    step: Params
    inwards: Params  # where a NaN vertex is drawn to
    # The simplex
    points: Any
    values: MutableSequence[float]
    given: Any  # the vertices to begin with, (n + 1, n)

    __slots__ = tuple(__annotations__)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in names_of(self) if hasattr(self, name)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    @abstractmethod
    def rank(self) -> None:
        """Find the best, worst and next worst vertex; among equals the first (ImageJ's order)."""

    @abstractmethod
    def begin_search(self) -> None:
        """Note the best vertex and the mean of all vertices, `origin` and `middle`."""

    @abstractmethod
    def find_centroid(self) -> None:
        """Find the mean of the vertices other than the worst, summed in index order."""

    @abstractmethod
    def try_on_line(self, t: float) -> None:
        """Let `trial` be the point at `t` on the line from the centroid (0) to the worst (1)."""

    @abstractmethod
    def try_centre(self) -> None:
        """Let `trial` be the mean of all vertices."""

    @abstractmethod
    def try_inwards(self, share: float) -> None:
        """Let `trial` be the reflection drawn towards the middle by a share of the way."""

    @abstractmethod
    def try_shrunk(self, v: int) -> None:
        """Let `trial` be vertex `v` drawn towards the best."""

    @abstractmethod
    def try_params(self, params: Sequence[float], v: int) -> None:
        """Let `trial` be these parameters, with the extra elements of vertex `v`."""

    @abstractmethod
    def is_outside(self) -> bool:
        """Return whether a parameter of `trial` is out of bounds (a NaN is not)."""

    @abstractmethod
    def put(self, v: int, point: Any, value: float) -> None:
        """Let vertex `v` be a point of that value; NaN ranks like infinity if the rules say so."""

    @abstractmethod
    def vertex(self, v: int) -> Any:
        """Return vertex `v`, a point to keep."""

    @abstractmethod
    def swap(self, a: int, b: int) -> None:
        """Exchange the places of two vertices."""

    @abstractmethod
    def is_tiny(self) -> bool:
        """Return whether the simplex is hardly larger than what rounding can resolve (R4)."""

    @abstractmethod
    def all_near(self, x: Any, share: float) -> bool:
        """Return whether all vertices are within a share of ``|x| + ranges`` of a point."""

    @abstractmethod
    def all_within_tolerance(self, x: Any) -> bool:
        """Return whether all vertices are within the absolute tolerance of a point."""

    @abstractmethod
    def is_flat(self) -> bool:
        """Return whether some edge at the best vertex is nearly a combination of the others."""

    @abstractmethod
    def find_extents(self) -> None:
        """Let `sizes` be the root of the summed squares of the edges at the best vertex."""

    @abstractmethod
    def orthogonalize(self) -> None:
        """Make `step` orthogonal to the edges from vertex 0 to those made, in units of `sizes`.

        Vertices that coincide, as those of a box without volume do, have no edge between them.
        """

    @abstractmethod
    def length(self, vector: Sequence[float]) -> float:
        """Return the Euclidean length of a vector (n,), its squares summed in pairs."""


class RoundsState:
    """What the rounds of runs know: budgets, and the results so far.

    A result is a row of `results`: point (n + extra,), value, descent, and whether its last search
    met NaN. Row 0 is the best, the rows after it are those that may confirm it.
    """

    n: int
    extra: int
    random_seed: int
    max_restarts: int
    all_iterations: int
    all_evaluations: int
    pairs: bool
    once: bool  # a single run, whatever comes of it
    guessed: bool  # whether the size of the first simplex is
    # Of the run to come: what `RunSpec` has, too
    seed: int
    width: float
    max_iterations: int
    max_evaluations: int
    has_target: bool
    target: Any
    target_value: float
    target_descent: float
    target_at_edge: bool
    max_tally: int
    tally_status: int
    tally_initialized: bool
    iterations: int
    completed: int
    abort_seen: bool
    # The course
    round: int
    run: int  # in the round
    run_number: int
    in_two: bool
    all_failed: bool
    any_aborted: bool
    left_iterations: int
    left_evaluations: int
    second_iterations: int
    second_evaluations: int
    total_iterations: int
    total_evaluations: int
    n_candidates: int
    has_overall: bool
    overall_counts: bool
    overall_number: int  # of the best run
    results: Any

    __slots__ = tuple(__annotations__)

    def __init__(self) -> None:
        for name, kind in RoundsState.__annotations__.items():
            setattr(self, name, ZEROS.get(kind))


ZEROS = {"int": 0, "float": 0.0, "bool": False}
RULES = tuple(name for name in Rules.__annotations__)


def names_of(state: RunState) -> list[str]:
    """Return the names of all slots."""
    return [name for kind in type(state).__mro__ for name in getattr(kind, "__slots__", ())]
