"""The protocols of a method and its runs: a method makes runs, and a run asks for points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Protocol

from ..common.arrays import Array
from ..common.records import RunRecord
from ..common.status import Status


class Solver(Protocol):
    """One run, as data that can be pickled: advanced by values at the points it asks for.

    Runs with the same ``spec.seed`` evaluate the same points as far as they go; ``spec.beside``
    specifies the run that will be needed next and may begin at the same time, or None.
    """

    spec: Any  # its specification

    @property
    def returns(self) -> str:
        """How to read the value at the next point: a name in `returned_value.READERS`."""

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""

    @property
    def move(self) -> Enum:
        """Why the next point is to be evaluated."""

    @property
    def params(self) -> Array:
        """The next point without extra elements, as it was asked for."""

    def ask(self, ends: int) -> Array | None:
        """Return a copy of the next point, None at the end; the call `ends` with a status, or 0."""

    def points_ahead(self, count: int) -> list[Array]:
        """Return copies of up to `count` points after the last one asked for.

        They are the points that are known already, for any ordinary values to come: the vertices of
        a new simplex, the columns of a Jacobian. All may be evaluated at once. This forecast
        changes nothing: the run still asks for each point in its turn, and is told only a value at
        exactly these bits. Where a value is not ordinary and the run goes elsewhere, the others
        were evaluated in vain and are counted apart. Points beyond the run's own limits are left
        out; a method without a forecast returns ``[]``.
        """

    def tell(self, value: Any, point: Array, aborted: bool) -> bool:
        """Take the value at `point`, as `returns` says; return whether an iteration has ended."""

    def cut(self, status: Status) -> None:
        """End the run from outside, unless it is over."""

    def failed(self) -> None:
        """Count an evaluation without a value."""

    def record(self) -> RunRecord:
        """Return the record of the run so far."""


class Method(Protocol):
    """The runs of one call, with `n` parameters and `extra` elements."""

    n: int
    extra: int

    @property
    def make(self) -> Callable[[Any, int], Solver]:
        """Function of a spec and a number that returns a run; it can be sent to a worker."""

    @property
    def spec(self) -> Any:
        """The next run, None at the end."""

    @property
    def status(self) -> Status | None:
        """The overall status, None before the end."""

    @property
    def best(self) -> int | None:
        """Number of the run with the overall result, None if there is none."""

    @property
    def may_share(self) -> bool:
        """Whether there are runs that do not depend on each other."""

    def take(self, run: Any) -> None:
        """Take a run that has ended."""

    def ahead(self, first: int, count: int) -> Sequence[tuple[int, Any]]:
        """Return number and specification of runs, from `first` on, that may be needed later."""
