"""Cholesky's factorization, column by column, and the sums that go with it.

These loops are compiled, and interpreted for few parameters; `ArrayState` has the same, element by
element, in arrays: LAPACK's differ from machine to machine in the last bit.
"""

from __future__ import annotations

import math
from typing import Any

from .state import RunState


def factorize(s: RunState, shift: float, floor: float) -> bool:
    """Let `factor` be L, L Lᵀ = `bent` + shift; return whether all pivots are above the floor."""
    m, low = s.n_edges, s.factor
    for i in range(m):
        for j in range(i):
            low[i][j] = s.bent[i][j]
        low[i][i] = s.bent[i][i] + shift
    for k in range(m):
        pivot = low[k][k]
        if not floor < pivot < math.inf:
            return False
        root = math.sqrt(pivot)
        low[k][k] = root
        for i in range(k + 1, m):
            low[i][k] = low[i][k] / root
        for i in range(k + 1, m):
            for j in range(k + 1, i + 1):
                low[i][j] -= low[i][k] * low[j][k]
    return True


def solve_lower(s: RunState, v: Any) -> None:
    """Let v be L⁻¹ v."""
    low = s.factor
    for k in range(s.n_edges):
        v[k] = v[k] / low[k][k]
        for i in range(k + 1, s.n_edges):
            v[i] -= low[i][k] * v[k]


def solve_upper(s: RunState, v: Any) -> None:
    """Let v be L⁻ᵀ v."""
    low = s.factor
    for k in range(s.n_edges - 1, -1, -1):
        v[k] = v[k] / low[k][k]
        for i in range(k):
            v[i] -= low[k][i] * v[k]


def combine(s: RunState, t: Any, scale: float) -> None:
    """Let `step` be the sum of the edges, each times its element of t and the scale."""
    step = s.step
    for i in range(s.n):
        step[i] = 0.0
    for k in range(s.n_edges):
        share = scale * t[k]
        for i in range(s.n):
            step[i] += share * s.frame[k][i]
