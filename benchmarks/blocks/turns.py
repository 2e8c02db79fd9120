"""How the time of a loop grows: a large and a small volume in turns, under the same load.

``python -m benchmarks.blocks.turns 10000``
"""

from __future__ import annotations

import argparse
import json
import time
import warnings

from minimizer.blocks import fit_blocks
from minimizer.common.arrays import Array

from .cases import LATTICES, Case, lattice

SMALL = 1000
LOOPS = 3
REPEATS = 5  # of each loop in the small volume


def growth(size: int) -> float:
    """Return the time of a loop per sphere, divided by that of 1,000 spheres."""
    large, small = lattice(LATTICES[size]), lattice(LATTICES[SMALL])
    there, here = large.guess, small.guess
    seconds = {"large": 0.0, "small": 0.0}
    for _ in range(LOOPS):
        there, taken = one_loop(large, there)
        seconds["large"] += taken / size
        found = [one_loop(small, here) for _ in range(REPEATS)]
        seconds["small"] += sum(taken for _, taken in found) / SMALL / REPEATS
        here = found[0][0]
    return seconds["large"] / seconds["small"]


def one_loop(case: Case, params: Array) -> tuple[Array, float]:
    """Return the parameters after a loop, and the processor time that it took."""
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = fit_blocks(case.model, params, max_loops=1, check=False)
    return result.x, time.process_time() - start


def main() -> None:
    """Measure, and print the ratio as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("spheres", type=int, choices=sorted(LATTICES))
    print(json.dumps({"growth": growth(parser.parse_args().spheres)}))


if __name__ == "__main__":
    main()
