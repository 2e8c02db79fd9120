"""A run as data: its state between two points, and the value that it waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from typing import TYPE_CHECKING, Any

from ..common.status import Status
from .rules import Rules

# Which value a run waits for, besides the moves of the search; ENDED when there is none.
ENDED, GIVEN, FIRST, FAR, NEAR, VERTEX, DRAWN_VERTEX, PROBED = 0, 1, 2, 3, 4, 5, 6, 7
ON_LINE = 8
REFLECTED, EXPANDED, OUTSIDE, INSIDE, DRAWN, SHRUNK, CENTRE = 9, 10, 11, 12, 13, 14, 15
MIDPOINT, MINIMUM, FARTHER, SURROUNDING, ACROSS = 16, 17, 18, 19, 20

RUNNING, FRESH = -1, -2  # in place of a status: the run is under way, or has not begun
SUCCESS, ABORTED = int(Status.SUCCESS), int(Status.ABORTED)
INITIALIZATION_FAILURE = int(Status.INITIALIZATION_FAILURE)
REINITIALIZATION_FAILURE = int(Status.REINITIALIZATION_FAILURE)
MAX_ITERATIONS_EXCEEDED = int(Status.MAX_ITERATIONS_EXCEEDED)
MAX_RESTARTS_EXCEEDED = int(Status.MAX_RESTARTS_EXCEEDED)
MAX_EVALUATIONS_EXCEEDED = int(Status.MAX_EVALUATIONS_EXCEEDED)
MAX_SECONDS_EXCEEDED = int(Status.MAX_SECONDS_EXCEEDED)
UNBOUNDED, RUNAWAY = int(Status.UNBOUNDED), int(Status.RUNAWAY)

RULES = tuple(rule.name for rule in fields(Rules))

# The specification of a run; a limit of -1 means none. The last six are ImageJ's counts over all
# runs.
SPEC = {
    int: "seed max_iterations max_evaluations max_tally tally_status iterations completed",
    float: "width target_value target_descent",
    bool: "has_target target_at_edge has_second tally_initialized abort_seen",
}
# The state of a run: the problem and its rules; its course; counts and results.
RUN = {
    int: "n extra"
    " waiting status rng best next_worst worst nan_reflections wall_reflections share_index"
    " vertex_index attempt tries halvings before_search falls look_at"
    " before_run before_completed evaluations nan_evaluations",
    float: "reflection expansion outside inside shrink max_rel_error max_abs_error"
    " param_tolerance value_tolerance"
    " f_r fallen_to before_value reach result_value top magnitude"
    " first_value best_value",
    bool: "has_box clips has_variations has_resolutions has_tolerances has_given shared"
    " nan is_wall at_wall fixed_only remaking any_valid ended confirms has_result has_best"
    " " + " ".join(RULES),
}
# The state of probing (`scaling`), of looking for a pole (`pole`), of a surface, of penalties.
PROBES = {int: "probe_index", float: "change_far target_change size_before"}
LINES = {
    int: "line line_probe after_lines pole_look",
    float: "line_distance line_value line_fall",
}
SURFACE = {
    int: "n_edges edge_from edge_to next_vertex middle_of pause tried_at left_at last_nan",
    float: "tried_spread left_value simplex_rate drop height farthest radius first_radius shift"
    " step_length floor stiffness least_shift step_share middle_value minimum_value",
    bool: "holds goes_again ending matches verified by_surface",
}
PENALTIES = {int: "times_highest", float: "lowest highest second_highest told"}
# The state of the rounds: limits; the course; the rest of the limits; the best run.
ROUNDS = {
    int: "n extra random_seed max_restarts restart_within all_iterations all_evaluations"
    " round run run_number n_candidates total_iterations total_evaluations"
    " left_iterations left_evaluations second_iterations second_evaluations"
    " overall_number",
    float: "",
    bool: "pairs once guessed shared stop_when_confirmed"
    " in_two all_failed any_aborted has_overall overall_counts",
}
# Vectors: points (n + extra,), then parameters (n,) and the values (n + 1,).
POINTS = "trial best_point result before reflected target middle_point minimum".split()  # noqa: SIM905
PARAMS = """
    origin middle start variations lower upper resolutions ranges run_ranges sizes step inwards
    first_point changes next_way way_value way_fall way_times way_from
    held gradient slope minimum_step direction centre walled
""".split()  # noqa: SIM905
VALUES = "values true_values around_values".split()  # noqa: SIM905
# Matrices of n + 1 rows: vertices, those of the surface's new simplex; and the surface's own.
MATRICES = "points given around hessian bent factor frame".split()  # noqa: SIM905


def scalars(*tables: dict[type, str]) -> dict[str, Any]:
    """Return a zero of its type for each scalar, by its name."""
    rows = (row for table in tables for row in table.items())
    return {name: kind() for kind, names in rows for name in names.split()}


RUN_SCALARS = scalars(SPEC, RUN, PROBES, LINES, SURFACE, PENALTIES)
ROUNDS_SCALARS = scalars(SPEC, ROUNDS)


def beginning_with(zeros: dict[str, Any]) -> Callable[..., None]:
    """Return an ``__init__`` that sets these names; one written out takes less time than a loop."""
    rows = [(name, type(zero), zero) for name, zero in zeros.items()]
    written: type = make_dataclass("Zeros", rows, eq=False, repr=False)
    init: Callable[..., None] = vars(written)["__init__"]
    return init


class State:
    """Numbers and vectors under the names above."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...


GOES_ON, STAYS, OVER = 0, 1, 2  # an iteration is under way, has ended, and so has the search


class RunState(State):
    """One run, at the start of its life: zeros, no vectors.

    Everything is set by the functions of `search`, `initial_simplex`, `run` and `counting`, which
    run as plain Python or compiled by numba. They use only elements of the vectors; what must be
    fast is a kernel, which has several forms: in lists of floats for few parameters (`ListState`,
    which documents them), in arrays for many (`ArrayState`), in loops for numba
    (`compiled.kernels`). All give the same bits. Points are never changed in place.

    `origin` and `middle` are best vertex and mean of the simplex when the last search began,
    `ranges` the size of the initial simplex, the yardstick for a parameter near 0 (`run_ranges` if
    it is far from the start), `sizes` those of the simplex being made, `points` and `values` the
    simplex, `given` the vertices to begin with.
    """

    __slots__ = (*RUN_SCALARS, *POINTS, *PARAMS, *MATRICES, *VALUES)
    __init__ = beginning_with(RUN_SCALARS)


class RoundsState(State):
    """The rounds of runs: their state, and the specification of the next run.

    A result is a row of `results`: point (n + extra,), value, descent, and whether its last search
    met NaN. Row 0 is the best, the rows after it may confirm it.
    """

    __slots__ = (*ROUNDS_SCALARS, "target", "results")
    __init__ = beginning_with(ROUNDS_SCALARS)
