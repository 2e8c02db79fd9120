"""The contents of a checkpoint: how the call began, the function's answers, the time taken.

From these the call is repeated up to its last answer. Nothing is taken on trust: settings pass the
usual checks, sizes are those of the actual data, and answers must fit the points.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from . import several
from .answer_file import Answer
from .answer_log import unpacked
from .checkpoint_file import as_text, damaged, from_text, read
from .session import Session
from .several import Waiting

MOST_PARAMS, MOST_ELEMENTS = 3000, 10**8  # elements of the arrays made on reading: some hundred MB
WRONG = (ValueError, TypeError, LookupError, AttributeError, OverflowError, MemoryError)


class Begun(NamedTuple):
    """How a call began: settings and start as JSON, and whether it is a single run."""

    settings: dict[str, Any]
    start: list[Any]  # initial_params, initial_param_variations, initial_simplex
    once: bool


class Saved(NamedTuple):
    """A call as read from its file."""

    begun: Begun
    seconds: float
    known: dict[int, list[Answer]]
    waiting: list[Waiting]


def data_of_call(begun: Begun, session: Session) -> dict[str, Any]:
    """Return the contents of the file of a call, from any thread."""
    return {
        **begun._asdict(),
        "seconds": session.call.seconds,
        "runs": {str(number): as_text(rows) for number, rows in session.answers.items()},
        "waiting": several.as_data(session.waiting),
    }


def read_call(path: Path) -> Saved:
    """Return the call in a file; a ValueError says why there is none."""
    data = read(path)
    try:
        begun = Begun(dict(data["settings"]), list(data["start"]), data["once"] is True)
        extra = check_size(begun)
        rows = {int(number): from_text(text) for number, text in data["runs"].items()}
        known = {number: unpacked(answers) for number, answers in rows.items() if len(answers)}
        if any(len(answers[0].extra) != extra for answers in known.values()):
            raise ValueError("extra elements are missing")
        waiting = several.from_data(data["waiting"], extra)
        return Saved(begun, float(data["seconds"]), known, waiting)
    except WRONG as error:
        raise damaged(path) from error


def check_size(begun: Begun) -> int:
    """Return the number of extra elements; refuse sizes that would take too much memory."""
    params, variations, simplex = begun.start
    vectors = [params, variations, None if simplex is None else simplex[0]]
    n = max([begun.settings["n_params"] or 0, *(len(each) for each in vectors if each)])
    extra: int = begun.settings["extra_array_elements"]
    if n > MOST_PARAMS or not 0 <= (n + 1) * extra <= MOST_ELEMENTS:
        raise ValueError(f"there are {n} parameters with {extra} extra elements")
    return extra
