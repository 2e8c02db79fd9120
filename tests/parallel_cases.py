"""Functions for the tests of parallel runs: module level, so that processes find them."""

from __future__ import annotations

import math
import os
import signal
import time
import zlib
from typing import Any

from minimizer import Minimizer

START = [-1.2, 1.0]


def rosenbrock(x: Any) -> float:
    return float(100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2)


def noise(x: Any) -> float:
    """Depend on all bits of the point, so that no two runs agree."""
    return rosenbrock(x) + zlib.crc32(x.tobytes()) / 2**32


def disc(x: Any) -> float:
    """Not defined outside a disc, on whose edge the minimum lies."""
    if x[0] ** 2 + x[1] ** 2 > 4:
        return math.nan
    return float((x[0] - 4) ** 2 + (x[1] - 1) ** 2)


def with_extra(x: Any) -> float:
    """Keep something for each point."""
    value = rosenbrock(x)
    x[2:] = value / 2, x[0] - x[1]
    return value


class At:
    """Does something when it is called at one certain point, in whatever thread or process."""

    def __init__(self, point: Any) -> None:
        self.point = list(point)
        self.minimizer: Minimizer | None = None

    def __call__(self, x: Any) -> float:
        if list(x) == self.point:
            self.happen()
        return rosenbrock(x)

    def happen(self) -> None:
        """Do it."""


class AbortsAt(At):
    """Aborts the minimization."""

    def happen(self) -> None:
        assert self.minimizer is not None
        self.minimizer.abort()


class FailsAt(At):
    """Raises."""

    def happen(self) -> None:
        raise ZeroDivisionError("at this point")


class SlowRosenbrock:
    """Takes its time, and writes to a file which process called it, once a call."""

    def __init__(self, log: str, seconds: float = 0.005) -> None:
        self.log, self.seconds = log, seconds

    def __call__(self, x: Any) -> float:
        with open(self.log, "a", encoding="ascii") as file:
            file.write(f"{os.getpid()} {x.tobytes().hex()}\n")
        time.sleep(self.seconds)
        return rosenbrock(x)


class DiesAt(At):
    """Kills the process that it is called in."""

    def happen(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def wait_for_calls(path: str, workers: int = 1, seconds: float = 60.0) -> None:
    """Wait until a file holds some lines, of so many processes."""
    end = time.monotonic() + seconds
    while not os.path.exists(path) or os.path.getsize(path) < 1000 or _writers(path) < workers:
        assert time.monotonic() < end, f"{workers} workers did not write to {path} in {seconds} s"
        time.sleep(0.01)


def _writers(path: str) -> int:
    with open(path, encoding="ascii") as log:
        return len({line.split()[0] for line in log if line.endswith("\n")})


def logged(x: Any, log: str, seconds: float = 0.0) -> float:
    """Write each call to a file, then return the value."""
    return SlowRosenbrock(log, seconds)(x)


def on_a_disk_that_fills_up(x: Any) -> float:
    """Let no file of this process grow any more, from some call on."""
    import resource

    if x[0] > -0.9:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    return rosenbrock(x)
