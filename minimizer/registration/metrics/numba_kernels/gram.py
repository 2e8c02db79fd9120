"""Sums of products of values and of slopes, from which least squares are computed.

The slopes are those of the interpolated moving image along each parameter, which moves a position x
by ``slopes[k] @ (x, 1)``. The samples are gathered in a table of columns, whose products are
added up when it is full: that runs in vector registers.
"""

from __future__ import annotations

import numpy as np

from .walk import compiled, hole_2, hole_3, walk

COLUMNS = 256


@compiled
def add_products(table, count, gram):  # type: ignore[no-untyped-def]
    """Add the products of all rows of a table, of its first `count` columns, to `gram`."""
    for a in range(table.shape[0]):
        for b in range(a + 1):
            total = 0.0
            for c in range(count):
                total += table[a, c] * table[b, c]
            gram[a, b] += total
            if a != b:
                gram[b, a] += total


@compiled
def set_moves(slopes, start, moves):  # type: ignore[no-untyped-def]
    """Set how parameters move the first position of a run, and the change along it."""
    ndim = start.size
    for k in range(slopes.shape[0]):
        for d in range(ndim):
            move = slopes[k, d, ndim]
            for e in range(ndim):
                move += slopes[k, d, e] * start[e]
            moves[k, d, 0], moves[k, d, 1] = move, slopes[k, d, ndim - 1]


@compiled
def gram_2(  # type: ignore[no-untyped-def]
    fixed, start, length, first, moving, cells, missing, matrix, frame, slopes, gram
):
    """Set `gram` (4 + n, 4 + n): products of 1, f, m, f - m and the slopes of m."""
    p, s, n = np.empty(2), np.empty(2), slopes.shape[0]
    moves, table, count = np.empty((n, 2, 2)), np.empty((4 + n, COLUMNS)), 0
    h, w, holes = moving.shape[0] - 2, moving.shape[1] - 2, cells.size > 0
    gram[:] = 0.0
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        if low >= high:
            continue
        set_moves(slopes, start[run], moves)
        p0, p1, s0, s1, offset = p[0], p[1], s[0], s[1], first[run]
        for q in range(low, high):
            y, x = p0 + q * s0, p1 + q * s1
            i, j = min(int(y), h), min(int(x), w)
            t, u = y - i, x - j
            if holes and cells[i, j] and hole_2(missing, i, j, t, u):
                continue
            a, b = np.float64(moving[i, j]), np.float64(moving[i + 1, j])
            ax, bx = moving[i, j + 1] - a, moving[i + 1, j + 1] - b
            a, b = a + u * ax, b + u * bx
            gy, gx = b - a, ax + t * (bx - ax)
            f, m = fixed[offset + q], a + t * gy
            table[0, count], table[1, count], table[2, count], table[3, count] = 1.0, f, m, f - m
            for k in range(n):
                table[4 + k, count] = gy * (moves[k, 0, 0] + q * moves[k, 0, 1]) + gx * (
                    moves[k, 1, 0] + q * moves[k, 1, 1]
                )
            count += 1
            if count == COLUMNS:
                add_products(table, count, gram)
                count = 0
    add_products(table, count, gram)


@compiled
def gram_3(  # type: ignore[no-untyped-def]
    fixed, start, length, first, moving, cells, missing, matrix, frame, slopes, gram
):
    """Set `gram` (4 + n, 4 + n): products of 1, f, m, f - m and the slopes of m."""
    p, s, n = np.empty(3), np.empty(3), slopes.shape[0]
    moves, table, count = np.empty((n, 3, 2)), np.empty((4 + n, COLUMNS)), 0
    d, h, w = moving.shape[0] - 2, moving.shape[1] - 2, moving.shape[2] - 2
    holes = cells.size > 0
    gram[:] = 0.0
    for run in range(start.shape[0]):
        low, high = walk(matrix, start[run], length[run], frame, p, s)
        if low >= high:
            continue
        set_moves(slopes, start[run], moves)
        p0, p1, p2, s0, s1, s2, offset = p[0], p[1], p[2], s[0], s[1], s[2], first[run]
        for q in range(low, high):
            z, y, x = p0 + q * s0, p1 + q * s1, p2 + q * s2
            i, j, k = min(int(z), d), min(int(y), h), min(int(x), w)
            t, u, v = z - i, y - j, x - k
            if holes and cells[i, j, k] and hole_3(missing, i, j, k, t, u, v):
                continue
            a, b = np.float64(moving[i, j, k]), np.float64(moving[i, j + 1, k])
            c, e = np.float64(moving[i + 1, j, k]), np.float64(moving[i + 1, j + 1, k])
            ax, bx = moving[i, j, k + 1] - a, moving[i, j + 1, k + 1] - b
            cx, ex = moving[i + 1, j, k + 1] - c, moving[i + 1, j + 1, k + 1] - e
            a, b, c, e = a + v * ax, b + v * bx, c + v * cx, e + v * ex
            ay, cy = b - a, e - c
            a, c = a + u * ay, c + u * cy
            ax, cx = ax + u * (bx - ax), cx + u * (ex - cx)
            gz, gy, gx = c - a, ay + t * (cy - ay), ax + t * (cx - ax)
            f, m = fixed[offset + q], a + t * gz
            table[0, count], table[1, count], table[2, count], table[3, count] = 1.0, f, m, f - m
            for o in range(n):
                table[4 + o, count] = (
                    gz * (moves[o, 0, 0] + q * moves[o, 0, 1])
                    + gy * (moves[o, 1, 0] + q * moves[o, 1, 1])
                    + gx * (moves[o, 2, 0] + q * moves[o, 2, 1])
                )
            count += 1
            if count == COLUMNS:
                add_products(table, count, gram)
                count = 0
    add_products(table, count, gram)
