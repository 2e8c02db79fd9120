"""What a compiled run knows: scalars in a record, everything else in the arrays of `Work`."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import NamedTuple

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
    HANDED,  # the copy of the trial point that the user's function gets
) = range(20)
N_ROWS = 20

RUNNING, FRESH = -1, -2  # status of a run that goes on, or has not begun

VALUE, DESCENT, AT_EDGE, N_COLUMNS = range(4)  # of a result, after the point
N_RESULTS = 4

RULES = tuple(field.name for field in fields(Rules))

_INTEGERS = """
    n extra waiting best next_worst worst nan_reflections attempt vertex tries drawn share_index
    old_best old_worst old_nans before rng tally_status tally_iterations tally_completed
    max_tally run_iterations evaluations nan_evaluations status seed pairs max_restarts
    max_iterations max_evaluations total_iterations total_evaluations left_iterations
    left_evaluations share_iterations share_evaluations second_iterations second_evaluations
    all_iterations all_evaluations random_seed n_candidates round run base abort_at
""".split()  # noqa: SIM905
_FLOATS = """
    reflection expansion outside inside shrink max_rel_error max_abs_error param_tolerance
    value_tolerance reach width first best_value result_value before_value f_best f_next f_worst
    f_r target_value target_descent
""".split()  # noqa: SIM905
_FLAGS = """
    has_box clips fixed_only has_variations has_resolutions has_tolerances has_given shared
    tally_initialized abort_seen nan near remaking has_first has_best has_result ended confirms
    has_target target_at_edge overall_counts has_overall in_two all_failed any_aborted in_rounds
""".split()  # noqa: SIM905
NAMES = (*_INTEGERS, *_FLOATS, *_FLAGS, *RULES)
_TYPES = [np.int64] * len(_INTEGERS) + [np.float64] * len(_FLOATS)
SCALARS = np.dtype(
    list(zip(NAMES, _TYPES + [np.bool_] * (len(NAMES) - len(_TYPES)), strict=True)), align=True
)


Shapes = tuple[tuple[int, ...], ...]


class Work(NamedTuple):
    """The arrays of a run: views of one block of floats, in this order (see `views`)."""

    rows: np.ndarray
    points: np.ndarray
    values: np.ndarray
    given: np.ndarray
    edges: np.ndarray
    results: np.ndarray
    block: np.ndarray
    shapes: Shapes

    def copy(self) -> Work:
        """Return arrays of the same content in a block of their own."""
        return _views(self.block.copy(), self.shapes)


def new_work(n: int, extra: int) -> Work:
    """Return the arrays of a run in n parameters."""
    width = n + extra
    shapes = (
        (N_ROWS, width),
        (n + 1, width),
        (n + 1,),
        (n + 1, n),
        (n, n),
        (N_RESULTS, width + N_COLUMNS),
    )
    return _views(np.zeros(sum(map(math.prod, shapes))), shapes)


def _views(block: np.ndarray, shapes: Shapes) -> Work:
    """Cut a block into arrays."""
    views: list[np.ndarray] = []
    start = 0
    for shape in shapes:
        end = start + math.prod(shape)
        views.append(block[start:end].reshape(shape))
        start = end
    rows, points, values, given, edges, results = views
    return Work(rows, points, values, given, edges, results, block, shapes)


def address_of(array: np.ndarray) -> int:
    """Return where an array begins in memory."""
    return array.ctypes.data  # its __array_interface__ would describe every field, for longer
