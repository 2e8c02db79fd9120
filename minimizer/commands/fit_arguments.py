"""The arguments ``a=1,b=2`` and ``b=0:10,c=:5`` of the command line."""

from __future__ import annotations

import math
import re
from unicodedata import normalize

from ..common.errors import BadInput
from ..fitting.curve import Bound


def parse_start(text: str) -> dict[str, float]:
    """Return names and numbers of ``a=1,b=2``."""
    start: dict[str, float] = {}
    for name, value in _pairs("--start", text, "a=1,b=1"):
        if name in start:
            raise BadInput(f"--start has {name} twice")
        start[name] = _number(f"--start {name}", value)
    if not start:
        raise BadInput("--start is empty; give the parameters, as in --start a=1,b=1")
    return start


def parse_bounds(text: str) -> dict[str, Bound]:
    """Return lower and upper bounds of ``b=0:10,c=:5``; an empty side has no bound."""
    bounds: dict[str, Bound] = {}
    for name, value in _pairs("--bounds", text, "b=0:10"):
        low, colon, high = value.partition(":")
        if not colon:
            raise BadInput(f"--bounds {name}={value}: write lower:upper, as in {name}=0:10")
        lower, upper = (_number(f"--bounds {name}", end) if end else None for end in (low, high))
        if lower is not None and upper is not None and lower > upper:
            raise BadInput(
                f"--bounds {name}={value}: the lower bound exceeds the upper; write lower:upper"
            )
        bounds[name] = lower, upper
    return bounds


def _pairs(option: str, text: str, example: str) -> list[tuple[str, str]]:
    close = re.sub(r"\s*([=:])\s*", r"\1", text)
    parts = [part for part in re.split(r"[,\s]+", close) if part]
    for part in parts:
        if "=" not in part:
            raise BadInput(f"{option} has {part!r}; write name=value, as in {option} {example}")
    pairs = [part.partition("=") for part in parts]
    return [(normalize("NFKC", name), value) for name, _, value in pairs]


def _number(option: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(f"{option} is {text!r}; it must be a number")
    return value
