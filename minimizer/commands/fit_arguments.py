"""The arguments ``--start`` and ``--bounds`` of the command ``fit``."""

from __future__ import annotations

from ..common.errors import BadInput
from .assignments import Ends, parse_ends, parse_values


def parse_start(text: str) -> dict[str, float]:
    """Return names and numbers of ``a=1,b=2``."""
    start = parse_values("--start", text, "a=1,b=1")
    if not start:
        raise BadInput("--start is empty; give the parameters, as in --start a=1,b=1")
    return start


def parse_bounds(text: str) -> dict[str, Ends]:
    """Return lower and upper bounds of ``b=0:10,c=:5``; an empty side has no bound."""
    return parse_ends("--bounds", text, "b=0:10")
