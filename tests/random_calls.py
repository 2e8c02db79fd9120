"""Calls of all kinds, and functions of all kinds, for Hypothesis to choose from."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scripted import FORMER, INF, LATER, NAN, bits, without_later

from minimizer import Minimizer, Rules, RunRecord

KINDS = [0, 0, 1, 1, 2, 2, 3, 4, 5, 5, 6, 6, 7, 8, 8]
EDGES = [1, 1, 2, 2, 3, 3, 4, 5, 6]
TABLE = 6  # values of a function without sense
PLACES = 9  # of the minimum


def value_at(x: Any, p: Any) -> float:
    """Return the value of the function that the numbers `p` describe, to be compiled or not.

    `p` is n, kind, scale, offset, kind of edge, its place, a table, and the place of the minimum.
    The further elements of `x` get multiples of the value.
    """
    n, kind, edge, place = int(p[0]), int(p[1]), int(p[4]), float(p[5])
    s = square = total = 0.0
    for i in range(n):
        xi = float(x[i])
        d = xi - float(p[12 + i])
        square += d * d
        total += (i + 1) * 12.9898 * xi
        if kind == 0:
            s += (i + 1) * d * d
        elif kind == 1:
            s += (1.0 - xi) * (1.0 - xi)
            if i > 0:
                before = float(x[i - 1])
                s += 100.0 * (xi - before * before) * (xi - before * before)
        elif kind == 2:
            s += abs(d)
        elif kind == 3:
            s += math.floor(8.0 * abs(d)) if abs(d) < 1e15 else d * d
        elif kind == 4:
            s += d
        elif kind == 5:
            s += d * d + (math.cos(20.0 * d) if abs(d) < 1e15 else 0.0)
        elif kind == 6:
            s += d * d * d * d
    if kind == 7:
        s = 1.0
    if kind == 8:
        index = 0
        if abs(total) < 1e15:
            index = int((total - math.floor(total)) * 6.0)
        s = float(p[6 + index])
    value = float(p[3]) + float(p[2]) * s
    if (
        (edge == 1 and float(x[0]) < float(p[12]) + place)
        or (edge == 2 and square > place * place)
        or (edge == 3 and abs(float(x[0]) - float(x[n - 1])) > place)
        or (edge == 4 and abs(total) < 1e15 and math.floor(total) % 2 == 1)
    ):
        value = math.nan
    elif edge == 5 and value > place:
        value = math.inf
    elif edge == 6 and value < place:
        value = -math.inf
    for j in range(len(x) - n):
        x[n + j] = value * (j + 1)
    return value


@dataclass
class Drawn:
    """A call: what the function is, where it begins, and the settings of a `Minimizer`."""

    p: list[float]
    start: list[float]
    variations: list[float] | None
    settings: dict[str, Any]
    simplex: list[list[float]] | None = None
    once: bool = False
    abort_at: int | None = None

    @property
    def n(self) -> int:
        return len(self.start)

    def minimizer(self, fun: Any, **further: Any) -> Minimizer:
        """Return a minimizer with these settings."""
        return Minimizer(fun, self.n, **self.settings | further)

    def make(self, m: Minimizer) -> None:
        """Make the call."""
        call = m.minimize_once if self.once else m.minimize
        if self.simplex is not None:
            call(initial_simplex=self.simplex)
        else:
            call(self.start, self.variations)


ORDINARY = st.floats(-10.0, 10.0)
coordinates = st.one_of(
    ORDINARY, st.sampled_from([0.0, -0.0, 1.0, -1.2, 5.0, 1e-12, 1e6, -1e10, 1e300, 5e-324, NAN])
)
table = st.sampled_from([-1.0, 0.0, -0.0, 0.5, 1.0, 2.0, 1e300, -1e300, 5e-324, INF, -INF, NAN])
switches = {field.name: st.booleans() for field in fields(Rules)}
any_rules = st.one_of(st.sampled_from(["robust", "robust", "imagej"]), st.builds(Rules, **switches))
former_rules = st.one_of(  # what the oracle knows
    st.sampled_from([FORMER, FORMER, "imagej"]),
    st.builds(without_later, **{name: s for name, s in switches.items() if name not in LATER}),
)


@st.composite
def numbers_of_a_function(draw: Any, n: int) -> list[float]:
    """Draw what `value_at` is to be."""
    return [
        float(n),
        float(draw(st.sampled_from(KINDS))),
        draw(st.sampled_from([1.0, -1.0, 1e-300, 1e300, 0.0])) if draw(rarely) else 1.0,
        draw(st.sampled_from([0.0, 1.0, 7.0, -1e10, 1e300, -INF, INF])) if draw(rarely) else 0.0,
        float(draw(st.sampled_from(EDGES))) if draw(st.booleans()) else 0.0,
        draw(st.sampled_from([0.5, 2.0, 10.0, 20.0, 100.0, -0.1, -5.0, 1e-3, 0.0])),
        *draw(st.lists(table, min_size=TABLE, max_size=TABLE)),
        *draw(st.lists(ORDINARY, min_size=PLACES, max_size=PLACES)),
    ]


rarely = st.sampled_from([False, False, False, True])
mostly = st.sampled_from([True, True, True, False])


@st.composite
def settings_of_a_call(draw: Any, n: int, rules: Any) -> dict[str, Any]:
    """Draw settings, without bounds."""
    every = {"min_size": n, "max_size": n}
    resolution = st.sampled_from([0.0, 1e-6, 1e-3, 0.1, 1e300])
    given: dict[str, Any] = {
        "rules": draw(rules),
        "schedule": draw(st.sampled_from(["pairs", "pairs", "sequential"])),
        "random_seed": draw(st.integers(-(2**31), 2**31 - 1)),
        "max_restarts": draw(st.sampled_from([2, 1, 3, 2, 0])),
        "max_evaluations": draw(
            st.sampled_from([1000, 1000, 1000, *range(800 * n, 800 * n + 3)])
            if draw(mostly)
            else st.integers(1, 60)
        ),
        "extra_array_elements": draw(st.sampled_from([0, 0, 0, 1, 2])),
    }
    if draw(rarely):
        given["restart_within"] = draw(st.sampled_from([1, 50, 200, 800]))
    if draw(rarely):
        given["max_iterations"] = draw(
            st.one_of(st.integers(0, 60), st.integers(400 * n, 400 * n + 9))
        )
    if draw(rarely):
        given["max_rel_error"] = draw(st.sampled_from([0.0, 1e-14, 1e-3, 1.0]))
        given["max_abs_error"] = draw(st.sampled_from([0.0, 1e-12, 1e-3, 1e300]))
    if draw(rarely):
        given["tolerances"] = draw(
            st.sampled_from([(1e-4, 1e-4), (0.0, 0.0), (1e300, 1e300), (1e-2, 1e-9)])
        )
    if draw(rarely):
        given["param_resolutions"] = draw(st.lists(resolution, **every))
    return given


@st.composite
def boxes(draw: Any, n: int, near: list[float]) -> list[tuple[float, float]]:
    """Draw bounds, some around a point, some without width, some infinite."""
    width = st.sampled_from([0.0, 0.0, 1e-3, 1.0, 5.0, INF])
    sides = []
    for x in near:
        middle = draw(ORDINARY) if math.isnan(x) else x
        sides.append((middle - draw(width), middle + draw(width)))
    return sides


def inside(x: list[float], bounds: list[tuple[float, float]]) -> list[float]:
    """Return the nearest point within bounds; NaN stays."""
    return [
        low if x < low else high if x > high else x
        for x, (low, high) in zip(x, bounds, strict=True)
    ]


@st.composite
def calls(draw: Any, rules: Any = any_rules) -> Drawn:
    """Draw a call, by `rules` that are drawn."""
    n = draw(st.integers(1, 9))
    every = {"min_size": n, "max_size": n}
    start = draw(st.lists(draw(st.sampled_from([ORDINARY, ORDINARY, coordinates])), **every))
    settings = draw(settings_of_a_call(n, rules))
    variations = simplex = None
    if draw(st.booleans()):
        size = st.sampled_from([1.0, 0.1, 3.0])
        if draw(rarely):
            size = st.sampled_from([1.0, 1e-12, 1e12, 1e300, 5e-324])
        variations = draw(st.lists(size, **every))
    if draw(rarely):
        simplex = draw(st.lists(st.lists(ORDINARY, **every), min_size=n + 1, max_size=n + 1))
        start = simplex[0]
    if draw(rarely) or draw(rarely):
        bounds = draw(boxes(n, start))
        settings["bounds"] = bounds
        start = inside(start, bounds)
        if simplex is not None:
            simplex = [inside(vertex, bounds) for vertex in simplex]
            simplex[n][0] = draw(ORDINARY)  # one that may be outside
    return Drawn(
        draw(numbers_of_a_function(n)),
        start,
        variations,
        settings,
        simplex,
        once=draw(rarely) and draw(rarely),
        abort_at=draw(st.integers(1, 200)) if draw(rarely) and draw(rarely) else None,
    )


def facts(run: RunRecord | Any) -> Any:
    """Return all that a record says, to the bit."""
    points, values = run.simplex if run.simplex is not None else (np.zeros(0), np.zeros(0))
    hessian = getattr(run, "hessian", None)  # which the oracle does not know
    return (
        (run.seed, run.status, bits(run.params), bits([run.function_value]), bits(run.extra)),
        (run.iterations, run.evaluations, run.nan_evaluations, run.completed),
        (run.has_result, bits([run.descent]), run.at_edge, run.confirms),
        (bits(points.ravel()), bits(values)),
        None if hessian is None else bits(hessian.ravel()),
    )
