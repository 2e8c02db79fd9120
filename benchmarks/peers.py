"""The minimizers to compare: each takes a function and a case, and answers with a point.

All get the same budget, COBYQA a tenth of it, and see the function as it is, NaN included. Those
that take bounds get them; the others are skipped where a case has bounds. "Tight" stands for
relative or absolute tolerances of 1e-10, whichever the method has; the rest is as its users find
it, SciPy's default limits of evaluations too.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import numpy as np

from minimizer import Minimizer, Rules, Status

from .case import Array, Case

TIGHT = 1e-10
SLOWER = 10  # COBYQA, whose own arithmetic takes milliseconds, gets so much less of the budget
ROUNDOFF = -4  # NLopt's code of a result that is not claimed, but is one

Function = Callable[[Array], float]


class Answer(NamedTuple):
    """What a minimizer returns: a point, and whether it calls it a success."""

    x: Array
    claimed: bool


Method = Callable[[Function, Case, int], Answer]


@dataclass(frozen=True)
class Peer:
    """A minimizer to compare.

    Attributes
    ----------
    name : str
    method : callable
        Of the function, the case and a seed to an `Answer`; picklable.
    package : str
        What must be installed.
    since : tuple of int
        Least version of the package.
    takes_bounds, draws : bool
        Whether it takes bounds; whether its result depends on the seed.
    """

    name: str
    method: Method
    package: str = "minimizer"
    since: tuple[int, ...] = ()
    takes_bounds: bool = True
    draws: bool = True

    @property
    def is_installed(self) -> bool:
        """Return whether the package is there, and new enough."""
        found = package_version(self.package)
        if found is None:
            return False
        return tuple(int(p) for p in found.split(".")[:2] if p.isdigit()) >= self.since

    def can_play(self, case: Case) -> bool:
        """Return whether the case is one for this minimizer."""
        return self.takes_bounds or case.bounds is None


def ours(fun: Function, case: Case, seed: int, rules: str | Rules = "robust") -> Answer:
    """Minimize with this package."""
    m = Minimizer(
        fun,
        case.n,
        rules=rules,
        bounds=case.bounds,
        param_resolutions=case.resolutions,
        max_evaluations=case.budget,
        random_seed=seed,
    )
    status = m.minimize(case.start, case.variations)
    return Answer(m.params, status is Status.SUCCESS)


def scipys(fun: Function, case: Case, _seed: int, method: str, tight: dict[str, Any]) -> Answer:
    """Minimize with SciPy: with its own limits, or with tight options and the case's budget."""
    options = dict(tight)
    if method == "COBYQA":
        options["maxfev"] = min(case.budget // SLOWER, 500 * case.n)  # the latter by default
    elif tight:
        options |= {"maxfev": case.budget, "maxiter": case.budget}
    result = importlib.import_module("scipy.optimize").minimize(
        fun, case.start.copy(), method=method, bounds=case.bounds, options=options
    )
    return Answer(np.asarray(result.x, dtype=float), bool(result.success))


def nlopts(fun: Function, case: Case, _seed: int, algorithm: str) -> Answer:
    """Minimize with NLopt."""
    nlopt: Any = importlib.import_module("nlopt")
    opt = nlopt.opt(getattr(nlopt, algorithm), case.n)
    if hasattr(opt, "set_exceptions_enabled"):
        opt.set_exceptions_enabled(False)  # one at the limit of rounding would lose the point
    opt.set_min_objective(lambda x, _gradient: float(fun(x)))
    opt.set_ftol_rel(TIGHT)
    opt.set_xtol_rel(TIGHT)
    opt.set_maxeval(case.budget)
    if case.bounds is not None:
        lower, upper = np.array(case.bounds, dtype=float).T
        opt.set_lower_bounds(lower)
        opt.set_upper_bounds(upper)
    x = np.asarray(opt.optimize(case.start.copy()), dtype=float)
    code = opt.last_optimize_result()
    if code < 0 and code != ROUNDOFF:
        raise RuntimeError(f"NLopt's result code is {code}")
    limits = (nlopt.MAXEVAL_REACHED, nlopt.MAXTIME_REACHED)
    return Answer(x, code > 0 and code not in limits)


def scipy_peer(name: str, method: str, **tight: Any) -> Peer:
    """Return one of SciPy's methods."""
    since = (1, 14) if method == "COBYQA" else (1, 10)
    call = functools.partial(scipys, method=method, tight=tight)
    return Peer(f"scipy-{name}", call, "scipy", since, draws=False)


def nlopt_peer(name: str, algorithm: str) -> Peer:
    """Return one of NLopt's algorithms."""
    call = functools.partial(nlopts, algorithm=algorithm)
    return Peer(f"nlopt-{name}", call, "nlopt", draws=False)


SIMPLEX = {"xatol": TIGHT, "fatol": TIGHT}
POWELL = {"xtol": TIGHT, "ftol": TIGHT}

PEERS = {
    peer.name: peer
    for peer in (
        Peer("minimizer", ours),
        Peer("imagej", functools.partial(ours, rules="imagej")),
        scipy_peer("neldermead", "Nelder-Mead"),
        scipy_peer("neldermead-tight", "Nelder-Mead", **SIMPLEX),
        scipy_peer("neldermead-adaptive", "Nelder-Mead", **SIMPLEX, adaptive=True),
        scipy_peer("powell", "Powell"),
        scipy_peer("powell-tight", "Powell", **POWELL),
        scipy_peer("cobyqa", "COBYQA"),
        nlopt_peer("neldermead", "LN_NELDERMEAD"),
        nlopt_peer("sbplx", "LN_SBPLX"),
        nlopt_peer("bobyqa", "LN_BOBYQA"),
    )
}


def package_version(package: str) -> str | None:
    """Return the version of an installed package, None if it is not there."""
    if importlib.util.find_spec(package) is None:
        return None
    try:
        return version(package)
    except PackageNotFoundError:  # used from its source
        return "0"


def installed(peers: Sequence[Peer]) -> tuple[list[Peer], list[str]]:
    """Return the peers that can be played, and the names of those that cannot."""
    there = [peer for peer in peers if peer.is_installed]
    return there, [peer.name for peer in peers if peer not in there]
