"""The answers of the function in a run, kept so that the run can be made again from them.

A run is deterministic: told the same values it asks for the same points, ends with the same bits,
and has the same trace. So a file needs only the answers, and reading them puts nothing into a run
that a function could not have answered.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..common.arrays import Array
from .answer_file import Answer, check_of
from .call import Call

if TYPE_CHECKING:
    from .driver import Driver

_NUMBERS = 3  # of an answer, before its extra elements


class OtherPoint(RuntimeError):  # noqa: N818
    """An answer belongs to another point than the one that is asked for."""

    def __init__(self) -> None:
        super().__init__(
            "the values belong to other points than those that are asked for; they come from "
            "another version of minimizer, or from a machine that computes otherwise"
        )


class AnswerLog:
    """The answers of one run, in their order; 24 bytes each, and 8 for an extra element."""

    def __init__(self) -> None:
        self._numbers, self._width, self._check = array("d"), _NUMBERS, 0

    def __len__(self) -> int:
        return len(self._numbers) // self._width

    def note(self, params: Array, value: float, aborts: bool, point: Array) -> None:
        """Add the answer at `params` (n,); `point` (n + extra,) has what the function wrote."""
        self._check = check_of(params, self._check)
        extra = point[len(params) :].tolist()
        self._width = _NUMBERS + len(extra)
        self._numbers.extend((value, aborts, self._check, *extra))

    @property
    def rows(self) -> Array:
        """All answers so far, as `packed` has them; from any thread."""
        numbers, width = np.frombuffer(self._numbers.tobytes()), self._width
        return numbers[: len(numbers) // width * width].reshape(-1, width)


def packed(answers: Sequence[Answer]) -> Array:
    """Return answers as an array (m, 3 + extra)."""
    rows = [(answer.value, answer.aborts, answer.check, *answer.extra) for answer in answers]
    return np.array(rows, dtype=np.float64).reshape(len(rows), -1 if rows else _NUMBERS)


def unpacked(rows: Array) -> list[Answer]:
    """Return the answers of an array (m, 3 + extra)."""
    return [
        Answer(value, bool(aborts), tuple(extra), int(check))
        for value, aborts, check, *extra in rows.tolist()
    ]


def give(answer: Answer, before: int, point: Array, call: Call) -> float:
    """Stand in for the function at `point`: write the extra elements to it, return the value.

    `before` is the checksum of the answer before this one.
    """
    n = len(point) - len(answer.extra)
    if check_of(point[:n], before) != answer.check:
        raise OtherPoint
    point[n:] = answer.extra
    if answer.aborts:
        call.abort()
    return answer.value


def replay(driver: Driver, answers: Sequence[Answer]) -> None:
    """Repeat a run that has not begun from its answers, until they or the run end."""
    before = 0
    for answer, point in zip(answers, _points(driver), strict=False):
        driver.tell(give(answer, before, point, driver.call))
        before = answer.check


def _points(driver: Driver) -> Iterator[Array]:
    while (point := driver.ask()) is not None:
        yield point
