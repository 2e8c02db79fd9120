"""One fit in a process of its own, for its time and memory: ``python -m benchmarks.blocks.one``."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from minimizer.blocks import fit_blocks

from .cases import LATTICES, Case, lattice
from .score import rms, score

METHODS = ("blocks", "blocks, differences", "trf", "trf, jacobian")
LARGEST_SCORED = 2000  # spheres: the bound needs a dense matrix


def run(method: str, spheres: int) -> dict[str, Any]:
    """Fit a lattice of spheres in another process; return what it tells."""
    return told_by("one", method, str(spheres))


def told_by(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module of this package in another process; return the JSON that it prints."""
    command = [sys.executable, "-m", f"{__package__}.{module}", *arguments]
    one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | one_thread
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


class WithoutJacobian:
    """A model whose derivatives are made by differences."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        if name == "jacobian" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._model, name)


def solve(method: str, case: Case) -> tuple[Any, float, int]:
    """Return the parameters, half the sum of squares, and the number of loops or Jacobians."""
    if method.startswith("blocks"):
        model: Any = case.model if method == "blocks" else WithoutJacobian(case.model)
        result = fit_blocks(model, case.guess)
        return result.x, result.cost, result.loops
    from .peer import trf

    found = trf(case, jacobian=method == "trf, jacobian")
    return found.x, float(found.cost), int(found.njev)


def peak() -> float:
    """Return the largest memory of this process so far, in MB.

    Linux counts it from the start of the program; ``ru_maxrss`` is at least that of the parent.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    for line in lines:
        if line.startswith("VmHWM:"):
            return float(line.split()[1]) / 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def main() -> None:
    """Fit, and print time, memory and quality as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("spheres", type=int, choices=sorted(LATTICES))
    options = parser.parse_args()
    case = lattice(LATTICES[options.spheres])
    start = time.process_time()
    params, cost, loops = solve(options.method, case)
    told = {"cpu": time.process_time() - start, "peak": peak(), "loops": loops, "cost": cost}
    m, n = case.model.image.size, case.guess.size
    told["chi2"] = 2.0 * cost / (m - n)
    if options.spheres <= LARGEST_SCORED:
        errors = score(case.model, params, cost, case.truth).comparison
        told |= {"positions": rms([errors.spheres[:, :3]]), "radii": rms([errors.spheres[:, 3]])}
        told["joint"] = errors.joint
    print(json.dumps(told))


if __name__ == "__main__":
    main()
