"""Between a state in Python and the same state in memory, as compiled code knows it."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import Any

import numpy as np

from ...common.arrays import Array
from ..list_state import ListState
from ..state import RoundsState, RunState
from .layout import ROUNDS, RUN, Layout, shapes


class Packed:
    """A record of scalars and a block of floats.

    Attributes
    ----------
    record : ndarray (1,)
        The scalars.
    rows : ndarray (k, n + extra)
        The vectors, in the order of the layout.
    arrays : dict of ndarray
        The matrices.
    """

    def __init__(self, layout: Layout, state: RunState | RoundsState) -> None:
        sizes = shapes(layout, state.n, state.n + state.extra)
        self._layout = layout
        self.block = np.zeros(sum(map(math.prod, sizes)))
        self._cut(sizes)
        scalars = _SCALARS_OF[layout.scalars](state)
        self.record = np.array([(*scalars, address_of(self.block))], layout.scalars)

    def _cut(self, sizes: list[tuple[int, int]]) -> None:
        views, start = [], 0
        for size in sizes:
            views.append(self.block[start : start + math.prod(size)].reshape(size))
            start += math.prod(size)
        self.rows, *others = views
        self.arrays = dict(zip(self._layout.matrices, others, strict=True))

    @property
    def address(self) -> int:
        """Where the record begins."""
        return address_of(self.record)

    def row(self, name: str) -> Array:
        """Return a vector, a view."""
        row: Array = self.rows[self._layout.rows.index(name)]
        return row


_SCALARS_OF = {
    layout.scalars: attrgetter(*(layout.scalars.names or ())[:-1]) for layout in (RUN, ROUNDS)
}
_GIVEN = "start variations lower upper resolutions ranges run_ranges target".split()  # noqa: SIM905
_FOUND = "trial best_point result before reflected origin middle".split()  # noqa: SIM905


def packed_run(s: RunState) -> Packed:
    """Return a run that has not begun."""
    packed = Packed(RUN, s)
    for name in _GIVEN:
        vector = getattr(s, name, None)
        if vector is not None:
            packed.row(name)[: len(vector)] = vector
    packed.arrays["values"][0] = s.values
    if s.given is not None:
        packed.arrays["given"][:, : s.n] = s.given
    return packed


def packed_rounds(r: RoundsState) -> Packed:
    """Return rounds that have not begun."""
    return Packed(ROUNDS, r)


def unpack(packed: Packed, s: RunState) -> None:
    """Let a state be what has become of it in compiled code."""
    scalars: tuple[Any, ...] = packed.record.item()
    for name, value in zip(RUN.scalars.names or (), scalars[:-1], strict=False):
        setattr(s, name, value)
    is_list = isinstance(s, ListState)
    for name in _FOUND:
        row = packed.row(name)
        setattr(s, name, row.tolist() if is_list else row.copy())
    points = packed.arrays["points"]
    s.points = points.tolist() if is_list else points.copy()
    s.values = packed.arrays["values"][0].tolist()


def address_of(array: np.ndarray) -> int:
    """Return where an array begins in memory."""
    return array.ctypes.data  # its __array_interface__ would describe every field, for longer
