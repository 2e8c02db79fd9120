"""The kernels of `RunState` in loops, for numba."""

from __future__ import annotations

import math

from ..closeness import TINY
from ..flatness import FLAT
from .jit import jit, kernel, leaf
from .state_type import Run


@kernel(Run)
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


@kernel(Run)
def begin_search(s):
    points, middle = s.points, s.middle
    s.origin = points[s.best]
    for i in range(s.n):
        middle[i] = column_sum(points, s.n + 1, i, -1) * (1.0 / (s.n + 1))


@leaf
def column_sum(points, last, i, without):
    """Return the sum of parameter i over the vertices, in index order."""
    total = 0.0
    for v in range(last):
        if v != without:
            total += points[v][i]
    return total


@kernel(Run)
def find_centroid(s):
    points, centroid, n, worst = s.points, s.centroid, s.n, s.worst
    share = 1.0 / n
    for i in range(n):
        centroid[i] = column_sum(points, n + 1, i, worst) * share


@kernel(Run)
def try_on_line(s, t):
    trial, centroid, worst = s.trial, s.centroid, s.points[s.worst]
    for i in range(s.n):
        trial[i] = (1.0 - t) * centroid[i] + t * worst[i]
    complete_trial(s, -1)


@kernel(Run)
def try_centre(s):
    trial, points, n = s.trial, s.points, s.n
    for i in range(n):
        trial[i] = column_sum(points, n + 1, i, -1) * (1.0 / (n + 1))
    complete_trial(s, -1)


@kernel(Run)
def try_inwards(s, share):
    trial, reflected, middle = s.trial, s.reflected, s.middle
    for i in range(s.n):
        x = reflected[i]
        trial[i] = x + share * (middle[i] - x)
    complete_trial(s, -1)


@kernel(Run)
def try_shrunk(s, v):
    trial, point, best, t = s.trial, s.points[v], s.points[s.best], s.shrink
    for i in range(s.n):
        trial[i] = t * point[i] + (1.0 - t) * best[i]
    complete_trial(s, v)


@kernel(Run)
def try_params(s, params, v):
    trial = s.trial
    for i in range(s.n):
        trial[i] = params[i]
    complete_trial(s, v)


@leaf
def complete_trial(s, vertex):
    """Clip the trial point, and add the extra elements, a vertex's or zeros."""
    n, trial = s.n, s.trial
    if s.clips:
        lower, upper = s.lower, s.upper
        for i in range(n):
            if not (s.fixed_only and lower[i] < upper[i]):
                x = trial[i]
                trial[i] = lower[i] if x <= lower[i] else upper[i] if x >= upper[i] else x
    for i in range(n, n + s.extra):
        trial[i] = s.points[vertex][i] if vertex >= 0 else 0.0


@kernel(Run)
def is_outside(s):
    trial, lower, upper = s.trial, s.lower, s.upper
    for i in range(s.n):
        if trial[i] < lower[i] or trial[i] > upper[i]:
            return True
    return False


@kernel(Run)
def put(s, v, point, value):
    vertex = s.points[v]
    for i in range(s.n + s.extra):
        vertex[i] = point[i]
    s.values[v] = math.inf if math.isnan(value) and s.nan_ranks_worst else value


@kernel(Run)
def vertex(s, v):
    return s.points[v]


@kernel(Run)
def swap(s, a, b):
    one, other, values = s.points[a], s.points[b], s.values
    for i in range(s.n + s.extra):
        one[i], other[i] = other[i], one[i]
    values[a], values[b] = values[b], values[a]


@kernel(Run)
def is_tiny(s):
    x, ranges, points = s.points[s.best], s.run_ranges, s.points
    if not is_near(s.n, points[s.worst], x, TINY, ranges):
        return False  # nearly always
    for v in range(s.n + 1):
        if not is_near(s.n, points[v], x, TINY, ranges):
            return False
    return True


@kernel(Run)
def all_near(s, x, share):
    points, ranges = s.points, s.ranges
    for v in range(s.n + 1):
        if not is_near(s.n, points[v], x, share, ranges):
            return False
    return True


@leaf
def is_near(n, a, x, share, ranges):
    """Return whether a point is within a share of |x| + ranges of `x`."""
    for i in range(n):
        if not abs(a[i] - x[i]) <= share * (abs(x[i]) + ranges[i]):
            return False
    return True


@kernel(Run)
def all_within_tolerance(s, x):
    points, tolerance = s.points, s.param_tolerance
    for v in range(s.n + 1):
        point = points[v]
        for i in range(s.n):
            if not abs(point[i] - x[i]) <= tolerance:
                return False
    return True


@kernel(Run)
def find_extents(s):
    points, sizes, best = s.points, s.sizes, s.best
    for i in range(s.n):
        square = 0.0
        for v in range(s.n + 1):
            if v != best:
                d = abs(points[v][i] - points[best][i])
                square += d * d
        sizes[i] = math.sqrt(square)


@kernel(Run)
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


@kernel(Run)
def length(s, vector):
    return math.sqrt(pairwise_dot(vector, vector, 0, s.n))


@kernel(Run)
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
def pairwise_dot(a, b, start, n):
    """Return the sum of n products from `start` on, added up in the order of ``numpy.add.reduce``.

    That halves the range until at most 128 are left. Here it is halved three times at most, as
    numba cannot cache a function that calls itself: the same for up to 968 parameters.
    """
    if n <= 128:
        return block_dot(a, b, start, n)
    half = n // 2
    half -= half % 8
    return half_dot(a, b, start, half) + half_dot(a, b, start + half, n - half)


@jit
def half_dot(a, b, start, n):
    """Do the same for up to 488 products."""
    if n <= 128:
        return block_dot(a, b, start, n)
    half = n // 2
    half -= half % 8
    return quarter_dot(a, b, start, half) + quarter_dot(a, b, start + half, n - half)


@jit
def quarter_dot(a, b, start, n):
    """Do the same for up to 248 products."""
    if n <= 128:
        return block_dot(a, b, start, n)
    half = n // 2
    half -= half % 8
    return block_dot(a, b, start, half) + block_dot(a, b, start + half, n - half)


@jit
def block_dot(a, b, start, n):
    """Do the same for up to 128 products, in eight sums."""
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
