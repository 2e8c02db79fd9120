"""`add_and_remove`: find the number of components together with their parameters.

References
----------
M. Bierbaum, B. D. Leahy, A. A. Alemi, I. Cohen, J. P. Sethna, Light microscopy at maximal
precision, Phys. Rev. X 7 (2017) 041007 (particles that are missing or should not be there).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..common import checks
from ..common.arrays import Array
from .assembly import Assembly, assembly_of
from .components_result import ComponentsResult, Move
from .refit import Refit
from .result import BlocksResult, LoopRecord
from .windows import whole
from .worth import Rule

LEAST = 3.0
QUICK = 6
CLEAR = 0.5


def add_and_remove(
    model: Any,
    params: Any,
    *,
    least: float = LEAST,
    max_rounds: int = 10,
    max_candidates: int | None = None,
    max_memory: float | None = None,
    max_loops: int = 30,
    n_jobs: int | None = None,
    callback: Callable[[LoopRecord], object] | None = None,
    progress: bool | str = False,
) -> ComponentsResult:
    """Fit a model while spurious components are removed and missing ones added.

    Parameters
    ----------
    model : Model
        With `add`, `remove` and `propose`; ``propose(params, residuals)`` is given all residuals,
        in units of their standard deviations.
    params : array (n,)
        The start, which may have no component at all.
    least : float
        A component is removed if that raises the sum of squares by less than the square of this
        number of standard deviations.
    max_rounds : int
        Limit on rounds of removing, adding and fitting.
    max_candidates : int, optional
        Limit on the proposals tried per round; by default all of them.
    max_memory, max_loops, n_jobs, callback, progress
        As in `fit_blocks`, which is called once per round, for a few loops, and at the end.

    Returns
    -------
    ComponentsResult

    Raises
    ------
    TypeError
        If the model lacks one of the methods.
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
    A component is also removed if one of its parameters has run into its bound, if it touches no
    residual, or if it changes nothing. A proposed component is fitted alone, then together with its
    neighbours, and stays if it passes the same test.
    """
    rule = Rule(checks.limit("least", least))
    refit = Refit.of(max_memory, max_loops, n_jobs, callback, progress)
    rounds = checks.size("max_rounds", max_rounds)
    assembly = refit.quickly(assembly_of(model, params, "add_and_remove"), QUICK)
    moves: list[Move] = []
    fit: BlocksResult | None = None  # that of `assembly`, if its loops were run to their end
    for count in range(1, rounds + 1):
        assembly, gone = remove(assembly, rule)
        assembly, come = add(assembly, rule, max_candidates)
        moves += [move.in_round(count) for move in gone + come]
        is_complete = not gone and not come
        if is_complete and fit is not None:
            break
        fit = refit.fully(assembly) if is_complete else None
        assembly = assembly.at(fit.x) if fit is not None else refit.quickly(assembly, QUICK)
    if fit is None:
        fit = refit.fully(assembly)
    return refit.ended(ComponentsResult(assembly.model, fit, count, moves, is_complete))


def remove(assembly: Assembly, rule: Rule) -> tuple[Assembly, list[Move]]:
    """Remove the components that do not earn their places, the least useful first."""
    verdicts = [(rule.verdict(assembly, k), k) for k in range(assembly.number)]
    doubtful = sorted((rise, k) for (why, rise), k in verdicts if why)
    numbers = list(range(assembly.number))  # what each component was called at first
    moves = []
    for _, k in doubtful:
        now = numbers.index(k)
        why, _ = rule.verdict(assembly, now)  # again: others have gone
        if why:
            moves.append(Move("removed", assembly.position(now), assembly.component(now), why))
            assembly = assembly.removed(now)
            del numbers[now]
    return assembly, moves


def add(assembly: Assembly, rule: Rule, most: int | None = None) -> tuple[Assembly, list[Move]]:
    """Add the proposed components that earn their places, the clearest first.

    Those less than half as significant as the clearest wait for the next round: they may only be
    the trace that a missing component leaves in the fit of all others.
    """
    r = assembly.residuals(whole(assembly.measured.shape))
    proposed = assembly.model.propose(assembly.params.copy(), r.reshape(assembly.measured.shape))
    found = [alone(assembly, component, rule) for component in list(proposed)[:most]]
    found = sorted((each for each in found if each[0] > 0.0), key=lambda each: -each[0])
    clear = [component for rise, component in found if rise > CLEAR**2 * found[0][0]]
    moves = []
    for component in clear:
        grown, rise = tried(assembly, component, rule)
        if rise > 0.0:
            assembly, k = grown, grown.number - 1
            why = f"significance {rise**0.5:.0f} standard deviations"
            moves.append(Move("added", assembly.position(k), assembly.component(k), why))
    return assembly, moves


def alone(assembly: Assembly, component: Array, rule: Rule) -> tuple[float, Array]:
    """Fit a component with all else fixed; return the cost of its removal, 0 if it is spurious."""
    grown = assembly.added(component)
    k = grown.number - 1
    grown = grown.settled([k])
    why, rise = rule.verdict(grown, k)
    return (0.0 if why else rise), grown.component(k)


def tried(assembly: Assembly, component: Array, rule: Rule) -> tuple[Assembly, float]:
    """Add a component, fit it with its neighbours, and return the cost of its removal."""
    grown = assembly.added(component)
    k = grown.number - 1
    grown = grown.settled([k, *grown.neighbours(k)])
    why, rise = rule.verdict(grown, k)
    return grown, (0.0 if why else rise)
