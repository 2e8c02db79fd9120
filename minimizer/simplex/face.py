"""The face of a box on which a simplex lies: the edges within it, and the slope across it.

Where every vertex has a parameter on the same bound, that parameter is held: the simplex is flat,
and a surface is fitted within the face. It is a minimum only if the function rises from there into
the box.
"""

from __future__ import annotations

from ..common.ieee import maximum
from ..common.one_source import compilable
from .box import is_at, nearer_bound
from .state import RunState

THIN = 1e-6  # edges that span less than this have lost a dimension
INWARDS = 1e-6  # of the range and the way: how far inside the slope across is taken


@compilable
def find_edges(s: RunState) -> bool:
    """Take the edges to all vertices, or within a face to as many as it has dimensions.

    They begin at vertex 0 and end at vertices 1 to `n_edges`. Return whether there are any that
    span the face.
    """
    s.n_edges = s.n
    if s.clips:
        for i in range(s.n):
            s.held[i] = 1.0 if is_held(s, i) else 0.0
            s.n_edges -= int(s.held[i])
    if s.n_edges < s.n and not choose_vertices(s):
        return False
    s.find_frame()
    return s.n_edges > 0


@compilable
def is_held(s: RunState, i: int) -> bool:
    """Return whether all vertices have parameter i on the same bound, up to rounding."""
    bound = nearer_bound(s, i, s.points[0][i])
    for v in range(s.n + 1):
        if not is_at(s.points[v][i], bound):
            return False
    return True


@compilable
def spans_space(s: RunState) -> bool:
    """Return whether no edge is nearly a combination of those before (`bent` is lost)."""
    m = s.n_edges
    for k in range(m):
        for i in range(s.n):
            s.bent[k][i] = s.frame[k][i]
    scale_rows(s, m)
    for k in range(m):
        square = dot(s, k, k)
        if not square > THIN * THIN:
            return False
        clear_row(s, k, square, m)
    return True


@compilable
def choose_vertices(s: RunState) -> bool:
    """Put first the vertices whose edges span the face best (pivoted Gram-Schmidt)."""
    rows, n = s.bent, s.n
    for v in range(n):
        for i in range(n):
            rows[v][i] = s.points[v + 1][i] - s.points[0][i]
    scale_rows(s, n)
    for k in range(s.n_edges):
        longest, square = k, 0.0
        for v in range(k, n):
            own = dot(s, v, v)
            if own > square:
                longest, square = v, own
        if not square > 0.0:
            return False
        s.swap(k + 1, longest + 1)
        for i in range(n):
            rows[k][i], rows[longest][i] = rows[longest][i], rows[k][i]
        clear_row(s, k, square, n)
    return True


@compilable
def scale_rows(s: RunState, count: int) -> None:
    """Scale the rows of `bent` so that the largest element of each parameter is 1."""
    rows = s.bent
    for i in range(s.n):
        extent = 0.0
        for k in range(count):
            extent = maximum(extent, abs(rows[k][i]))
        for k in range(count):
            rows[k][i] = rows[k][i] / (extent if extent > 0.0 else 1.0)


@compilable
def clear_row(s: RunState, k: int, square: float, count: int) -> None:
    """Make the rows of `bent` after row k orthogonal to it; `square` is its own."""
    rows = s.bent
    for v in range(k + 1, count):
        share = dot(s, v, k) / square
        for i in range(s.n):
            rows[v][i] -= share * rows[k][i]


@compilable
def dot(s: RunState, a: int, b: int) -> float:
    """Return the scalar product of two rows."""
    total = 0.0
    for i in range(s.n):
        total += s.bent[a][i] * s.bent[b][i]
    return total


@compilable
def room_for(s: RunState, i: int, way: float) -> float:
    """Return how far parameter i may go from vertex 0 in that direction."""
    return (s.upper[i] if way > 0.0 else s.lower[i]) - s.points[0][i]


@compilable
def first_blocked(s: RunState) -> int:
    """Return the parameter whose bound `step` from vertex 0 meets first, -1 if none."""
    first, share = -1, 1.0
    for i in range(s.n):
        way = s.step[i]
        room = room_for(s, i, way)
        if s.held[i] + s.walled[i] == 0.0 and abs(share * way) > abs(room):
            first, share = i, room / way
    return first


@compilable
def next_held(s: RunState, i: int) -> int:
    """Return the first held parameter from i on that is free to move, n if there is none."""
    while i < s.n and not (s.held[i] + s.walled[i] > 0.0 and s.lower[i] < s.upper[i]):
        i += 1
    return i


@compilable
def ask_across(s: RunState, i: int) -> None:
    """Try the best vertex with parameter i a little inside."""
    s.probe_index = i
    s.begin_at(s.best)
    x, way = s.step[i], INWARDS * s.run_ranges[i]
    room = s.upper[i] - s.lower[i]
    way = way if way < room else room
    s.step[i] = x + way if x - s.lower[i] < s.upper[i] - x else x - way
    s.try_params(s.step, s.best)
