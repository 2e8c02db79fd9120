"""What of a call is in its file: how it began, what the function answered, the time it took.

From these the call is made again up to where it was. Nothing else is believed: settings pass the
checks of all settings, sizes are those of what is there, and answers must fit the points.
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

MOST_PARAMS, MOST_ELEMENTS = 3000, 10**8  # of what is made when a file is read: some hundred MB
WRONG = (ValueError, TypeError, LookupError, AttributeError, OverflowError, MemoryError)


class Begun(NamedTuple):
    """How a call began: settings and start as JSON knows them, and whether it is a single run."""

    settings: dict[str, Any]
    start: list[Any]  # initial_params, initial_param_variations, initial_simplex
    once: bool


class Saved(NamedTuple):
    """A call as its file has it."""

    begun: Begun
    seconds: float
    known: dict[int, list[Answer]]
    waiting: list[Waiting]


def data_of_call(begun: Begun, session: Session) -> dict[str, Any]:
    """Return what is to be in the file of a call, from any thread."""
    return {
        **begun._asdict(),
        "seconds": session.call.seconds,
        "runs": {str(number): as_text(rows) for number, rows in session.answers.items()},
        "waiting": several.as_data(session.waiting),
    }


def read_call(path: Path) -> Saved:
    """Return the call that a file has; a ValueError says why there is none."""
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
    """Return the number of extra elements; refuse what would take more memory than there is."""
    params, variations, simplex = begun.start
    vectors = [params, variations, None if simplex is None else simplex[0]]
    n = max([begun.settings["n_params"] or 0, *(len(each) for each in vectors if each)])
    extra: int = begun.settings["extra_array_elements"]
    if n > MOST_PARAMS or not 0 <= (n + 1) * extra <= MOST_ELEMENTS:
        raise ValueError(f"there are {n} parameters with {extra} extra elements")
    return extra
