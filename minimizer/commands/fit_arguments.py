"""The arguments ``a=1,b=2`` and ``b=0:10,c=:5`` of the command line."""

from __future__ import annotations

import math
import re
from keyword import iskeyword
from unicodedata import normalize

from ..common.errors import BadInput
from ..fitting.curve import Bound
from ..fitting.expression import CONSTANTS, FUNCTIONS


def parse_start(text: str) -> dict[str, float]:
    """Return names and numbers of ``a=1,b=2``."""
    start: dict[str, float] = {}
    for name, value in _pairs("--start", text, "a=1,b=1"):
        taken = name in FUNCTIONS or name in CONSTANTS or name == "x" or iskeyword(name)
        if taken or not name.isidentifier():
            raise BadInput(f"--start {name}=...: {name!r} cannot be a parameter; use another name")
        if name in start:
            raise BadInput(f"--start has {name} twice")
        number = _number(f"--start {name}", value)
        assert number is not None
        start[name] = number
    if not start:
        raise BadInput("--start is empty; give the parameters, as in --start a=1,b=1")
    return start


def parse_bounds(text: str, start: dict[str, float]) -> dict[str, Bound]:
    """Return lower and upper bounds of ``b=0:10,c=:5``; what is left empty is not bounded."""
    bounds: dict[str, Bound] = {}
    for name, value in _pairs("--bounds", text, "b=0:10"):
        if name not in start:
            raise BadInput(f"--bounds {name}: there is no such parameter in --start")
        low, colon, high = value.partition(":")
        if not colon:
            raise BadInput(f"--bounds {name}={value}: write lower:upper, as in {name}=0:10")
        ends = [_number(f"--bounds {name}", end) if end else None for end in (low, high)]
        bounds[name] = ends[0], ends[1]
        lower = -math.inf if ends[0] is None else ends[0]
        upper = math.inf if ends[1] is None else ends[1]
        if lower > upper:
            raise BadInput(f"--bounds {name}={value}: the lower one comes first")
        if not lower <= start[name] <= upper:
            raise BadInput(f"--start {name}={start[name]:g} is out of its bounds {value}")
    return bounds


def _pairs(option: str, text: str, example: str) -> list[tuple[str, str]]:
    close = re.sub(r"\s*([=:])\s*", r"\1", text)
    parts = [part for part in re.split(r"[,\s]+", close) if part]
    for part in parts:
        if "=" not in part:
            raise BadInput(f"{option} has {part!r}; write name=value, as in {option} {example}")
    pairs = [part.partition("=") for part in parts]
    return [(normalize("NFKC", name), value) for name, _, value in pairs]


def _number(what: str, text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(f"{what} is {text!r}; it must be a number")
    return value
