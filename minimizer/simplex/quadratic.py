"""A quadratic surface through the vertices of a simplex and the midpoints of its edges.

With the best vertex x_0 as origin and the edges e_k = x_k - x_0 as axes, every point is
x(t) = x_0 + sum t_k e_k, and the surface is ::

    q(t) = f_0 + g·t + ½ t·H t

It passes through the values f_k of the vertices and f_jk of the midpoints if ::

    H_kk = 4 (f_k + f_0 - 2 f_0k)
    g_k  = f_k - f_0 - ½ H_kk
    H_jk = 4 (f_jk - f_0) - 2 (g_j + g_k) - ½ (H_jj + H_kk)

Its lowest point within a radius R is t(λ) = -(H + λ)⁻¹ g, where λ = 0 if H is positive definite and
|t(0)| <= R, else the λ for which H + λ is, and |t(λ)| comes near R (Moré and Sorensen). As the axes
are the edges, none of this depends on the units of the parameters.

Where the way there leaves the box, a wall is built: w/2 (x_i - bound)² with a large w is added to q
for the parameter that leaves first, and the step is found again.

References
----------
J. A. Nelder, R. Mead, A simplex method for function minimization, Comput. J. 7 (1965) 308-313
(appendix).

J. J. Moré, D. C. Sorensen, Computing a trust region step, SIAM J. Sci. Stat. Comput. 4 (1983)
553-572.
"""

from __future__ import annotations

import math
import sys

from ..common.ieee import divide, maximum
from ..common.one_source import compilable
from .state import RunState

EPSILON = sys.float_info.epsilon
NEARLY, LONGEST = 0.9, 1.01  # times the radius: a step between these is as long as it
FLAT = 1e-8  # of the largest curvature: less counts as none
NOISE = 16.0 * EPSILON  # of the value: the error of a difference of values

STIFF = 1e6  # times the largest curvature: a wall
BURIED = 4.0  # times the error of a difference of values: curvature that cannot be seen
_TRIALS = 39  # of λ


@compilable
def bend_edge(s: RunState, k: int, f_middle: float) -> None:
    """Find slope and curvature along the edge to vertex k from its midpoint."""
    f_0, f_k = s.values[0], s.values[k]
    curvature = 4.0 * (f_k + f_0 - 2.0 * f_middle)
    s.hessian[k - 1][k - 1] = curvature
    s.gradient[k - 1] = f_k - f_0 - 0.5 * curvature


@compilable
def bend_pair(s: RunState, j: int, k: int, f_middle: float) -> None:
    """Find the mixed curvature of the edges to vertices j and k from the midpoint of these."""
    h, g, a, b = s.hessian, s.gradient, j - 1, k - 1
    mixed = 4.0 * (f_middle - s.values[0]) - 2.0 * (g[a] + g[b]) - 0.5 * (h[a][a] + h[b][b])
    h[a][b] = mixed
    h[b][a] = mixed


@compilable
def begin_step(s: RunState) -> None:
    """Begin with the lowest point of the surface, without walls."""
    m, slope, gradient = s.n_edges, s.slope, s.gradient
    for j in range(m):
        slope[j] = gradient[j]
        bent, given = s.bent[j], s.hessian[j]
        for k in range(m):
            bent[k] = given[k]
    s.floor = FLAT * largest_curvature(s) + BURIED * NOISE * abs(s.values[0])
    s.stiffness, s.least_shift = -1.0, 0.0


@compilable
def build_wall(s: RunState, i: int, room: float) -> None:
    """Bend the surface so that parameter i goes to its bound, and hardly farther."""
    if s.stiffness < 0.0:
        s.stiffness = STIFF * largest_row(s)
    square = 0.0
    for k in range(s.n_edges):
        square += s.frame[k][i] * s.frame[k][i]
    if square == 0.0:  # edges too short to tell
        return
    weight = s.stiffness / square
    for j in range(s.n_edges):
        pull = weight * s.frame[j][i]
        s.slope[j] -= pull * room
        for k in range(s.n_edges):
            s.bent[j][k] += pull * s.frame[k][i]


@compilable
def find_step(s: RunState) -> bool:
    """Find the lowest point within the trust region; return whether there is one."""
    if s.factorize(0.0, s.floor):
        length = solve(s, 0.0)
        if length <= s.radius:
            return True
        return find_shift(s, next_shift(s, 0.0, length))
    return find_shift(s, 0.0)


@compilable
def find_nearer_step(s: RunState) -> bool:
    """Find the step within a smaller region, starting from the last λ."""
    return find_shift(s, next_shift(s, s.shift, s.step_length))


@compilable
def find_shift(s: RunState, guess: float) -> bool:
    """Find λ, beginning with a guess; return whether there is one."""
    high = largest_row(s) + length_of(s, s.slope) / s.radius + s.floor
    for _ in range(_TRIALS):
        low = s.least_shift
        shift = guess if low < guess < high else maximum(math.sqrt(low * high), 0.001 * high)
        guess = 0.0
        if not s.factorize(shift, s.floor):
            s.least_shift = shift
            continue
        length = solve(s, shift)
        if NEARLY * s.radius <= length <= LONGEST * s.radius:
            return True
        if length > s.radius:
            s.least_shift = shift
        else:
            high = shift
        guess = next_shift(s, shift, length)
    return s.factorize(high, s.floor) and solve(s, high) <= s.radius


@compilable
def solve(s: RunState, shift: float) -> float:
    """Find t(λ), where H + λ has been factorized; return its length."""
    t = s.minimum_step
    for k in range(s.n_edges):
        t[k] = -s.slope[k]
    s.solve_lower(t)
    s.solve_upper(t)
    s.shift, s.step_length = shift, length_of(s, t)
    return s.step_length


@compilable
def drop_along(s: RunState, share: float) -> float:
    """Return how far the surface falls over a share of the step."""
    slope = bend = 0.0
    t = s.minimum_step
    for j in range(s.n_edges):
        row, total = s.hessian[j], 0.0
        for k in range(s.n_edges):
            total += row[k] * t[k]
        slope += s.gradient[j] * t[j]
        bend += total * t[j]
    return -share * (slope + 0.5 * share * bend)


@compilable
def next_shift(s: RunState, shift: float, length: float) -> float:
    """Return Newton's next λ for the reciprocal of the length."""
    q = s.direction
    for k in range(s.n_edges):
        q[k] = s.minimum_step[k]
    s.solve_lower(q)
    ratio = divide(length, length_of(s, q))
    return shift + ratio * ratio * (length - s.radius) / s.radius


@compilable
def length_of(s: RunState, v: list[float]) -> float:
    """Return the length of a vector along the edges."""
    square = 0.0
    for k in range(s.n_edges):
        square += v[k] * v[k]
    return math.sqrt(square)


@compilable
def largest_curvature(s: RunState) -> float:
    """Return the largest curvature along an edge."""
    largest = 0.0
    for k in range(s.n_edges):
        curvature = abs(s.hessian[k][k])
        if curvature > largest:
            largest = curvature
    return largest


@compilable
def least_pivot(s: RunState) -> float:
    """Return the least pivot of the factorization: H has no eigenvalue much above it."""
    least = math.inf
    for k in range(s.n_edges):
        root = s.factor[k][k]
        least = root * root if root * root < least else least
    return least


@compilable
def largest_row(s: RunState) -> float:
    """Return an upper bound of the eigenvalues of H."""
    largest = 0.0
    for j in range(s.n_edges):
        row, total = s.bent[j], 0.0
        for k in range(s.n_edges):
            total += abs(row[k])
        if total > largest:
            largest = total
    return largest
