"""Between a state in Python and the same state in memory, as compiled code knows it."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import numpy as np

from ...common.arrays import Array
from ..agreement import N_COLUMNS
from ..method import N_RESULTS
from ..state import RUN_SCALARS, RoundsState, RunState
from .state_type import State, rounds_state, run_state

_SCALARS_OF: dict[State, Any] = {
    typ: attrgetter(*(typ.record.names or ())[:-2]) for typ in (run_state, rounds_state)
}
_GIVEN = "start variations lower upper resolutions ranges run_ranges target".split()  # noqa: SIM905


class Packed:
    """The record (1,) of a state and its block, see `state_type`."""

    def __init__(self, typ: State, state: RunState | RoundsState) -> None:
        n, width = state.n, state.n + state.extra
        rows = len(typ.vectors) + len(typ.matrices) * (n + 1) + N_RESULTS
        self._typ, self._n, self._width = typ, n, width
        self.block = np.zeros((rows, width + N_COLUMNS))
        ends = address_of(self.block), self.block.shape[1]
        self.record = np.array([(*_SCALARS_OF[typ](state), *ends)], typ.record)

    @property
    def address(self) -> int:
        """Where the record begins."""
        return address_of(self.record)

    def row(self, name: str) -> Array:
        """Return a vector (n + extra,), a view."""
        row: Array = self.block[self._typ.vectors.index(name), : self._width]
        return row

    def values(self, name: str) -> Array:
        """Return the values of vertices (n + 1,), a view."""
        row: Array = self.block[self._typ.vectors.index(name), : self._n + 1]
        return row

    def matrix(self, name: str) -> Array:
        """Return a matrix (n + 1, n + extra), a view."""
        first = len(self._typ.vectors) + self._typ.matrices.index(name) * (self._n + 1)
        rows: Array = self.block[first : first + self._n + 1, : self._width]
        return rows


def packed_rounds(r: RoundsState) -> Packed:
    """Return rounds that have not begun."""
    return Packed(rounds_state, r)


def packed_run(s: RunState) -> Packed:
    """Return a run that has not begun."""
    packed = Packed(run_state, s)
    for name in _GIVEN:
        vector = getattr(s, name, None)
        if vector is not None:
            packed.row(name)[: len(vector)] = vector
    packed.values("values")[:] = packed.values("true_values")[:] = s.values
    if s.given is not None:
        packed.matrix("given")[:, : s.n] = s.given
    return packed


def take_over(packed: Packed, s: RunState) -> None:
    """Copy scalars, vertices and best point back from compiled code to a state."""
    for name, value in zip(RUN_SCALARS, packed.record.item(), strict=False):
        setattr(s, name, value)
    s.best_point, s.result = packed.row("best_point").copy(), packed.row("result").copy()
    s.points, s.values = packed.matrix("points").copy(), packed.values("values").tolist()
    s.true_values = packed.values("true_values").tolist()
    for name in ("hessian", "frame"):
        setattr(s, name, packed.matrix(name)[: s.n, : s.n].tolist())
    for name in ("held", "walled", "first_point"):
        setattr(s, name, packed.row(name)[: s.n].tolist())


def address_of(array: np.ndarray) -> int:
    """Return where an array begins in memory."""
    return array.ctypes.data  # its __array_interface__ would describe every field, for longer
