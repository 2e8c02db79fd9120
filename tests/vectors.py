"""The vectors recorded from ImageJ (``data/imagej.jsonl``): their functions, and how to replay one.

Each function is evaluated in exactly this order of operations, which decides the last bit.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from minimizer import Minimizer

Vector = dict[str, Any]


def load() -> list[Vector]:
    """Return the vectors, one dictionary with ``input`` and ``expected`` each."""
    text = (Path(__file__).parent / "data" / "imagej.jsonl").read_text(encoding="ascii")
    return [json.loads(line) for line in text.splitlines()]


def number(text: str) -> float:
    """Parse a C99 hexadecimal float, or nan."""
    return float.fromhex(text)


def numbers(texts: list[str] | None) -> list[float] | None:
    """Parse a list of them, None if there is none."""
    return None if texts is None else [number(text) for text in texts]


def sphere(x: Sequence[float]) -> float:
    s = 0.0
    for xi in x:
        s += xi * xi
    return s


def rosenbrock(x: Sequence[float]) -> float:
    s = 0.0
    for i in range(len(x) - 1):
        a, b = x[i + 1] - x[i] * x[i], 1 - x[i]
        s += 100 * (a * a) + b * b
    return s


def powell_singular(x: Sequence[float]) -> float:
    a, b, c, d = x[0] + 10 * x[1], x[2] - x[3], x[1] - 2 * x[2], x[0] - x[3]
    return a * a + 5 * (b * b) + (c * c) * (c * c) + 10 * ((d * d) * (d * d))


def wood(x: Sequence[float]) -> float:
    a, b, c, d = x[1] - x[0] * x[0], 1 - x[0], x[3] - x[2] * x[2], 1 - x[2]
    e, g = x[1] + x[3] - 2, x[1] - x[3]
    return 100 * (a * a) + b * b + 90 * (c * c) + d * d + 10 * (e * e) + 0.1 * (g * g)


def beale(x: Sequence[float]) -> float:
    a = 1.5 - x[0] * (1 - x[1])
    b = 2.25 - x[0] * (1 - x[1] * x[1])
    c = 2.625 - x[0] * (1 - x[1] * x[1] * x[1])
    return a * a + b * b + c * c


def mckinnon(x: Sequence[float]) -> float:
    q = x[0] * x[0]
    v = 360 * q if x[0] <= 0 else 6 * q
    return v + x[1] + x[1] * x[1]


def scaled_quadratic(x: Sequence[float]) -> float:
    s, w = 0.0, 1.0
    for i, xi in enumerate(x):
        d = xi - (i + 1)
        s += w * (d * d)
        w = w * 1000
    return s


def offset_quadratic(x: Sequence[float]) -> float:
    s = 5.0
    for i, xi in enumerate(x):
        d = xi - 0.5 * (i + 1)
        s += (i + 1) * (d * d)
    return s


def nan_disc(x: Sequence[float]) -> float:
    r = sphere(x)
    if r > 4:
        return math.nan
    s = 0.0
    for xi in x:
        d = xi - 3
        s += d * d
    return s


def nan_orthant(x: Sequence[float]) -> float:
    if any(xi < 0 for xi in x):
        return math.nan
    s = 0.0
    for i, xi in enumerate(x):
        s += math.sqrt(xi) * (i + 1) + xi * xi
    return s


def nan_slab(x: Sequence[float]) -> float:
    if abs(x[0]) > 1:
        return math.nan
    s = 2.0
    for i, xi in enumerate(x):
        d = xi - 0.75
        s += (i + 1) * (d * d)
    return s


def staircase(x: Sequence[float]) -> float:
    s = 0.0
    for xi in x:
        k = float(np.floor(xi * 8))
        s += k * k
    return s


def himmelblau(x: Sequence[float]) -> float:
    a, b = x[0] * x[0] + x[1] - 11, x[0] + x[1] * x[1] - 7
    return a * a + b * b


def double_well(x: Sequence[float]) -> float:
    a = x[0] * x[0] - 1
    s = a * a + 0.2 * x[0] + 1
    for xi in x[1:]:
        s += xi * xi
    return s


def nan_everywhere(x: Sequence[float]) -> float:
    return math.nan


def constant(x: Sequence[float]) -> float:
    return 1.0


def nan_far_start(x: Sequence[float]) -> float:
    # NaN < 3 is false: a NaN parameter gets past this test, as it does in Java.
    if x[0] < 3:
        return math.nan
    s = 1.0
    for xi in x:
        d = xi - 4
        s += d * d
    return s


def nan_sliver(x: Sequence[float]) -> float:
    if x[1] < 0 or x[1] > x[0] * 0.001:
        return math.nan
    s = 1 + x[0] + x[1]
    for xi in x[2:]:
        s += xi * xi
    return s


def nan_needle(x: Sequence[float]) -> float:
    if any(abs(xi) > x[0] * 0.001 for xi in x[1:]):
        return math.nan
    s = 1 + x[0]
    for xi in x[1:]:
        s += xi * xi
    return s


FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    f.__name__: f
    for f in (
        sphere,
        rosenbrock,
        powell_singular,
        wood,
        beale,
        mckinnon,
        scaled_quadratic,
        offset_quadratic,
        nan_disc,
        nan_orthant,
        nan_slab,
        staircase,
        himmelblau,
        double_well,
        nan_everywhere,
        constant,
        nan_far_start,
        nan_sliver,
        nan_needle,
    )
}


DIGEST_OF_NOTHING = 1469598103934665603


def digested(digest: int, items: Sequence[float]) -> int:
    """Return the digest after further numbers, in which all NaN are one and -0.0 is 0.0."""
    same = [math.nan if item != item else item + 0.0 for item in items]
    form = f"<{len(same)}"
    for bits in struct.unpack(f"{form}Q", struct.pack(f"{form}d", *same)):
        digest = ((digest ^ bits) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return digest


class Recorder:
    """A function of the vectors that counts, aborts, writes extra elements and keeps a digest."""

    def __init__(self, given: Vector) -> None:
        self._fun = FUNCTIONS[given["function"]]
        self._n, self._extra, self._abort_at = given["n"], given["extra"], given["abort_at"]
        self._digest = DIGEST_OF_NOTHING
        self.minimizer: Minimizer | None = None
        self.evaluations = 0
        self.first: list[list[float]] = []

    def __call__(self, x: Any) -> float:
        self.evaluations += 1
        if self.evaluations == self._abort_at:
            assert self.minimizer is not None
            self.minimizer.abort()
        params = x[: self._n].tolist()
        value = self._fun(params)
        for j in range(self._extra):
            x[self._n + j] = value * (j + 1)
        self._digest = digested(self._digest, (*params, value))
        if len(self.first) < 40:
            self.first.append([*params, value])
        return value

    @property
    def digest(self) -> str:
        return f"{self._digest:016x}"


def replay(given: Vector) -> tuple[Minimizer, Recorder]:
    """Minimize as a vector's input says."""
    recorder = Recorder(given)
    m = Minimizer(
        recorder,
        given["n"],
        rules="imagej",
        schedule="sequential" if given["threads"] == 1 else "pairs",
        random_seed=given["seed"],
        max_restarts=given["max_restarts"],
        max_rel_error=given["max_rel_error"],
        max_abs_error=given["max_abs_error"],
        max_iterations=given["max_iterations"],
        param_resolutions=numbers(given["param_resolutions"]),
        extra_array_elements=given["extra"],
    )
    recorder.minimizer = m
    call = m.minimize if given["call"] == "minimize" else m.minimize_once
    call(numbers(given["initial_params"]), numbers(given["initial_variations"]))
    return m, recorder
