"""Registers pairs that are named on standard input, with the package that Python finds first.

A pair is a file of `numpy.savez` with ``fixed``, ``moving`` and ``settings`` (JSON). The answer is
a line of JSON: the matrix, the least CPU seconds of some runs, the largest memory that arrays took
beyond the two images, in bytes per pixel of the fixed one, and whether it was called ambiguous.
"""

from __future__ import annotations

import json
import sys
import time
import tracemalloc

import numpy as np

from minimizer.registration import register


def answer(path: str, n: int) -> str:
    """Register a pair `n` times; what is compiled on the first run does not count."""
    with np.load(path) as pair:
        fixed, moving = pair["fixed"], pair["moving"]
        settings = json.loads(str(pair["settings"]))
    tracemalloc.start()
    result = register(fixed, moving, **settings)
    peak = tracemalloc.get_traced_memory()[1] / fixed.size
    tracemalloc.stop()
    times = []
    for _ in range(n):
        start = time.process_time()
        register(fixed, moving, **settings)
        times.append(time.process_time() - start)
    sure = result.status.name == "SUCCESS" and not result.ambiguous
    found = {"matrix": result.matrix.tolist(), "seconds": min(times), "memory": peak, "sure": sure}
    return json.dumps(found)


for line in sys.stdin:
    name, runs = line.rsplit(maxsplit=1)
    print(answer(name, int(runs)), flush=True)
