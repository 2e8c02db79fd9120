"""A minimization that is killed, and goes on where it was: its cost is cached by joblib.

Runs itself in a process that kills itself, as a power cut would, and then makes the same call
again. Prints

    killed          after 200 evaluations, status -9
    the same call   SUCCESS, 129 evaluations
    a third time    SUCCESS, 0 evaluations
    as if nothing had happened: True

Every run is deterministic, so the same call asks for the same points, and those that were finished
come out of the cache. With ``compress=True`` each entry has a checksum, and a damaged one is
computed again. Delete the directory when the cost changes in a way that joblib does not see.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import joblib
import numpy as np

from minimizer import Minimizer

START = [-1.2, 1.0]
KILLED_AFTER = 200


def cost(x: np.ndarray, log: str) -> float:
    """Rosenbrock's function, in place of one that takes minutes; `log` counts its calls."""
    path = Path(log)
    path.write_text(f"{calls(log) + 1}", encoding="ascii")
    return float(100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2)


def dies(x: np.ndarray, log: str) -> float:
    """Stand for the machine that goes down; the cache is that of `cost`."""
    if calls(log) >= KILLED_AFTER:
        os.kill(os.getpid(), signal.SIGKILL)
    return float(cached(log)(x, log))


def calls(log: str) -> int:
    """Return how often the cost was called."""
    return int(Path(log).read_text(encoding="ascii")) if Path(log).exists() else 0


def cached(log: str) -> joblib.memory.MemorizedFunc:
    """Return the cost with a cache on disk; what does not change its value is ignored."""
    memory = joblib.Memory(Path(log).parent / "cache", verbose=0, compress=True)
    return memory.cache(cost, ignore=["log"])


def main(log: str) -> None:
    """Kill a minimization and make it again, twice."""
    done = subprocess.run([sys.executable, __file__, log])
    print(f"killed          after {calls(log)} evaluations, status {done.returncode}")
    m = Minimizer(cached(log), args=(log,), n_jobs=1)
    for name in ("the same call", "a third time"):
        before = calls(log)
        status = m.minimize(START)
        print(f"{name:<15} {status}, {calls(log) - before} evaluations")
    undisturbed = Minimizer(cost, args=(f"{log}2",), n_jobs=1)
    undisturbed.minimize(START)
    print(f"as if nothing had happened: {repr(m) == repr(undisturbed)}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Minimizer(dies, args=(sys.argv[1],), n_jobs=1).minimize(START)
    else:
        with tempfile.TemporaryDirectory() as directory:
            main(str(Path(directory) / "calls"))
