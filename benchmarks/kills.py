"""Calls that are killed and gone on with: ``python -m benchmarks.kills --kills 50``.

Each call writes its checkpoint every 20 ms and is killed (SIGKILL) at a random moment after its
first evaluation, on one worker, on two threads and on two processes. This process then goes on with
it from the file, and compares status, counts and every bit of all runs with those of a call that
nobody disturbed. Prints how many ended alike, how many evaluations had been made and how many of
them were in the file; the rest is the time of two writings at most.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from minimizer import Minimizer
from minimizer.execution import checkpoint_file

START = [-1.2, 1.0]
WORKERS = {
    "one worker": (1, "threading"),
    "two threads": (2, "threading"),
    "two processes": (2, "loky"),
}
LONGEST = 0.8  # seconds from the first evaluation to the kill
CHILD = """
import sys
import joblib
from benchmarks.kills import Slow, START
from minimizer import Minimizer
n_jobs, backend = int(sys.argv[1]), sys.argv[2]
m = Minimizer(Slow("log"), n_jobs=n_jobs, checkpoint="call", checkpoint_interval=0.02)
with joblib.parallel_config(backend):
    m.minimize(START)
"""


class Slow:
    """Rosenbrock's function in 5 ms; each call is a byte in a file."""

    def __init__(self, log: str) -> None:
        self.log = log

    def __call__(self, x: NDArray[np.float64]) -> float:
        """Return the value."""
        time.sleep(0.005)
        with open(self.log, "ab") as file:
            file.write(b".")
        return rosenbrock(x)


def rosenbrock(x: NDArray[np.float64]) -> float:
    """Return its value."""
    a, b = x.tolist()
    return float(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2)


class Outcome(NamedTuple):
    """What became of a call: evaluations made, of these in the file, whether it ended alike."""

    made: int
    known: int
    is_alike: bool


def main() -> None:
    """Kill, go on, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    plain = Minimizer(rosenbrock)
    plain.minimize(START)
    moments = random.Random(options.seed)
    for name, (n_jobs, backend) in WORKERS.items():
        there: list[Outcome] = []
        while len(there) < options.kills:
            outcome = killed(n_jobs, backend, moments.uniform(0.0, LONGEST), facts(plain))
            there += [] if outcome is None else [outcome]  # else it had ended before
        lost = [each.made - each.known for each in there]
        print(
            f"{name:<14} {sum(each.is_alike for each in there)} of {len(there)} killed calls ended "
            "as if undisturbed; "
            f"evaluations made {sum(each.made for each in there)}, lost {sum(lost)}, "
            f"at most {max(lost, default=0)}",
            flush=True,
        )


def killed(n_jobs: int, backend: str, seconds: float, expected: Any) -> Outcome | None:
    """Begin a call, kill it, go on with it; None if it had ended before."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(n_jobs), backend],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
            start_new_session=True,
        )
        while not (folder / "log").exists() and child.poll() is None:
            time.sleep(0.001)
        time.sleep(seconds)
        ended = child.poll() is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        if ended or not (folder / "call").exists():
            return None
        known = sum(
            len(checkpoint_file.from_text(rows))
            for rows in checkpoint_file.read(folder / "call")["runs"].values()
        )
        m = Minimizer.load(folder / "call", rosenbrock)
        m.n_jobs = n_jobs
        m.resume()
        return Outcome((folder / "log").stat().st_size, known, facts(m) == expected)


def facts(m: Minimizer) -> Any:
    """Return all that a call came to, to the bit."""
    runs = [(r.params.tobytes(), np.float64(r.function_value).tobytes()) for r in m.runs]
    counts = [(r.status, r.iterations, r.evaluations, r.nan_evaluations) for r in m.runs]
    return m.status, m.message, runs, counts


if __name__ == "__main__":
    main()
