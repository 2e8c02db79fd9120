"""All built-in functions, by name and number."""

from __future__ import annotations

import difflib
from typing import Any

from .exponentials import EXPONENTIALS
from .peaks import PEAKS
from .polynomials import POLYNOMIALS
from .powers import POWERS
from .row import CurveFunction
from .sigmoids import SIGMOIDS

# ImageJ's list has its functions in this order; those not in it come last.
_ORDER = (0, 1, 2, 3, 17, 18, 19, 20, 5, 16, 4, 15, 11, 13, 22, 6, 9, 12, 21, 24, 7, 10, 14, 8, 23)


def _place(row: CurveFunction) -> int:
    return _ORDER.index(row.number) if row.number in _ORDER else len(_ORDER) + row.number


FUNCTIONS = tuple(sorted((*POLYNOMIALS, *POWERS, *EXPONENTIALS, *PEAKS, *SIGMOIDS), key=_place))
BY_NUMBER = {row.number: row for row in FUNCTIONS}


def fit_code(name: str) -> int:
    """Return ImageJ's number of a function, -1 if there is none of this name (case matters)."""
    return next((row.number for row in FUNCTIONS if row.name == name), -1)


def function_of(which: Any) -> CurveFunction:
    """Return a function by its number, or by its name in any case.

    Raises
    ------
    ValueError
        If there is none; the message has the nearest name.
    """
    if isinstance(which, str):
        names = {row.name.lower(): row for row in FUNCTIONS}
        names |= {row.constant.lower(): row for row in FUNCTIONS}
        name = " ".join(which.lower().split())
        if name in names:
            return names[name]
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean {names[near[0]].name!r}?" if near else ""
        raise ValueError(f"{which!r} is not a built-in function{hint}")
    number = -1 if isinstance(which, bool) else which
    if number in BY_NUMBER:
        return BY_NUMBER[number]
    raise ValueError(f"{which!r} is not the number of a built-in function; 0 to 24 are")
