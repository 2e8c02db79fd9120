"""The switches between ImageJ's algorithm and its repaired form."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Rules:
    """Repairs of ImageJ's algorithm, one switch per repair; by default all are on.

    ``rules="robust"`` stands for ``Rules()`` and ``rules="imagej"`` for the set that gives the
    numbers of ImageJ bit for bit. To measure the worth of a repair, turn it off:
    ``Rules(nan_contracts_outside=False)``. The guide has a table of what each is worth.

    Parameters
    ----------
    nan_ranks_worst : bool
        R1. NaN ranks like +inf, a vertex without a value of its own counts as NaN, -inf is a
        minimum, and the result of a run is the best point that it evaluated. ImageJ may return
        NaN although it evaluated good points.
    nan_contracts_outside : bool
        R2. If a reflection is NaN, the outside contraction is tried before the inside one, so
        that the simplex keeps its volume at the edge of a NaN region.
    inside_after_outside : bool
        R3. After a rejected outside contraction the inside contraction is tried before shrinking,
        as ImageJ documents; its program shrinks at once.
    tiny_simplex_converges : bool
        R4. A search has also converged when every vertex lies within 1e-10 times
        ``|best| + initial range`` of the best, in every parameter. ImageJ cannot converge
        at a minimum of value 0.
    independent_runs : bool
        R5. Each run has its own status and count of iterations. In ImageJ a run that hits its
        limit stops all later ones.
    agree_in_params : bool
        R6. Two results also agree when their parameters do: within 1e-7 of the parameter, 1e-9 of
        the initial range, or the resolutions.
    start_at_zeros : bool
        R7. Without initial parameters the start is at zeros. (The only switch that is also on in
        ImageJ's set: the original has an internal error here, which is nothing to reproduce.)
        If off, missing initial parameters are an error.
    clip_to_bounds : bool
        R8. Points are clipped to the bounds, and initial vertices that the box would flatten
        are mirrored inwards. If off, a point outside the bounds counts as NaN; so it does in a
        search that begins on a bound with a new simplex, which clipping would flatten again.
    regrow_after_nan : bool
        R9. At the edge of a NaN region a simplex becomes flat and creeps. A search whose
        reflection was NaN ends when the simplex is flat (thinner than 1e-6 of its size), and after
        such a search the new simplex is at least as large as the distance that it travelled, or as
        0.3 of the last new simplex.
    adaptive_for_many : bool
        R10. From 8 parameters on, Gao and Han's coefficients, which depend on n, replace the
        standard ones, with which large simplices shrink too fast.
    agree_by_descent : bool
        R11. Two results also agree when their values differ by less than the rounding error,
        2.2e-16, of the descent from the value at the start: so can results at a minimum of
        value 0.
    draw_inwards : bool
        R12. As in Box's method, a point that is NaN is drawn inwards, towards the middle of the
        simplex that the search began with: a reflection by 0.03, 0.1 and 0.3 of the way in turn, a
        vertex of a new simplex by halves.
    agree_at_edge : bool
        R13. Two results at the edge of a NaN region agree within 100 times the error limits. There
        a search converges slowly, and hardly ever to the limits themselves.
    stop_when_confirmed : bool
        R14. A run ends when its whole simplex has reached the best result of the runs before it:
        all values within the error limits, or all vertices within 1e-8 of the parameter and
        initial range and all values within 1e-14 of the descent.
    wider_second_run : bool
        R15. The second run of a pair (every second one in sequence) starts from a simplex five
        times as large, unless the size was given.
    adaptive_coefficients : bool
        Gao and Han's coefficients for any n; off in both named sets.

    References
    ----------
    M. Schmid, ``ij.measure.Minimizer``, ImageJ 1.54.

    F. Gao, L. Han, Implementing the Nelder-Mead simplex algorithm with adaptive parameters,
    Comput. Optim. Appl. 51 (2012) 259-277.

    M. J. Box, A new method of constrained optimization and a comparison with other methods,
    Comput. J. 8 (1965) 42-52.

    Examples
    --------
    >>> from minimizer import Minimizer, Rules
    >>> m = Minimizer(lambda x: abs(x[0] - 3), 1, rules=Rules(inside_after_outside=False))
    >>> m.minimize([1.0]).name
    'SUCCESS'
    """

    nan_ranks_worst: bool = True
    nan_contracts_outside: bool = True
    inside_after_outside: bool = True
    tiny_simplex_converges: bool = True
    independent_runs: bool = True
    agree_in_params: bool = True
    start_at_zeros: bool = True
    clip_to_bounds: bool = True
    regrow_after_nan: bool = True
    adaptive_for_many: bool = True
    agree_by_descent: bool = True
    draw_inwards: bool = True
    agree_at_edge: bool = True
    stop_when_confirmed: bool = True
    wider_second_run: bool = True
    quadratic_surface: bool = True
    balanced_remake: bool = True
    limit_by_descent: bool = True
    starts_off_plateau: bool = True
    near_by_way: bool = True
    penalties_are_edges: bool = True
    unbounded_is_no_minimum: bool = True
    adaptive_coefficients: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, bool):
                raise TypeError(f"{field.name} is {value!r}; a switch must be True or False")


ROBUST = Rules()

IMAGEJ = Rules(**dict.fromkeys(vars(ROBUST), False) | {"start_at_zeros": True})

NAMED_RULES = {"robust": ROBUST, "imagej": IMAGEJ}


def as_rules(rules: Any) -> Rules:
    """Return the rules of a name, or `rules` itself if it is a `Rules`."""
    if isinstance(rules, Rules):
        return rules
    if isinstance(rules, str) and rules in NAMED_RULES:
        return NAMED_RULES[rules]
    raise ValueError(f"rules is {rules!r}; it must be 'robust', 'imagej' or a Rules(...)")
