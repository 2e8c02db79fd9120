"""From a `Problem` and a `RunSpec` to the state of a compiled run."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..counts import Tally
from ..problem import Problem
from ..records import RunSpec
from . import state as at

LONG = 2**63 - 1


class Machine(NamedTuple):
    """State (1,) of a run and its arrays."""

    state: np.ndarray
    work: at.Work


class Template(NamedTuple):
    """Scalars of the state and arrays that all runs of a problem begin with."""

    scalars: dict[str, Any]
    work: at.Work

    def machine(self, abort: np.ndarray, **known: Any) -> Machine:
        """Return a machine for a run; `abort` (1,) may be set by any thread."""
        work = self.work.copy()
        addresses = {"base": at.address_of(work.block), "abort_at": at.address_of(abort)}
        scalars = self.scalars | addresses | known
        return Machine(np.array([tuple(scalars.values())], at.SCALARS), work)


def template_of(problem: Problem) -> Template:
    """Return what all runs of a problem begin with."""
    limits, box, tolerances = problem.limits, problem.box, problem.limits.tolerances
    n, work = problem.n, at.new_work(problem.n, problem.extra)
    work.rows[at.START, :n], work.rows[at.RANGES, :n] = problem.start, limits.ranges
    if limits.resolutions is not None:
        work.rows[at.RESOLUTIONS, :n] = limits.resolutions
    if box is not None:
        work.rows[at.LOWER, :n], work.rows[at.UPPER, :n] = box.lower, box.upper
    if problem.variations is not None:
        work.rows[at.VARIATIONS, :n] = problem.variations
    scalars = dict.fromkeys(at.NAMES, 0) | problem.coefficients._asdict() | vars(problem.rules)
    scalars |= {
        "n": n,
        "extra": problem.extra,
        "status": at.FRESH,
        "max_rel_error": limits.max_rel_error,
        "max_abs_error": limits.max_abs_error,
        "has_tolerances": tolerances is not None,
        "has_resolutions": limits.resolutions is not None,
        "has_variations": problem.variations is not None,
        "has_box": box is not None,
        "clips": problem.clips,
    }
    if tolerances is not None:
        scalars |= {"param_tolerance": tolerances.params, "value_tolerance": tolerances.value}
    return Template(
        scalars | dict.fromkeys(("max_tally", "max_iterations", "max_evaluations"), -1), work
    )


def run_machine(
    template: Template, abort: np.ndarray, spec: RunSpec, given: Any, tally: Tally | None
) -> Machine:
    """Return the machine of one run, from the simplex `given` (n + 1, n) if there is one.

    `tally` is what runs share in ImageJ's rules.
    """
    known: dict[str, Any] = {
        "seed": spec.seed,
        "width": spec.width,
        "max_iterations": as_limit(spec.max_iterations),
        "max_evaluations": as_limit(spec.max_evaluations),
        "has_given": given is not None,
        "has_target": spec.target is not None,
    }
    if spec.target is not None:
        known |= {
            "target_value": spec.target.value,
            "target_descent": spec.target.descent,
            "target_at_edge": spec.target.at_edge,
        }
    if tally is not None:
        known |= {
            "shared": True,
            "max_tally": as_limit(tally.max_iterations),
            "tally_status": tally.status,
            "tally_initialized": tally.any_initialized,
            "tally_iterations": tally.iterations,
            "tally_completed": tally.completed,
            "abort_seen": abort[0] != 0,
        }
    machine = template.machine(abort, **known)
    if given is not None:
        machine.work.given[:] = given
    if spec.target is not None:
        machine.work.rows[at.TARGET, : len(spec.target.point)] = spec.target.point
    return machine


def as_limit(limit: int | None) -> int:
    """Return a limit as the machine knows it: -1 is none."""
    return -1 if limit is None else min(max(limit, 0), LONG)
