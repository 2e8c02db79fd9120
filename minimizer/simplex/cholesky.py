"""Cholesky's factorization, row by row, and the sums that go with it.

These loops are compiled, and interpreted for few parameters; `ArrayState` has the same, element by
element, in arrays: LAPACK's differ from machine to machine in the last bit.
"""

from __future__ import annotations

import math
from typing import Any

from .state import RunState


def factorize(s: RunState, shift: float, floor: float) -> bool:
    """Let `factor` be L, L Lᵀ = `bent` + shift; return whether all pivots are above the floor."""
    for i in range(s.n_edges):
        given, row = s.bent[i], s.factor[i]
        for j in range(i):
            other, total = s.factor[j], given[j]
            for k in range(j):
                total -= row[k] * other[k]
            row[j] = total / other[j]
        pivot = given[i] + shift
        for k in range(i):
            pivot -= row[k] * row[k]
        if not floor < pivot < math.inf:
            return False
        row[i] = math.sqrt(pivot)
    return True


def solve_lower(s: RunState, v: Any) -> None:
    """Let v be L⁻¹ v."""
    for k in range(s.n_edges):
        row, total = s.factor[k], v[k]
        for i in range(k):
            total -= row[i] * v[i]
        v[k] = total / row[k]


def solve_upper(s: RunState, v: Any) -> None:
    """Let v be L⁻ᵀ v."""
    for k in range(s.n_edges - 1, -1, -1):
        row = s.factor[k]
        x = v[k] / row[k]
        v[k] = x
        for i in range(k):
            v[i] -= row[i] * x


def combine(s: RunState, t: Any, scale: float) -> None:
    """Let `step` be the sum of the edges, each times its element of t and the scale."""
    step, n = s.step, s.n
    for i in range(n):
        step[i] = 0.0
    for k in range(s.n_edges):
        share, edge = scale * t[k], s.frame[k]
        for i in range(n):
            step[i] += share * edge[i]
