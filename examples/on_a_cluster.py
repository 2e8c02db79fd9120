"""Runs of one minimization, and many minimizations, on Dask: the same results as on one core.

Starts a scheduler and two worker processes on this machine. For a real cluster, give the address
of its scheduler: ``python on_a_cluster.py tcp://scheduler:8786`` (start it with ``dask scheduler``
and ``dask worker``, or with dask-jobqueue under SLURM; this package must be installed there).
Prints

    one minimization: SUCCESS at [1.0, 1.0], the same bits as on one core: True
    start [-1.2, 1.0]   minimum 0.0 at [1.0, 1.0], SUCCESS
    start [2.0, -1.0]   minimum 0.0 at [1.0, 1.0], SUCCESS
    start [0.0, 3.0]    minimum 0.0 at [1.0, 1.0], SUCCESS
    start [-3.0, -4.0]  minimum 0.0 at [1.0, 1.0], SUCCESS

Needs distributed: ``pip install ".[cluster]"``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import joblib
import numpy as np
from distributed import Client, LocalCluster

from minimizer import Minimizer

STARTS = [[-1.2, 1.0], [2.0, -1.0], [0.0, 3.0], [-3.0, -4.0]]


def cost(x: np.ndarray) -> float:
    """Rosenbrock's function, in place of one that is worth a cluster."""
    return float(100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2)


def solve(start: list[float], n_jobs: int | None = None) -> Minimizer:
    """Minimize from one start."""
    m = Minimizer(cost, n_jobs=n_jobs)
    m.minimize(start)
    return m


@contextmanager
def cluster(address: str | None) -> Iterator[Client]:
    """Connect to a scheduler, or start one with two workers here."""
    if address is not None:
        with Client(address) as client:
            yield client
        return
    workers = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    with workers, Client(workers) as client:
        yield client


def main(address: str | None = None) -> None:
    """Use the cluster in both ways."""
    with cluster(address), joblib.parallel_config("dask"):
        m = solve(STARTS[0], n_jobs=2)  # its two runs on two workers
        many = joblib.Parallel()(joblib.delayed(solve)(start) for start in STARTS)
    same = repr(m) == repr(solve(STARTS[0], n_jobs=1))
    print(
        f"one minimization: {m.status} at {m.params.round(6).tolist()}, "
        f"the same bits as on one core: {same}"
    )
    for start, m in zip(STARTS, many, strict=True):
        print(
            f"start {start!s:<13} minimum {m.function_value:.1f} at {m.params.round(6).tolist()}, "
            f"{m.status}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
