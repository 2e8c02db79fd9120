"""The switches between ImageJ's algorithm and its repaired form."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Rules:
    """Repairs of ImageJ's algorithm, one switch per repair; by default all are on.

    ``rules="robust"`` stands for ``Rules()`` and ``rules="imagej"`` for the set that gives the
    numbers of ImageJ bit for bit. To measure the worth of a repair, turn it off:
    ``Rules(nan_contracts_outside=False)``. The documentation has a table of the worth of each.

    Parameters
    ----------
    nan_ranks_worst : bool
        R1. NaN ranks like +inf, a vertex without a value of its own counts as NaN, and the result
        of a run is the best point that it evaluated; -inf is a minimum if R22 is off. ImageJ may
        return NaN although it evaluated good points.
    nan_contracts_outside : bool
        R2. If a reflection is NaN, the outside contraction is tried before the inside one, so
        that the simplex keeps its volume at the edge of a NaN region.
    inside_after_outside : bool
        R3. After a rejected outside contraction the inside contraction is tried before shrinking,
        as ImageJ documents; its program shrinks at once.
    tiny_simplex_converges : bool
        R4. A search has also converged when every vertex lies within 1e-10 times
        ``way + initial range`` of the best, in every parameter, where the way is that from the
        start to the best (R20; without it, ``|best| + initial range``). ImageJ cannot converge at
        a minimum of value 0.
    independent_runs : bool
        R5. Each run has its own status and count of iterations. In ImageJ a run that hits its
        limit stops all later ones.
    agree_in_params : bool
        R6. Two results also agree when their parameters do: within 1e-7 of the way from the start
        (R20; without it, of the parameter, or 1e-9 of the initial range), or the resolutions.
    start_at_zeros : bool
        R7. Without initial parameters the start is at zeros. (The only switch that is also on in
        ImageJ's set, as the original fails here with an internal error.) If off, missing initial
        parameters are an error.
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
        R11. Two results also agree when their values differ by no more than the rounding error,
        2.2e-16, of the descent from the first valid value of the run: this covers minima of value
        0, where a limit relative to the value vanishes.
    draw_inwards : bool
        R12. As in Box's method, a point that is NaN is drawn inwards, towards the middle of the
        simplex that the search began with: a reflection by 0.03, 0.1 and 0.3 of the way in turn, a
        vertex of a new simplex by halves.
    agree_at_edge : bool
        R13. Two results at the edge of a NaN region agree within 100 times the error limits. There
        a search converges slowly, and hardly ever within the limits themselves.
    stop_when_confirmed : bool
        R14. A run ends when its whole simplex has reached the best result of the runs before it:
        all values within the error limits, or all vertices within 1e-8 of ``way + initial range``
        (as in R4) and all values within 1e-14 of the descent.
    wider_second_run : bool
        R15. The second run of a pair (every second one in sequence) starts from a simplex five
        times as large, unless the size was given.
    quadratic_surface : bool
        R16. When the values of a simplex have come closer together, a quadratic surface is fitted
        to its vertices and the midpoints of its edges (Nelder and Mead's appendix), and its lowest
        point is tried, within a trust region (Moré and Sorensen) and the bounds. Where the surface
        predicts the values, a new simplex is made around that point, and the run ends, without
        another search, as soon as the remaining gain is within the error limits and the
        vertices around the minimum confirm it. So a smooth function need not be polished digit by
        digit. At kinks and in noise, where a surface predicts nothing, it costs n (n + 1) / 2 + 1
        or a few more evaluations now and then.
    balanced_remake : bool
        R17. Before a simplex is made anew, the function is probed along each axis, and the sizes
        are changed until every parameter changes its value by 1/30 to 1000 times the typical
        change, or 100 error limits if that is more (not with absolute tolerances). In ImageJ a
        simplex that has collapsed along one parameter keeps that size there, and seems to have
        converged. A search that ends above a probe continues from there.
    limit_by_descent : bool
        R18. The relative error limit refers to the descent, from the highest value of the first
        simplex, where that is less than the value. A constant added to a function then changes
        nothing but the rounding; in ImageJ a large one makes all values agree. Values that differ
        by 4.4e-16 of themselves, which is rounding, always agree.
    starts_off_plateau : bool
        R19. The function is probed along each axis, at the size of the first simplex and at a tenth
        of it: 2 n evaluations per run, unless the size was given. The size is divided by ten as
        long as it leads to a plateau (most of the change is within a tenth of it), to NaN, or to
        where the function explodes (it changes 300 times as much as at a tenth); the best probe
        becomes vertex 0. A tenth of the parameter may be far too large, as for a position of 1e4
        of a peak of width 1: all vertices are then off the peak.
    near_by_way : bool
        R20. Distances in R4, R6 and R14 are relative to the way from the start, not to the
        parameter, with 8.9e-16 of the parameter added for rounding. The position of zero then has
        no influence; relative to a parameter of 2.4e6, all of a peak of width 0.01 would count as
        near. After a long way the value may still fall far nearby, so values must be within 1e-6 of
        themselves or 1e-9 of the descent, too, unless resolutions are given or (R4) the simplex is
        no larger than 1e-14 of the way. A vertex may be as near as 1.4e-14 of the parameter; in
        ImageJ, 1e-10. Results at the edge of a NaN region in which two or more parameters have
        hardly moved (by 1e-6 of their range) do not agree, and no further round follows: a start on
        the edge may trap all runs.
    penalties_are_edges : bool
        R21. Penalties count as NaN: inf, and the highest value so far if it comes back exactly and
        lies above all others by ten times their range. Code that does not know NaN returns, say,
        1e10 out of bounds, and a simplex that takes this for a height creeps along the edge. So
        does a wall, which is higher than the best vertex by 1e4 times the range of the simplex, as
        where every datum outside a distribution costs 1e5; there R9 and R12 do not apply.
    unbounded_is_no_minimum : bool
        R22. The status is UNBOUNDED if a value is -inf, or below -1e100 times the largest absolute
        value of the first simplex (or times 1, if that is larger), or if the value still falls, by
        0.1 % of the descent each time, while the simplex shrinks to a point, as towards a pole:
        there is no minimum. Nor is there one where the value falls towards a pole along one
        parameter, such as a likelihood near a datum: by at least 0.75 times as much from each
        distance to a tenth of it, four times, and visibly (as in R20). The end of a run is probed
        for that unless a surface ended it, and a run that is longer than 200 n evaluations,
        SciPy's limit, each time that it has become twice as long. Without this rule -inf counts
        as a minimum.
    runaway_is_no_minimum : bool
        R23. A run ends as RUNAWAY if a parameter grows without end while the value converges, as
        on a ridge to infinity: it is 1000 times the size of the first simplex away; while it went
        64 times as far, from each doubling of its distance to the next, four times at least, the
        value fell by less than 0.75 of the fall before; and at this rate less than 1 % of the
        descent, and of the value, is left to gain. Such a run has had 200 n evaluations, SciPy's
        limit, or has ended there by itself. Under a limit of less than 600 n iterations (that of
        `minimize` and `fmin` is 400 n if none is given) no other run follows it.
    single_search_first : bool
        R24. At a wall (R21), where every search is long, the first of two runs ends with its first
        search. In ImageJ it would search again from a new simplex around the result, which tells
        less than the second run. So does a later run under absolute tolerances, if the search has
        met them at the value of a run before.
    adaptive_coefficients : bool
        Gao and Han's coefficients for any n; off in both named sets.

    References
    ----------
    M. Schmid, ``ij.measure.Minimizer``, ImageJ 1.54.

    J. A. Nelder, R. Mead, A simplex method for function minimization, Comput. J. 7 (1965) 308-313.

    F. Gao, L. Han, Implementing the Nelder-Mead simplex algorithm with adaptive parameters,
    Comput. Optim. Appl. 51 (2012) 259-277.

    M. J. Box, A new method of constrained optimization and a comparison with other methods,
    Comput. J. 8 (1965) 42-52.

    J. J. Moré, D. C. Sorensen, Computing a trust region step, SIAM J. Sci. Stat. Comput. 4 (1983)
    553-572.

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
    runaway_is_no_minimum: bool = True
    single_search_first: bool = True
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
