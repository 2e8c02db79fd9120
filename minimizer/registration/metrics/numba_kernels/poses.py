"""Sums over the overlap of two small volumes for many poses of one of them; see `..pose_sums`."""

from __future__ import annotations

import numpy as np

from .gram import add_products
from .walk import compiled, inlined

COLUMNS = 256


def pose_sums(  # type: ignore[no-untyped-def]
    node,
    part,
    points,
    moving,
    cells,
    linear,
    offset,
    arm,
    overlap,
    gram,
    total,
    squares,
    slopes,
    curvature,
):
    """Do the same as `..pose_sums.pose_sums`."""
    fixed, poses = (node, part, points), (linear, offset)
    if slopes.size:
        sums = overlap, gram, total, squares, slopes, curvature
        slope_sums(*fixed, moving, cells, *poses, arm, *sums)
    else:
        value_sums(*fixed, moving, cells, *poses, overlap, gram, total, squares)


@inlined
def turned(a, x, y, z):  # type: ignore[no-untyped-def]
    """Return a linear map of a point."""
    return (
        a[0, 0] * x + a[0, 1] * y + a[0, 2] * z,
        a[1, 0] * x + a[1, 1] * y + a[1, 2] * z,
        a[2, 0] * x + a[2, 1] * y + a[2, 2] * z,
    )


@compiled
def value_sums(  # type: ignore[no-untyped-def]
    node, part, points, moving, cells, linear, offset, overlap, gram, total, squares
):
    """Add up the sums of values, without slopes."""
    d, h, w = moving.shape[0] - 1, moving.shape[1] - 1, moving.shape[2] - 1
    # Numba need not test whether an unsigned index is negative.
    flat, flat_cells, one = moving.ravel(), cells.ravel(), np.uint64(1)
    row, plane = np.uint64(w + 1), np.uint64((h + 1) * (w + 1))
    is_line, holes = total.shape[1] == 2, cells.size > 0
    for k in range(linear.shape[0]):
        a, b, of_hats, of_values = linear[k], offset[k], gram[k], total[k]
        b0, b1, b2 = b[0], b[1], b[2]
        n, mm, sm, su, suu, sum_ = 0, 0.0, 0.0, 0.0, 0.0, 0.0
        for q in range(node.size):
            u0, u1, u2 = turned(a, points[q, 0], points[q, 1], points[q, 2])
            p0, p1, p2 = u0 + b0, u1 + b1, u2 + b2
            if p0 < 0 or p1 < 0 or p2 < 0 or p0 > d or p1 > h or p2 > w:
                continue
            i, j, l = min(int(p0), d - 1), min(int(p1), h - 1), min(int(p2), w - 1)  # noqa: E741
            near = np.uint64((i * (h + 1) + j) * (w + 1) + l)
            if holes and flat_cells[near]:
                continue
            far = near + plane
            r, s, t = p0 - i, p1 - j, p2 - l
            c00, c01, c10, c11 = flat[near], flat[near + row], flat[far], flat[far + row]
            near, far = near + one, far + one
            c00 += t * (flat[near] - c00)
            c01 += t * (flat[near + row] - c01)
            c10 += t * (flat[far] - c10)
            c11 += t * (flat[far + row] - c11)
            c00 += s * (c01 - c00)
            c10 += s * (c11 - c10)
            m, upper = c00 + r * (c10 - c00), part[q]
            n += 1
            mm += m * m
            if is_line:  # its two hats make up 1, and their sums stay in registers
                sm += m
                su += upper
                suu += upper * upper
                sum_ += upper * m
                continue
            c, lower = np.uint64(node[q]), 1.0 - upper
            of_hats[c, 0] += lower * lower
            of_hats[c, 1] += lower * upper
            of_hats[c + one, 0] += upper * upper
            of_values[c] += lower * m
            of_values[c + one] += upper * m
        overlap[k], squares[k] = n, mm
        if is_line:
            of_hats[0, 0] += n - 2.0 * su + suu
            of_hats[0, 1] += su - suu
            of_hats[1, 0] += suu
            of_values[0] += sm - sum_
            of_values[1] += sum_


@compiled
def slope_sums(  # type: ignore[no-untyped-def]
    node,
    part,
    points,
    moving,
    cells,
    linear,
    offset,
    arm,
    overlap,
    gram,
    total,
    squares,
    slopes,
    curvature,
):
    """Add up the sums of values and of slopes."""
    d, h, w = moving.shape[0] - 1, moving.shape[1] - 1, moving.shape[2] - 1
    flat, flat_cells, one = moving.ravel(), cells.ravel(), np.uint64(1)
    row, plane = np.uint64(w + 1), np.uint64((h + 1) * (w + 1))
    last, holes, per_arm = total.shape[1], cells.size > 0, 1.0 / arm
    is_line = last == 2
    table, products = np.empty((10, COLUMNS)), np.empty((10, 10))
    for k in range(linear.shape[0]):
        a, b, of_hats, of_values, of_slopes = linear[k], offset[k], gram[k], total[k], slopes[k]
        b0, b1, b2, n, count = b[0], b[1], b[2], 0, 0
        products[:] = 0.0
        for q in range(node.size):
            u0, u1, u2 = turned(a, points[q, 0], points[q, 1], points[q, 2])
            p0, p1, p2 = u0 + b0, u1 + b1, u2 + b2
            if p0 < 0 or p1 < 0 or p2 < 0 or p0 > d or p1 > h or p2 > w:
                continue
            i, j, l = min(int(p0), d - 1), min(int(p1), h - 1), min(int(p2), w - 1)  # noqa: E741
            near = np.uint64((i * (h + 1) + j) * (w + 1) + l)
            if holes and flat_cells[near]:
                continue
            far = near + plane
            r, s, t = p0 - i, p1 - j, p2 - l
            c00, c01, c10, c11 = flat[near], flat[near + row], flat[far], flat[far + row]
            near, far = near + one, far + one
            e00, e01, e10, e11 = flat[near], flat[near + row], flat[far], flat[far + row]
            e00, e01, e10, e11 = e00 - c00, e01 - c01, e10 - c10, e11 - c11
            c00, c01, c10, c11 = c00 + t * e00, c01 + t * e01, c10 + t * e10, c11 + t * e11
            f0, f1 = c00 + s * (c01 - c00), c10 + s * (c11 - c10)
            g0, m = f1 - f0, f0 + r * (f1 - f0)
            g1 = (1 - r) * (c01 - c00) + r * (c11 - c10)
            g2 = (1 - r) * (e00 + s * (e01 - e00)) + r * (e10 + s * (e11 - e10))
            upper = part[q]
            table[0, count] = (u1 * g2 - u2 * g1) * per_arm
            table[1, count] = (u2 * g0 - u0 * g2) * per_arm
            table[2, count] = (u0 * g1 - u1 * g0) * per_arm
            table[3, count], table[4, count], table[5, count] = g0, g1, g2
            table[6, count] = (u0 * g0 + u1 * g1 + u2 * g2) * per_arm
            table[7, count], table[8, count], table[9, count] = m, upper, 1.0 - upper
            if not is_line:
                c, lower = np.uint64(node[q]), 1.0 - upper
                of_hats[c, 0] += lower * lower
                of_hats[c, 1] += lower * upper
                of_hats[c + one, 0] += upper * upper
                of_values[c] += lower * m
                of_values[c + one] += upper * m
                for v in range(7):
                    of_slopes[c, v] += lower * table[v, count]
                    of_slopes[c + one, v] += upper * table[v, count]
            n += 1
            count += 1
            if count == COLUMNS:
                add_products(table, count, products)
                count = 0
        add_products(table, count, products)
        overlap[k], squares[k] = n, products[7, 7]
        for v in range(7):
            of_slopes[last, v] += products[7, v]
            for o in range(7):
                curvature[k, v, o] = products[v, o]
        if is_line:  # its two hats are rows of the table
            of_hats[0, 0] += products[9, 9]
            of_hats[0, 1] += products[9, 8]
            of_hats[1, 0] += products[8, 8]
            for c in range(2):
                of_values[c] += products[9 - c, 7]
                for v in range(7):
                    of_slopes[c, v] += products[9 - c, v]
