"""`repair_regions`: where residuals deviate, components are removed and found anew.

References
----------
M. Bierbaum, B. D. Leahy, A. A. Alemi, I. Cohen, J. P. Sethna, Light microscopy at maximal
precision, Phys. Rev. X 7 (2017) 041007 (particles that are wrong in a region of the image).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..common import checks
from .assembly import Assembly, around, assembly_of
from .components import LEAST, alone, tried
from .components_result import ComponentsResult, Move
from .deviating import regions
from .refit import Refit
from .result import LoopRecord
from .windows import Box, whole
from .worth import Rule

CUTOFF = 5.0
QUICK = 6
AKAIKE = 2.0
"""What a parameter must lower the sum of squares by, in units of the variance."""


def repair_regions(
    model: Any,
    params: Any,
    *,
    size: int = 5,
    cutoff: float = CUTOFF,
    max_removed: int = 20,
    least: float = LEAST,
    max_rounds: int = 5,
    max_memory: float | None = None,
    max_loops: int = 30,
    n_jobs: int | None = None,
    callback: Callable[[LoopRecord], object] | None = None,
    progress: bool | str = False,
) -> ComponentsResult:
    """Find regions where the model is wrong, and their components anew.

    Parameters
    ----------
    model, params, least, max_memory, max_loops, n_jobs, callback, progress
        As in `add_and_remove`; the number of components should be about right already.
    size : int
        Side of the cells, in residuals, whose mean squares are compared.
    cutoff : float
        A cell deviates if its mean square is so many standard deviations above the median of all
        cells; adjoining ones make a region.
    max_removed : int
        A region with more components is left as it is.
    max_rounds : int
        Limit on rounds.

    Returns
    -------
    ComponentsResult

    Raises
    ------
    TypeError
        If the model lacks `add`, `remove` or `propose`.
    ValueError
        If an argument is wrong.
    Exception
        As in `fit_blocks`.

    Warns
    -----
    RuntimeWarning
        If the rounds or the loops end too early.

    Notes
    -----
    All components in a region are removed, others are proposed, fitted and judged as by
    `add_and_remove`, and the new ones are kept only if they lower the sum of squares, after a fit
    of all components near them, by more than the parameters that they have in addition explain.
    """
    rule = Rule(checks.limit("least", least))
    side, most = checks.size("size", size), checks.size("max_removed", max_removed)
    cutoff, rounds = checks.limit("cutoff", cutoff), checks.size("max_rounds", max_rounds)
    refit = Refit.of(max_memory, max_loops, n_jobs, callback, progress)
    assembly = refit.quickly(assembly_of(model, params, "repair_regions"), QUICK)
    moves: list[Move] = []
    for count in range(1, rounds + 1):
        r = assembly.residuals(whole(assembly.measured.shape)).reshape(assembly.measured.shape)
        changes = []
        for box in regions(r, side, cutoff):
            assembly, made = repaired(assembly, box, side, most, rule)
            changes += made
        moves += [move.in_round(count) for move in changes]
        if not changes:
            break
        assembly = refit.quickly(assembly, QUICK)
    fit = refit.fully(assembly)
    return refit.ended(ComponentsResult(assembly.model, fit, count, moves, not changes))


def repaired(
    assembly: Assembly, box: Box, size: int, most: int, rule: Rule
) -> tuple[Assembly, list[Move]]:
    """Find the components of a region anew; keep what was there unless the new ones are better."""
    inside = [k for k in range(assembly.number) if is_inside(assembly, k, box, size)]
    if len(inside) > most:
        return assembly, []
    moves = [
        Move("removed", assembly.position(k), assembly.component(k), "the residuals deviate there")
        for k in inside
    ]
    other = assembly
    for k in reversed(inside):
        other = other.removed(k)
    count = other.number
    while other.number < count + len(inside) + 3:
        grown = best_of(other, box, size, rule)
        if grown is None:
            break
        other = grown
    new = list(range(count, other.number))
    near = {i for k in new for i in other.neighbours(k)} | {*new}
    other = other.settled(sorted(near)) if near else other
    more = sum(other.measured.groups[k].size for k in new)
    more -= sum(assembly.measured.groups[k].size for k in inside)
    seen = [assembly.windows[k] for k in inside] + [other.windows[k] for k in sorted(near)]
    if not seen:
        return assembly, []
    fall = assembly.sum_of_squares(around(seen)) - other.sum_of_squares(around(seen))
    if fall <= rule.least**2 + AKAIKE * max(0, more):
        return assembly, []
    why = f"with others in its region it lowers the sum of squares by {fall:.0f}"
    moves += [Move("added", other.position(k), other.component(k), why) for k in new]
    return other, moves


def best_of(assembly: Assembly, box: Box, size: int, rule: Rule) -> Assembly | None:
    """Add the clearest component that is proposed in a region; None if none earns its place."""
    r = assembly.residuals(whole(assembly.measured.shape))
    proposed = assembly.model.propose(assembly.params.copy(), r.reshape(assembly.measured.shape))
    local = [each for each in proposed if is_inside(assembly.added(each), -1, box, size)]
    found = [alone(assembly, component, rule) for component in local]
    for rise, component in sorted(found, key=lambda each: -each[0]):
        if rise <= 0.0:
            break
        grown, rise = tried(assembly, component, rule)
        if rise > 0.0:
            return grown
    return None


def is_inside(assembly: Assembly, k: int, box: Box, size: int) -> bool:
    """Return whether the middle of a component's window is in a box, or within `size` of it."""
    window = assembly.windows[k]
    if not window.size:
        return False
    if window.box is None:
        middle = [0.5 * float(window.index[0] + window.index[-1] + 1)]
    else:
        middle = [0.5 * (side.start + side.stop) for side in window.box]
    return all(
        side.start - size <= place <= side.stop + size
        for side, place in zip(box, middle, strict=True)
    )
