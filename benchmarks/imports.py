"""Time to import the package, against numpy and joblib: ``python -m benchmarks.imports``.

``import minimizer`` alone imports nothing else yet; the first use of a name does. Each import is
the only one of a new process. The order alternates, and the median counts.
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median

REPEATS = 15
BASE = "import numpy, joblib"
STATEMENTS = (BASE, "import minimizer", "from minimizer import Minimizer, minimize, minimize_many")
LATER = ("numba", "scipy", "matplotlib", "tqdm")
TIMED = """
import time
began = time.perf_counter()
{statement}
took = time.perf_counter() - began
import sys
print(took, *(name for name in {later} if name in sys.modules))
"""


def timed(statement: str) -> tuple[float, list[str]]:
    """Return the seconds that an import takes, and what it should not have imported."""
    code = TIMED.format(statement=statement, later=LATER)
    command = [sys.executable, "-c", code]
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(words[0]), words[1:]


def main() -> None:
    """Print medians and the ratio."""
    took: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for _ in range(REPEATS):
        for statement in STATEMENTS:
            seconds, unwanted = timed(statement)
            took[statement].append(seconds)
    for statement, all_of_it in took.items():
        ratio = median(all_of_it) / median(took[BASE])
        print(f"{statement}: {1e3 * median(all_of_it):.0f} ms, ratio {ratio:.2f}")
    print(f"Of {', '.join(LATER)} imported: {unwanted or 'none'}")


if __name__ == "__main__":
    main()
