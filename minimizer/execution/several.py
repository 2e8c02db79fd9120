"""Several points of a call at once, for evaluation side by side.

They are the next point of the run under way and its forecast, and the same of the run that may be
made beside it. Values wait here for their turn: the run asks for its points one by one, as always,
and is told the value at exactly that point. So all results are those of one point at a time, and a
value that is never asked for counts as speculative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, zip_longest
from typing import Any, NamedTuple

import numpy as np

from ..common.arrays import Array
from .answer_file import Answer
from .answer_log import replay, unpacked
from .call import Call
from .driver import Driver
from .returned_value import as_real
from .solver import Solver


class Waiting(NamedTuple):
    """The answer at a point (n + extra,) of a run."""

    run: int
    point: bytes
    value: float
    extra: tuple[float, ...]


class Several:
    """The points of a call to be evaluated at once, and the values waiting for their turn."""

    def __init__(
        self, make: Callable[[Any, int], Solver], call: Call, n: int, waiting: Iterable[Waiting]
    ) -> None:
        self._make, self._call, self._n = make, call, n
        self._waiting: dict[tuple[int, bytes], list[Waiting]] = {}
        self._handed: list[tuple[int, Array]] = []
        self._rows = np.empty((0, n))
        self.beside: Driver | None = None  # the run beside that under way
        for each in waiting:
            self._keep(each)

    @property
    def is_waiting(self) -> bool:
        """Whether points were asked for, and their values not told yet."""
        return bool(self._handed)

    @property
    def waiting(self) -> list[Waiting]:
        """The answers not asked for yet; callable from any thread."""
        return [each for answers in list(self._waiting.values()) for each in answers]

    @property
    def not_needed(self) -> int:
        """How many evaluations were never asked for, at the end of the call."""
        beside = self.beside
        logged = 0 if beside is None or beside.log is None else len(beside.log)
        return len(self.waiting) + logged

    def ask(self, driver: Driver, known: dict[int, list[Answer]], count: int) -> Array:
        """Return up to `count` points (m, n + extra), one of which is the next of the run."""
        self._begin_beside(driver, known)
        second = [] if self.beside is None else [self.beside]
        by_run = [list(self._points_of(each, count)) for each in [driver, *second]]
        in_turn = chain.from_iterable(zip_longest(*by_run))
        self._handed = [pair for pair in in_turn if pair is not None][:count]
        self._rows = np.array([point for _, point in self._handed])
        return self._rows

    def tell(self, values: Any) -> None:
        """Take the values at the points asked for last, in that order."""
        if not isinstance(values, Iterable):
            raise TypeError(f"tell: {values!r} is not a sequence; give one value for each point")
        given = list(values)
        if len(given) != len(self._handed):
            raise ValueError(
                f"tell: there are {len(given)} values for {len(self._handed)} points; give one for "
                "each, in their order"
            )
        pairs = zip(given, self._handed, strict=True)
        checked = [as_real(value, point[: self._n]) for value, (_, point) in pairs]
        for value, (run, point), row in zip(checked, self._handed, self._rows, strict=True):
            self._keep(Waiting(run, point.tobytes(), value, tuple(row[self._n :].tolist())))
        self.forget_points()
        beside = self.beside
        if beside is not None:
            self.tell_waiting(beside)

    def forget_points(self) -> None:
        """Forget the points asked for last; they will be asked for again."""
        self._handed = []

    def tell_waiting(self, driver: Driver) -> Array | None:
        """Tell a run the values that wait for it; return the next point, None at the end."""
        while (point := driver.ask()) is not None and self._waiting:
            key = driver.number, point.tobytes()
            answers = self._waiting.get(key)
            if answers is None:
                return point
            answer = answers.pop(0)
            if not answers:
                del self._waiting[key]
            point[self._n :] = answer.extra
            driver.tell(answer.value)
        return point

    def answers_of(self, number: int) -> list[Answer]:
        """Return the known answers of a run that is about to begin."""
        beside = self.beside
        if beside is None or beside.number != number or beside.log is None:
            return []
        self.beside = None
        return unpacked(beside.log.rows)

    def _begin_beside(self, driver: Driver, known: dict[int, list[Answer]]) -> None:
        spec, number = driver.solver.spec.beside, driver.number + 1
        if self.beside is None and spec is not None:
            call = Call(logs=True, leader=self._call)
            self.beside = Driver(self._make(spec, number), call, number)
            replay(self.beside, known.pop(number, []))
            self.tell_waiting(self.beside)

    def _points_of(self, driver: Driver, count: int) -> Iterator[tuple[int, Array]]:
        """Yield the points of a run to be evaluated, except those that have a value."""
        number, point = driver.number, driver.ask()
        if point is None:
            return
        more = driver.solver.points_ahead(count - 1 + len(self._waiting))
        for each in [point, *more]:
            if (number, each.tobytes()) not in self._waiting:
                yield number, each

    def _keep(self, answer: Waiting) -> None:
        self._waiting.setdefault((answer.run, answer.point), []).append(answer)


def as_data(waiting: list[Waiting]) -> list[Any]:
    """Return answers that wait for their turn as JSON."""
    return [[each.run, each.point.hex(), each.value, list(each.extra)] for each in waiting]


def from_data(rows: list[Any], extra: int) -> list[Waiting]:
    """Return the answers in a file; ValueError or TypeError if there are none."""
    answers = [
        Waiting(int(run), bytes.fromhex(point), float(value), tuple(map(float, more)))
        for run, point, value, more in rows
    ]
    if any(len(answer.extra) != extra for answer in answers):
        raise ValueError("extra elements are missing")
    return answers
