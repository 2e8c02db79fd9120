"""The kernels of `RunState` in loops, for numba."""

from __future__ import annotations

import math

from ..cholesky import combine, factorize, solve_lower, solve_upper
from ..python_state import FLAT
from .jit import jit, kernel


@kernel
def rank(s):
    values, last = s.values, s.n + 1
    best = worst = 0
    lowest = highest = values[0]
    for i in range(1, last):
        value = values[i]
        best, lowest = (i, value) if value < lowest else (best, lowest)
        worst, highest = (i, value) if value > highest else (worst, highest)
    next_worst, next_highest = best, lowest
    for i in range(last):
        value = values[i]
        higher = (value > next_highest) & (i != worst)
        next_worst, next_highest = (i, value) if higher else (next_worst, next_highest)
    s.best, s.next_worst, s.worst = best, next_worst, worst


@kernel
def find_centroid(s):
    points, centroid, n, worst = s.points, s.centroid, s.n, s.worst
    share = 1.0 / n
    for i in range(n):
        total = 0.0
        for v in range(n + 1):
            if v != worst:
                total += points[v][i]
        centroid[i] = total * share


@kernel
def try_on_line(s, t):
    params, centroid, worst = s.step, s.centroid, s.points[s.worst]
    for i in range(s.n):
        params[i] = (1.0 - t) * centroid[i] + t * worst[i]
    s.try_params(params, -1)


@kernel
def try_params(s, params, v):
    n, trial, lower, upper = s.n, s.trial, s.lower, s.upper
    for i in range(n):
        x = params[i]
        if s.clips and not (s.fixed_only and lower[i] < upper[i]):
            x = lower[i] if x <= lower[i] else upper[i] if x >= upper[i] else x
        trial[i] = x
    for i in range(n, n + s.extra):
        trial[i] = s.points[v][i] if v >= 0 else 0.0


@kernel
def try_between(s, a, b):
    one, other, params = s.points[a], s.points[b], s.step
    for i in range(s.n):
        params[i] = 0.5 * (one[i] + other[i])
    s.try_params(params, b)


@kernel
def find_frame(s):
    origin = s.points[0]
    for k in range(s.n_edges):
        edge, point = s.frame[k], s.points[k + 1]
        for i in range(s.n):
            edge[i] = point[i] - origin[i]


@kernel
def begin_at(s, v):
    params, step = s.points[v], s.step
    for i in range(s.n):
        step[i] = params[i]


@kernel
def is_outside(s):
    trial, lower, upper = s.trial, s.lower, s.upper
    for i in range(s.n):
        if trial[i] < lower[i] or trial[i] > upper[i]:
            return True
    return False


@kernel
def put(s, v, point, value):
    vertex = s.points[v]
    for i in range(s.n + s.extra):
        vertex[i] = point[i]
    s.true_values[v] = value
    if math.isnan(value):
        s.true_values[v] = s.told
        value = math.inf if s.nan_ranks_worst else value
    s.values[v] = value


@kernel
def set_aside(s, v, point, value):
    vertex = s.around[v]
    for i in range(s.n + s.extra):
        vertex[i] = point[i]
    s.around_values[v] = value


@kernel
def coordinate(s, v, i):
    return s.points[v][i]


@kernel
def vertex(s, v):
    return s.points[v]


@kernel
def swap(s, a, b):
    one, other, values, true = s.points[a], s.points[b], s.values, s.true_values
    for i in range(s.n + s.extra):
        one[i], other[i] = other[i], one[i]
    values[a], values[b] = values[b], values[a]
    true[a], true[b] = true[b], true[a]


@kernel
def orthogonalize(s):
    step, origin, sizes, points = s.step, s.points[0], s.sizes, s.points
    for v in range(1, s.vertex_index):
        point = points[v]
        square = dot = 0.0
        for i in range(s.n):
            y = (point[i] - origin[i]) / sizes[i]
            square += y * y
            dot += y * step[i]
        if square == 0.0 and s.clips:
            continue
        share = dot / square
        for i in range(s.n):
            y = (point[i] - origin[i]) / sizes[i]
            step[i] = step[i] - y * share


for function in (factorize, solve_lower, solve_upper, combine):
    kernel(function)


@kernel
def length(s, vector):
    return math.sqrt(pairwise_dot(vector, vector, 0, s.n))


@kernel
def is_flat(s):
    n, edges, points, best = s.n, s.edges, s.points, s.best
    for i in range(n):
        edge, point = edges[i], points[i if i < best else i + 1]
        for j in range(n):
            edge[j] = point[j] - points[best][j]
    for j in range(n):
        extent = 0.0
        for i in range(n):
            size = abs(edges[i][j])
            if size > extent or math.isnan(size):
                extent = size
        for i in range(n):
            edge = edges[i]
            edge[j] /= extent if extent > 0.0 else 1.0
    least = math.inf
    for i in range(n):  # Gram-Schmidt
        square = pairwise_dot(edges[i], edges[i], 0, n)
        height = math.sqrt(square)
        if i == 0 or height < least:
            least = height
        divisor = square if square != 0.0 else 1.0
        for k in range(i + 1, n):
            edge = edges[k]
            share = pairwise_dot(edge, edges[i], 0, n) / divisor
            for j in range(n):
                edge[j] -= share * edges[i][j]
    return least < FLAT * math.sqrt(n)


@jit
def block_dot(a, b, start, n):
    """Return the scalar product of up to 128 elements, in eight sums."""
    if n < 8:
        total = 0.0
        for i in range(start, start + n):
            total += a[i] * b[i]
        return total
    r0, r1, r2, r3 = four_products(a, b, start)
    r4, r5, r6, r7 = four_products(a, b, start + 4)
    end = start + n
    i = start + 8
    while i + 8 <= end:
        p0, p1, p2, p3 = four_products(a, b, i)
        p4, p5, p6, p7 = four_products(a, b, i + 4)
        r0, r1, r2, r3 = r0 + p0, r1 + p1, r2 + p2, r3 + p3
        r4, r5, r6, r7 = r4 + p4, r5 + p5, r6 + p6, r7 + p7
        i += 8
    total = ((r0 + r1) + (r2 + r3)) + ((r4 + r5) + (r6 + r7))
    while i < end:
        total += a[i] * b[i]
        i += 1
    return total


@jit
def four_products(a, b, i):
    """Return the next four products."""
    return a[i] * b[i], a[i + 1] * b[i + 1], a[i + 2] * b[i + 2], a[i + 3] * b[i + 3]


def halved(dot):
    """Return a sum of products that is halved as ``numpy.add.reduce`` does, if it is long."""

    def halved_dot(a, b, start, n):
        if n <= 128:
            return block_dot(a, b, start, n)
        half = n // 2
        half -= half % 8
        return dot(a, b, start, half) + dot(a, b, start + half, n - half)

    return jit(halved_dot)


# NumPy halves until at most 128 are left. Here it is three times at most, as numba cannot cache a
# function that calls itself: the same bits for up to 968 parameters.
pairwise_dot = halved(halved(halved(block_dot)))
