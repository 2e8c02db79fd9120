"""What a compiled run knows: scalars in a record, everything else in the arrays of `Work`."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import fields

import numpy as np

from ..rules import Rules

# Which value a run waits for, besides the moves of the search; 0 when it has ended.
ENDED, GIVEN, FIRST, VERTEX, DRAWN_VERTEX = range(5)
REFLECTED, EXPANDED, OUTSIDE, DRAWN, INSIDE, SHRUNK, CENTRE = range(5, 12)

# Rows of `Work.rows`, each (n + extra,).
(
    TRIAL,  # the point that the run asks about
    BEST,  # the best point seen
    RESULT,  # what the run came to by itself
    BEFORE,  # the best vertex before a new simplex was made
    START,
    VARIATIONS,
    LOWER,
    UPPER,
    RESOLUTIONS,
    RANGES,  # size of the initial simplex, the yardstick for a parameter near 0
    RUN_RANGES,  # the same if the simplex is far from the start
    SIZES,  # of the simplex being made
    ORIGIN,  # where the last search began
    MIDDLE,  # of the simplex then
    CENTROID,
    REFLECTION,
    STEP,
    INWARDS,  # where a NaN vertex is drawn to
    TARGET,  # the result that a run may stop at
) = range(19)
N_ROWS = 19

# `handed` (n + extra,) is the copy of the trial point that the user's function gets.
Work = namedtuple("Work", "points rows given edges values abort handed")

RULES = tuple(field.name for field in fields(Rules))

_INTEGERS = """
    n extra waiting best next_worst worst nan_reflections attempt vertex tries drawn share_index
    old_best old_worst old_nans before rng tally_status tally_iterations tally_completed
    max_tally run_iterations evaluations nan_evaluations status seed pairs max_restarts
    max_iterations max_evaluations total_iterations total_evaluations left_iterations
    left_evaluations share_iterations share_evaluations second_iterations second_evaluations
    all_iterations all_evaluations random_seed n_candidates
""".split()  # noqa: SIM905
_FLOATS = """
    reflection expansion outside inside shrink max_rel_error max_abs_error param_tolerance
    value_tolerance reach width first best_value result_value before_value f_best f_next f_worst
    f_r target_value target_descent
""".split()  # noqa: SIM905
_FLAGS = """
    has_box clips fixed_only has_variations has_resolutions has_tolerances has_given shared
    tally_initialized abort_seen nan near remaking has_first has_best has_result ended confirms
    has_target target_at_edge overall_counts has_overall
""".split()  # noqa: SIM905
SCALARS = np.dtype(
    [(name, np.int64) for name in _INTEGERS]
    + [(name, np.float64) for name in _FLOATS]
    + [(name, np.bool_) for name in (*_FLAGS, *RULES)],
    align=True,
)


def new_state(n: int, extra: int) -> np.ndarray:
    """Return the record (1,) of a run in n parameters."""
    state = np.zeros(1, SCALARS)
    state["n"], state["extra"] = n, extra
    return state


def new_work(n: int, extra: int, abort: np.ndarray) -> Work:
    """Return the arrays of a run in n parameters; `abort` (1,) may be set from any thread."""
    return Work(
        points=np.zeros((n + 1, n + extra)),
        rows=np.zeros((N_ROWS, n + extra)),
        given=np.zeros((n + 1, n)),
        edges=np.zeros((n, n)),
        values=np.zeros(n + 1),
        abort=abort,
        handed=np.zeros(n + extra),
    )


def table_of(work: Work) -> np.ndarray:
    """Return the addresses of the arrays and the lengths of their rows, for `views`."""
    table = np.zeros(2 * len(work), np.int64)
    for i, array in enumerate(work):
        table[2 * i], table[2 * i + 1] = array.ctypes.data, array.shape[-1]
    return table
